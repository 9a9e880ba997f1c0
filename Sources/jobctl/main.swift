internal import Glibc
internal import LinuxSystem

exit(Jobctl.start(ProcessContext.arguments))
