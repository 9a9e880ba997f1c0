internal import Glibc
internal import LinuxSystem

// Before anything else: signals wait until the loop asks for them. A thread that was started before would
// take them.
SignalMask.blockAll()
// Where who started us ignores it, the kernel reaps our children itself, and nobody hears how they ended.
// waitpid(2)
signal(SIGCHLD, SIG_DFL)
exit(Jobd.start(ProcessContext.arguments))
