internal import Glibc

exit(Jobctl.start(CommandLine.rawArguments))
