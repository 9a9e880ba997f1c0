import CSystemd
import ArgumentParser
struct Jobd: ParsableCommand { @Option var x: Int = 3; func run() { print("hi", sd_booted(), x) } }
Jobd.main()
