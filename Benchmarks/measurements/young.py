"""A job cancelled 1 ms after its start."""

import cancel
from figures import median
from result import Claim, Result, at_most

AGE_MICROSECONDS = 1_000


def measure(bench):
    with bench.floor() as floor, bench.jobd() as jobd:
        fifo = floor.directory / "fifo"
        job = [str(bench.built / "tree"), "1", str(fifo)]
        series = bench.samples(
            "cancel",
            bench.often(1000, 100),
            AGE_MICROSECONDS,
            fifo,
            *floor.target(job, expected="137"),
            *jobd.target(job, stop=cancel.AT_ONCE, expected=cancel.CANCELLED),
            *jobd.target(job, expected=cancel.CANCELLED, name="jobd, by SIGTERM first"),
        )
    result = Result("A job cancelled 1 ms after its start, told as finished", series)
    result.claims = [Claim("cancelling a young job, p50", result.ratio("jobd", median), at_most(1.15))]
    return result
