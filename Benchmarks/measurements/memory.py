"""Memory of the daemon: idle, per connection, per job, and after a million jobs."""

import held
import processes
from result import Claim, Result, at_most
from roundtrip import TRUE

KIBIBYTE, MEBIBYTE = 1 << 10, 1 << 20
IN_FLIGHT = 64
WINDOW_MILLISECONDS = 2000
# What an allocator may take or give back; a byte lost with each job would be three times as much.
FLAT_KIBIBYTES = 256


def measure(bench):
    return Result("Memory of the daemon", claims=[*measure_lines(bench), *measure_history(bench)])


def measure_lines(bench):
    connections, jobs = bench.often(10_000, 2_000), bench.often(1_000, 200)
    with bench.jobd() as jobd:
        pid = jobd.process.pid
        warm_up(bench, jobd)
        idle = processes.resident_bytes(pid)
        yield Claim("memory, idle", idle / MEBIBYTE, at_most(12, "MiB"))
        with held.idle(bench, jobd, connections):
            each = (processes.resident_bytes(pid) - idle) / connections
        yield Claim("memory, each idle connection", each / KIBIBYTE, at_most(2, "KiB"))
    with bench.jobd() as jobd:
        pid = jobd.process.pid
        warm_up(bench, jobd)
        idle = processes.resident_bytes(pid)
        with held.running(bench, jobd, jobs):
            each = (processes.resident_bytes(pid) - idle) / jobs
        yield Claim("memory, each running job with its line", each / KIBIBYTE, at_most(6, "KiB"))


def warm_up(bench, jobd):
    bench.samples("roundtrip", 1, *jobd.target(TRUE))


def measure_history(bench):
    jobs = bench.often(1_000_000, 20_000)
    with bench.jobd() as jobd:
        run_until(bench, jobd, jobs // 10)
        before = processes.resident_bytes(jobd.process.pid)
        run_until(bench, jobd, jobs)
        growth = processes.resident_bytes(jobd.process.pid) - before
    yield Claim(
        f"memory, growth from job {jobs // 10:,} to {jobs:,}",
        growth / KIBIBYTE,
        at_most(FLAT_KIBIBYTES, "KiB"),
    )


def run_until(bench, jobd, count):
    while jobd.newest_job() < count:
        bench.samples("throughput", 1, WINDOW_MILLISECONDS, IN_FLIGHT, *jobd.target(TRUE))
