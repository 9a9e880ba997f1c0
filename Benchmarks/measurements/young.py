"""A job cancelled 1 ms after its start."""

import cancel
from figures import median
from result import Result, at_most

AGE_MICROSECONDS = 1_000


def measure(bench):
    series = cancel.samples(bench, 1, bench.often(2000, 200), AGE_MICROSECONDS)
    result = Result("A job cancelled 1 ms after its start, told as finished", series)
    result.claim_ratio("cancelling a young job, p50", "jobd", median, at_most(1.15))
    return result
