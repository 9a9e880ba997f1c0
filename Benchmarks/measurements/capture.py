"""1 GiB of captured output; and whether readers delay each other."""

import held
from figures import median
from result import Result, at_least, at_most
from roundtrip import TRUE

MEBIBYTES = 1024
# How many don't read what their jobs write.
STALLED = 64


def measure(bench):
    return [measure_kind(bench, "text"), measure_kind(bench, "binary"), measure_delay(bench)]


def measure_kind(bench, kind):
    writer = [str(bench.built / "writer"), kind, str(MEBIBYTES)]
    with bench.forwarder() as forwarder, bench.jobd() as jobd:
        series = bench.samples(
            "capture",
            bench.often(15, 3),
            MEBIBYTES,
            *forwarder.target(writer),
            *jobd.target(writer, more=True),
        )
    result = Result(
        f"1 GiB captured, {kind}", series, base="forwarder", unit="MiB/s", scale=1 << 20
    )
    result.claim_ratio(f"captured bytes a second, {kind}", "jobd", median, at_least(0.7))
    return result


def measure_delay(bench):
    writer = [str(bench.built / "writer"), "text", str(MEBIBYTES)]
    beside = f"beside {STALLED} who don't"
    with bench.jobd() as jobd, bench.jobd() as crowded:
        stop = {"gracePeriodUSec": 0}
        with held.stalled(bench, crowded.target(writer, more=True, stop=stop), STALLED):
            series = bench.samples(
                "roundtrip",
                bench.often(500, 100),
                *jobd.target(TRUE, more=True, name="alone"),
                *crowded.target(TRUE, more=True, name=beside),
            )
    result = Result("Round trip of one who reads", series, base="alone")
    claimed = f"round trip beside {STALLED} who don't read"
    result.claim_ratio(claimed, beside, median, at_most(1.05))
    return result
