"""What the kernel tells of a daemon: of its own process, and of the guardian that it has made."""

import pathlib

PROC = pathlib.Path("/proc")


def guardians(pid):
    """Its children that are no jobs: they execute what it executes."""
    program = (PROC / str(pid) / "exe").readlink()
    for task in (PROC / str(pid) / "task").iterdir():
        for child in (task / "children").read_text().split():
            if (PROC / child / "exe").readlink() == program:
                yield int(child)


def resident_bytes(pid):
    """What the daemon has in memory, and what its guardian doesn't share with it."""
    own = rollup(pid)["Rss"]
    others = (rollup(child) for child in guardians(pid))
    return own + sum(one["Private_Clean"] + one["Private_Dirty"] for one in others)


def rollup(pid):
    """Bytes by their kind. proc_pid_smaps(5)"""
    lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()[1:]
    fields = (line.split() for line in lines)
    return {field[0].rstrip(":"): int(field[1]) * 1024 for field in fields}


def wakeups(pid):
    """How often any of its threads, or of its guardian's, has been given a processor."""
    return sum(
        # Time on a processor, time in the queue, and this.
        # https://docs.kernel.org/scheduler/sched-stats.html
        int((task / "schedstat").read_text().split()[2])
        for one in (pid, *guardians(pid))
        for task in (PROC / str(one) / "task").iterdir()
    )
