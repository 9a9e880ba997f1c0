import ArgumentParser
struct Jobctl: ParsableCommand { @Option var x: Int = 3; func run() { print("hi", x) } }
Jobctl.main()
