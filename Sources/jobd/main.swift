internal import ArgumentParser
internal import LinuxSystem

// Before anything else: signals wait until the loop asks for them. A thread that was started before would
// take them.
SignalMask.blockAll()
Jobd.main()
