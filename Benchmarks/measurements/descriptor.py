"""1 GiB written by a job to a descriptor that its client passed."""

from figures import median
from result import Result, at_least

MEBIBYTES = 1024
DIRECT = "without jobd"


def measure(bench):
    writer = [str(bench.built / "writer"), "binary", str(MEBIBYTES)]
    with bench.jobd() as jobd:
        series = bench.samples(
            "descriptor",
            bench.often(30, 5),
            MEBIBYTES,
            *jobd.target(writer, standardOutputFileDescriptor=0),
            DIRECT,
            *writer,
        )
    result = Result(
        "1 GiB to a passed descriptor", series, base=DIRECT, unit="MiB/s", scale=1 << 20
    )
    result.claim_ratio("bytes a second to a passed descriptor", "jobd", median, at_least(1))
    return result
