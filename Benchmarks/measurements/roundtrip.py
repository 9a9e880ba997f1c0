"""The round trip of `true` on an open connection, one at a time."""

from figures import median, p99
from result import Result, at_most

TRUE = ["/bin/true"]


def measure(bench):
    with bench.floor() as floor, bench.jobd() as jobd:
        series = bench.samples(
            "roundtrip",
            bench.often(1000, 200),
            *floor.target(TRUE),
            *jobd.target(TRUE),
            *jobd.target(TRUE, more=True, name="jobd, with more"),
        )
    result = Result("Round trip of `true` on an open connection", series, is_distribution=True)
    result.claim_ratio("round trip, p50", "jobd", median, at_most(1.15))
    result.claim_ratio("round trip, p99", "jobd", p99, at_most(1.3))
    return result
