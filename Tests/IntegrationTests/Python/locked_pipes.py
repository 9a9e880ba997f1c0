"""Locks the pipes that are the standard output of processes.

locked_pipes.py DIRECTORY PID...

sendfile(2) locks a pipe while it reads the file that is to be sent: one on a FUSE file system, mounted on the directory,
which never answers. The descriptors are copies of the processes' own, which are closed without waiting. Something lies in
each pipe. Prints "mounted", "reading" for the file, and "locked" when all pipes are;
they are until this program ends.
"""

import ctypes
import os
import signal
import sys
import time

import fuse_file

PIDFD_GETFD = 438


def lock(pipe, file):
    """Another process's, which ends with that of the file system."""
    pid = os.fork()
    if pid == 0:
        fuse_file.libc.prctl(fuse_file.PR_SET_PDEATHSIG, fuse_file.SIGKILL)
        os.write(pipe, b"x")
        os.sendfile(pipe, file, 0, 65536)
        os._exit(0)
    return pid


def output_of(pid):
    pipe = fuse_file.libc.syscall(PIDFD_GETFD, os.pidfd_open(pid), 1, 0)
    if pipe < 0:
        sys.exit(f"pidfd_getfd: {os.strerror(ctypes.get_errno())}")
    return pipe


def waits(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        return stat.read().rpartition(")")[2].split()[0] in "SD"


def run(path):
    file = os.open(path, os.O_RDONLY)
    pipes = [output_of(int(pid)) for pid in sys.argv[2:]]
    # It has nothing to wait for but the file.
    processes = [lock(pipe, file) for pipe in pipes]
    while not all(waits(process) for process in processes):
        time.sleep(0.01)
    print("locked", flush=True)
    signal.pause()


fuse_file.serve(sys.argv[1], {fuse_file.READ}, "reading", size=1_000_000, beside=run)
