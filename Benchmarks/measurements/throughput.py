"""Jobs a second, with 64 in flight."""

from figures import median
from result import Result, at_least
from roundtrip import TRUE

IN_FLIGHT = 64
WINDOW_MILLISECONDS = 1000


def measure(bench):
    with bench.floor() as floor, bench.jobd() as jobd:
        series = bench.samples(
            "throughput",
            bench.often(30, 5),
            WINDOW_MILLISECONDS,
            IN_FLIGHT,
            *floor.target(TRUE),
            *jobd.target(TRUE),
        )
    result = Result(f"Throughput with {IN_FLIGHT} in flight", series, unit="jobs/s", scale=1)
    what = f"jobs a second, {IN_FLIGHT} in flight, p50"
    result.claim_ratio(what, "jobd", median, at_least(0.9))
    return result
