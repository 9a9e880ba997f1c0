"""What an idle daemon costs while 1,000 jobs run: how often it is woken up."""

import itertools
import time

import held
import processes
from result import Result, at_most

# Until what the start of the jobs has caused is over. At length that includes the timer which
# gives a connection 30 s for its first call: it was met, and runs out once.
SETTLING_SECONDS = 35, 2


def measure(bench):
    running = bench.often(1_000, 200)
    with bench.jobd() as jobd, held.running(bench, jobd, running):
        pid = jobd.process.pid
        time.sleep(bench.often(*SETTLING_SECONDS))
        counts = [processes.wakeups(pid)]
        for _ in range(bench.often(30, 5)):
            time.sleep(1)
            counts.append(processes.wakeups(pid))
    each_second = [after - before for before, after in itertools.pairwise(counts)]
    result = Result(
        f"Wake-ups a second with {running:,} jobs running",
        {"jobd": each_second},
        base="jobd",
        unit="1/s",
        scale=1,
    )
    most = float(max(each_second))
    result.claim("wake-ups of the idle daemon, most", most, at_most(0, "a second"))
    return result
