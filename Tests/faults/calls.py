"""What each system call may answer, by its manual page; and what can't fail."""

import errno
import functools
import pathlib
import re

HEADERS = ["/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "/usr/include/asm/unistd_64.h"]

# Tampering that is no error: a single byte is read or written.
SHORT = "short"


@functools.cache
def names():
    """{number: name} of all system calls."""
    header = next(path for path in map(pathlib.Path, HEADERS) if path.exists())
    return {int(number): name for name, number in re.findall(r"__NR_(\w+) (\d+)", header.read_text())}


def number(name):
    return next(number for number, known in names().items() if known == name)


def _words(text):
    return text.split()


DESCRIPTOR = "EMFILE ENFILE ENOMEM"
PROCESS = "EAGAIN ENOMEM"

# By name. What depends on arguments or on what a descriptor leads to is decided below.
ERRORS = {
    "accept4": f"{DESCRIPTOR} ENOBUFS ECONNABORTED EINTR EPERM EAGAIN",
    "bind": "EACCES EADDRINUSE ENOMEM ENOSPC EROFS",
    "chdir": "EACCES ENOENT EIO ENOMEM",
    "chmod": "EIO EPERM EROFS",
    "clock_nanosleep": "EINTR",
    "clone": PROCESS,
    "close_range": "EMFILE ENOMEM ENOSYS",
    "connect": "EACCES EAGAIN ECONNREFUSED EINTR",
    "dup2": "EBUSY EINTR EMFILE",
    "dup3": "EBUSY EINTR EMFILE",
    "epoll_create1": DESCRIPTOR,
    "epoll_pwait": "EINTR",
    "epoll_pwait2": "EINTR",
    "epoll_wait": "EINTR",
    "eventfd2": f"{DESCRIPTOR} ENODEV",
    "execve": "EACCES EAGAIN EIO ENOMEM ETXTBSY",
    "fchmodat": "EIO EPERM EROFS",
    "fgetxattr": "ENODATA ENOTSUP",
    "flock": "EINTR ENOLCK EWOULDBLOCK",
    "fork": PROCESS,
    "fstat": "ENOMEM",
    "fstatfs": "EINTR EIO ENOMEM ENOSYS",
    "getdents64": "ENOENT",
    "getrandom": "EAGAIN EINTR ENOSYS",
    "getsockname": "ENOBUFS",
    "kill": "EPERM ESRCH",
    "listen": "EADDRINUSE",
    "lstat": "EACCES ENOMEM",
    "memfd_create": f"{DESCRIPTOR} EINVAL",
    "mkdir": "EACCES EMLINK ENOMEM ENOSPC EPERM EROFS",
    "mkdirat": "EACCES EAGAIN EMLINK ENOMEM ENOSPC EPERM EROFS",
    "mmap": "EAGAIN ENFILE ENOMEM",
    "mprotect": "EACCES ENOMEM",
    "munmap": "ENOMEM",
    "nanosleep": "EINTR",
    "newfstatat": "EACCES ENOMEM",
    "openat": f"{DESCRIPTOR} EACCES EINTR ENOENT",
    "open": f"{DESCRIPTOR} EACCES EINTR ENOENT",
    "openat2": f"{DESCRIPTOR} EAGAIN EACCES ENOENT ENOSYS",
    "pidfd_open": f"{DESCRIPTOR} ENODEV",
    "pidfd_send_signal": "EPERM ESRCH",
    "pipe2": "EMFILE ENFILE",
    "poll": "EINTR ENOMEM",
    "ppoll": "EINTR ENOMEM",
    "preadv2": "EAGAIN EIO EOPNOTSUPP",
    "readlink": "EACCES EIO ENOMEM",
    "readlinkat": "EACCES EIO ENOMEM",
    "recvmsg": f"EAGAIN EINTR ENOMEM {SHORT}",
    "sched_setattr": "EPERM",
    "sched_setscheduler": "EPERM",
    # EPIPE and ECONNRESET are of a peer that has gone, whose hang-up follows: the acts have that.
    "sendmsg": f"EAGAIN EINTR ENOBUFS ENOMEM {SHORT}",
    "setpriority": "EACCES EPERM",
    "setsid": "EPERM",
    "signalfd4": f"{DESCRIPTOR} ENODEV",
    "socket": f"{DESCRIPTOR} ENOBUFS",
    "socketpair": DESCRIPTOR,
    "stat": "EACCES ENOMEM",
    "statfs": "EINTR EIO ENOMEM ENOSYS",
    "statx": "EACCES ENOMEM",
    "timerfd_create": f"{DESCRIPTOR} ENODEV",
    "unlink": "EACCES EBUSY EIO EPERM EROFS",
    "unlinkat": "EACCES EBUSY ENOMEM EPERM EROFS",
    "wait4": "EINTR",
    "waitid": "EINTR",
}

# The call is carried out all the same. close(2): the descriptor is gone whatever is answered.
LATE = {"close": "EINTR EIO"}

# fcntl(2), epoll_ctl(2), futex(2), clone(2), <sys/socket.h>
F_DUPFD_CLOEXEC, F_ADD_SEALS, F_SETPIPE_SZ = 1030, 1033, 1031
EPOLL_CTL_ADD = 1
FUTEX_WAITS = {0, 9}
FUTEX_PRIVATE = 128


def _of_read(_, kind):
    if kind.startswith("/"):
        gone = " ENODEV" if "cgroup" in kind else ""
        return f"EINTR EIO {SHORT}" + gone
    if kind.startswith(("pipe:", "socket:")):
        return f"EAGAIN EINTR {SHORT}"
    # Counters: EAGAIN where there is nothing to take. To take away what was notified is no error.
    return "EAGAIN EINTR" if "signalfd" in kind or "timerfd" in kind else "EINTR"


def _of_write(_, kind):
    if "cgroup" in kind:
        return "EACCES EBUSY EINTR EIO ENODEV ENOMEM EPERM"
    if kind.startswith("/proc"):
        return "EACCES EINTR EIO EPERM"
    if kind.startswith("/"):
        return f"EINTR EIO ENOSPC EDQUOT {SHORT}"
    if kind.startswith(("pipe:", "socket:")):
        return f"EAGAIN EINTR {SHORT}"
    # Counters have room for 2^64 - 1.
    return "EINTR"


def _of_packets(_, __):
    """send(2) on a socket of packets: all or nothing."""
    return "EAGAIN EINTR ENOBUFS ENOMEM"


def _of_fcntl(arguments, _):
    return {F_DUPFD_CLOEXEC: "EMFILE", F_ADD_SEALS: "EBUSY EPERM"}.get(arguments[1], "")


CHOSEN = {
    "read": _of_read,
    "pread64": _of_read,
    "write": _of_write,
    "sendto": _of_packets,
    "recvfrom": lambda *_: "EAGAIN EINTR",
    "fcntl": _of_fcntl,
    "epoll_ctl": lambda arguments, _: "ENOMEM ENOSPC" if arguments[1] == EPOLL_CTL_ADD else "",
    "futex": lambda arguments, _: "EAGAIN EINTR" if arguments[1] & ~FUTEX_PRIVATE & 0x7F in FUTEX_WAITS else "",
    "prlimit64": lambda arguments, _: "EPERM" if arguments[2] else "",
    "setsockopt": lambda *_: "ENOBUFS ENOMEM",
}

# What can't be at a place, by one of its frames.
NEVER = [
    # Of a job that has ended: so many bytes are in the pipe, and nobody else reads them. While it runs, each
    # of its pieces is followed by that answer in any case.
    ("read", "EAGAIN", "11OutputRelayC4work"),
    # Nobody else knows of the leaf in which it is tried how processes are made.
    ("openat", "ENOENT", "7JobRootV5probe"),
    ("write", "ENODEV", "7JobRootV5probe"),
    # They say that the leaf was removed, which the kernel permits only when no process is in it.
    ("openat", "ENOENT", "11isPopulated"),
    ("read", "ENODEV", "11isPopulated"),
]

# What only clone3 with CLONE_INTO_CGROUP knows; threads are made with it, too.
OF_CLONE3 = {True: f"{PROCESS} EBUSY ENOSYS EOPNOTSUPP EPERM", False: PROCESS}


def faults(call, arguments, kind, into_cgroup):
    """What a call at a site may answer: names of errors, and SHORT."""
    if call == "clone3":
        return _words(OF_CLONE3[into_cgroup])
    if call in CHOSEN:
        return _words(CHOSEN[call](arguments, kind))
    return _words(ERRORS.get(call) or LATE.get(call, ""))


def error_number(fault):
    return 0 if fault == SHORT else getattr(errno, fault)
