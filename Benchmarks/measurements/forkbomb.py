"""A job that forks without end: from the end of its line to cgroup.kill."""

import daemons
from cancel import AT_ONCE, CANCELLED
from figures import percentile
from result import Claim, Result, at_most

# At one time, so that the machine bears it.
PROCESSES = 200


def measure(bench):
    with bench.floor() as floor, bench.jobd() as jobd:
        fifo = floor.directory / "fifo"
        job = [str(bench.built / "forks"), str(PROCESSES), str(fifo)]
        series = bench.samples(
            "forkbomb",
            bench.often(300, 30),
            daemons.hierarchy(),
            fifo,
            *floor.target(job, expected="137"),
            *jobd.target(job, stop=AT_ONCE, expected=CANCELLED),
        )
    result = Result("From the end of the line to cgroup.kill, of a job that forks without end", series)
    p99 = percentile(series["jobd"], 0.99) / 1e6
    result.claims = [Claim("to cgroup.kill of a fork bomb, p99", p99, at_most(1, "ms"))]
    return result
