"""What an idle daemon costs while 1,000 jobs run: how often it is woken up."""

import time

import held
import processes
from result import Claim, Result, at_most


def measure(bench):
    running = bench.often(1_000, 200)
    with bench.jobd() as jobd, held.running(bench, jobd, running):
        pid = jobd.process.pid
        # What the start of the jobs has caused is over.
        time.sleep(2)
        counts = [processes.wakeups(pid)]
        for _ in range(bench.often(30, 5)):
            time.sleep(1)
            counts.append(processes.wakeups(pid))
    each_second = [after - before for before, after in zip(counts, counts[1:])]
    result = Result(
        f"Wake-ups a second with {running:,} jobs running",
        {"jobd": each_second},
        base="jobd",
        unit="1/s",
        scale=1,
    )
    result.claims = [Claim("wake-ups of the idle daemon, most", float(max(each_second)), at_most(0, "a second"))]
    return result
