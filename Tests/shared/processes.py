"""Processes as the kernel tells of them: found in three ways that know nothing of each other."""

import ctypes
import os
import pathlib
import re

# Of <linux/prctl.h>.
PR_SET_CHILD_SUBREAPER = 36

PROC = pathlib.Path("/proc")

# Executes what follows, and ends when we do, however we do: also what is stopped. setpriv(1)
DIE_WITH_US = ["setpriv", "--pdeathsig", "KILL"]


def become_subreaper():
    """Orphans among our descendants become our children: none gets out of sight. prctl(2)"""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl PR_SET_CHILD_SUBREAPER")


def stat(pid):
    """(name, state, parent) of a process; None if there is none. proc_pid_stat(5)"""
    try:
        text = (PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return None
    head, _, tail = text.rpartition(")")
    state, parent = tail.split()[:2]
    return head.partition("(")[2], state, int(parent)


def everything():
    """{pid: (name, state, parent)} of all processes."""
    pids = (int(entry) for entry in os.listdir(PROC) if entry.isdigit())
    return {pid: found for pid in pids if (found := stat(pid))}


def describe(pid, found):
    name, state, _ = found
    return f"process {pid} ({name}), " + ("a zombie" if state == "Z" else f"state {state}")


def descendants(ancestor):
    """{pid: (name, state, parent)} of all processes that descend from one."""
    processes = everything()
    below = {ancestor}
    while more := {pid for pid, found in processes.items() if found[2] in below} - below:
        below |= more
    return {pid: processes[pid] for pid in below - {ancestor} if pid in processes}


def marked(variable):
    """{pid: (name, state, parent)} of processes with NAME=value in their environment."""
    entry = variable.encode()
    found = {}
    for pid in (int(entry) for entry in os.listdir(PROC) if entry.isdigit()):
        try:
            environment = (PROC / str(pid) / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if entry in environment and (process := stat(pid)):
            found[pid] = process
    return found


def members(cgroup):
    """The ids of the processes in a cgroup and in those below it."""
    pids = []
    for directory, _, _ in os.walk(cgroup):
        try:
            pids += map(int, (pathlib.Path(directory) / "cgroup.procs").read_text().split())
        except OSError:
            pass  # It was removed meanwhile.
    return pids


def is_populated(cgroup):
    """Whether a process lives in a cgroup or below it; one that is gone has none."""
    try:
        return "populated 1" in (cgroup / "cgroup.events").read_text()
    except OSError:
        return False


def descriptors(pid):
    """What a process has open, without the numbers that differ each time."""
    kinds = []
    for link in (PROC / str(pid) / "fd").iterdir():
        try:
            kinds.append(re.sub(r"\[\d+\]$", "", os.readlink(link)))
        except OSError:
            pass  # Closed meanwhile.
    return sorted(kinds)


def pidfds(pid):
    """Of which processes it has pidfds. Those of one that is gone say -1."""
    found = []
    for link in (PROC / str(pid) / "fd").iterdir():
        try:
            if os.readlink(link) == "anon_inode:[pidfd]":
                info = (PROC / str(pid) / "fdinfo" / link.name).read_text()
                found.append(int(re.search(r"^Pid:\s*(-?\d+)", info, re.MULTILINE).group(1)))
        except OSError:
            pass  # Closed meanwhile.
    return found


def connections(path):
    """How many there are to a listening socket: those that wait to be accepted, too."""
    connected = "03"
    count = 0
    for line in (PROC / "net/unix").read_text().splitlines()[1:]:
        fields = line.split(maxsplit=7)
        count += len(fields) == 8 and fields[7] == str(path) and fields[5] == connected
    return count


def cgroup_mount():
    """Where cgroup version 2 is mounted, also beside version 1."""
    for line in (PROC / "self/mountinfo").read_text().splitlines():
        place, _, source = line.partition(" - ")
        if source.startswith("cgroup2 "):
            return pathlib.Path(place.split(" ")[4])
    raise OSError("no cgroup2 is mounted")


def own_memory_kib(pid):
    """Memory of a process that no file stands behind."""
    status = (PROC / str(pid) / "status").read_text()
    return int(re.search(r"^RssAnon:\s*(\d+) kB$", status, re.MULTILINE)[1])


def unmatched(before, after):
    """Of two lists, in whatever order: (what is more in the second, what is less), as often as it is."""
    before, after = list(before), list(after)
    for one in list(before):
        if one in after:
            before.remove(one)
            after.remove(one)
    return after, before
