"""From the end of the line to the last process dead, the leaf gone, and told."""

from figures import median
from result import Result, at_most

# Processes of a tree, and how often it is cancelled: at length, quickly.
TREES = {1: (1000, 100), 100: (200, 30), 1000: (50, 5), 5000: (15, 3)}
# Older than the kernel's longest delay of a notification.
AGE_MICROSECONDS = 20_000

AT_ONCE = {"gracePeriodUSec": 0}
CANCELLED = '"cause":"disconnected"'


def measure(bench):
    return [measure_tree(bench, count) for count in TREES]


def measure_tree(bench, count):
    trees = f"a tree of {count:,}"
    series = samples(bench, count, bench.often(*TREES[count]), AGE_MICROSECONDS)
    result = Result(f"From the end of the line to nothing left and told: {trees}", series)
    result.claim_ratio(f"cancelling {trees}, p50", "jobd", median, at_most(1.15))
    return result


def samples(bench, count, rounds, age_microseconds):
    with bench.floor() as floor, bench.jobd() as jobd:
        fifo = floor.directory / "fifo"
        job = [str(bench.built / "tree"), str(count), str(fifo)]
        return bench.samples(
            "cancel",
            rounds,
            age_microseconds,
            fifo,
            *floor.target(job, expected="137"),
            *jobd.target(job, stop=AT_ONCE, expected=CANCELLED),
            *jobd.target(job, expected=CANCELLED, name="jobd, by SIGTERM first"),
        )
