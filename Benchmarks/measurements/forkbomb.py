"""A job that forks without end: from the end of its line to cgroup.kill."""

import daemons
from cancel import AT_ONCE, CANCELLED
from figures import p99
from result import Result, at_most

# At one time, so that the machine bears it.
PROCESSES = 200

KINDS = {
    "stay": "whose processes stay",
    # Their children are orphans, for the daemon to reap if it is the subreaper of its jobs.
    "go": "whose processes come and go",
}


def measure(bench):
    return [measure_kind(bench, kind) for kind in KINDS]


def measure_kind(bench, kind):
    with bench.floor() as floor, bench.jobd() as jobd:
        fifo = floor.directory / "fifo"
        job = [str(bench.built / "forks"), kind, str(PROCESSES), str(fifo)]
        series = bench.samples(
            "forkbomb",
            bench.often(200, 20),
            daemons.hierarchy(),
            fifo,
            *floor.target(job, expected="137"),
            *jobd.target(job, stop=AT_ONCE, expected=CANCELLED),
        )
    title = f"From the end of the line to cgroup.kill: a fork bomb {KINDS[kind]}"
    result = Result(title, series)
    milliseconds = p99(series["jobd"]) / 1e6
    result.claim(f"to cgroup.kill, {KINDS[kind]}, p99", milliseconds, at_most(1, "ms"))
    return result
