"""`jobctl run -- true` as a whole process, against the floor's client."""

from figures import median
from result import Result, at_most
from roundtrip import TRUE


def measure(bench):
    with bench.floor() as floor, bench.jobd() as jobd:
        jobctl = [bench.release / "jobctl", "--socket", jobd.socket, "run", "--", "true"]
        series = bench.processes(
            bench.often(300, 20),
            10,
            {
                "floor's client": [bench.built / "floorctl", floor.socket, *TRUE],
                "jobctl run -- true": jobctl,
                "true, without a daemon": TRUE,
            },
        )
    result = Result("A client as a whole process", series, base="floor's client")
    result.claim_ratio("jobctl run, p50", "jobctl run -- true", median, at_most(2))
    return result
