"""From the execution of jobd to its READY, with nothing left of an earlier one."""

import pathlib
import tempfile

from figures import median
from result import Result, at_most

NOTHING = "a static C program"


def measure(bench):
    with tempfile.TemporaryDirectory(prefix="jobd-bench.") as scratch:
        directory = pathlib.Path(scratch)
        series = bench.samples(
            "start",
            bench.often(500, 50),
            directory / "notify",
            NOTHING,
            bench.built / "nothing",
            "jobd",
            bench.release / "jobd",
            "--socket",
            directory / "socket",
        )
    result = Result("From exec to READY", series, base=NOTHING)
    result.claim_ratio("exec to READY, p50", "jobd", median, at_most(10))
    return result
