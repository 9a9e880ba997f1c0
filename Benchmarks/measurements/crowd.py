"""The round trip of `true` again, with 10,000 idle connections and 1,000 running jobs beside it."""

import contextlib

import held
from figures import median, p99
from result import Result, at_most
from roundtrip import TRUE


def measure(bench):
    idle, running = bench.often(10_000, 2_000), bench.often(1_000, 200)
    with bench.floor() as floor, bench.jobd() as jobd, contextlib.ExitStack() as crowd:
        for daemon in floor, jobd:
            crowd.enter_context(held.idle(bench, daemon, idle))
            crowd.enter_context(held.running(bench, daemon, running))
        series = bench.samples(
            "roundtrip", bench.often(500, 100), *floor.target(TRUE), *jobd.target(TRUE)
        )
    result = Result(
        f"The same beside {idle:,} idle connections and {running:,} running jobs", series
    )
    result.claim_ratio("round trip in a crowd, p50", "jobd", median, at_most(1.2))
    result.claim_ratio("round trip in a crowd, p99", "jobd", p99)
    return result
