"""Is jobd what the open jobs and connections justify? Asked while no client comes or goes."""

import collections
import contextlib
import dataclasses
import os
import pathlib
import re
import time

import processes
from residents import EVENTS, LEAF, SOCKET
from stuck import SURVIVES
from varlink import HANG_GUARD, Connection, follow

# KiB of memory of its own that jobd may have more than after the first minute.
MEMORY_TOLERANCE_KIB = 4096

# The loop, and as many more as jobd ever has for starts and for what else takes time: Offload.threadsMax.
THREADS_MAX = 1 + 2 * 64

# Jobs that are remembered when they have finished: as many small ones take the place of large ones
# before memory is compared. Limits.finishedKept
REMEMBERED = 128

# Seconds for which nothing is asked of jobd, and nanoseconds of processor time that it may take
# meanwhile: some timer may end then, once.
IDLE_SECONDS = 1
IDLE_NANOSECONDS = 2_000_000

LEVEL = re.compile(rb"^jobd: (?:(warning|error|critical): )?(.*)$", re.DOTALL)


@dataclasses.dataclass
class Measures:
    minute: float
    clients: int
    jobs: int
    memory_kib: int
    descriptors: int
    leaves: int
    threads: int
    idle_nanoseconds: int

    def words(self):
        return (
            f"{self.memory_kib} KiB, {self.descriptors} descriptors, {self.leaves} leaves, "
            f"{self.threads} threads, idle {self.idle_nanoseconds / 1000:.0f} µs a second"
        )


class Inspector:
    def __init__(self, soak):
        self.soak, self.daemon = soak, soak.daemon
        self.proc = pathlib.Path("/proc") / str(self.daemon.process.pid)
        self.log_read = 0
        self.logged = collections.Counter()
        self.last_job = self.run_one()
        # Jobs that had not finished at the last inspection.
        self.unheard = set()
        self.baseline_kib = None

    def inspect(self, minute, residents):
        """All clients but these have gone."""
        last = self.let_large_ones_be_forgotten()
        self.wait_for_what_is_justified(residents)
        self.check_audit(last, sum(one.descriptors[LEAF] for one in residents))
        self.check_log()
        measures = Measures(
            minute,
            sum(self.soak.books.clients.values()),
            last,
            processes.own_memory_kib(self.daemon.process.pid),
            len(processes.descriptors(self.daemon.process.pid)),
            len(self.daemon.leaves()),
            len(os.listdir(self.proc / "task")),
            self.idle_time(),
        )
        self.check_measures(measures)
        return measures

    def run_one(self):
        with contextlib.closing(Connection(self.daemon.socket)) as line:
            line.call("io.jobd.Run", {"context": {"command": ["true"]}})
            follow(line, until=lambda: line.final is not None)
            return line.final["finished"]["id"]

    def let_large_ones_be_forgotten(self):
        for _ in range(REMEMBERED):
            last = self.run_one()
        return last

    # What there is

    def wait_for_what_is_justified(self, residents):
        """What is removed in the background is soon gone. Nothing else is waited for."""
        guard = time.monotonic() + HANG_GUARD
        while differences := self.differences(residents):
            assert time.monotonic() < guard, f"not justified: {differences}"
            time.sleep(0.01)
        self.soak.books.checks += 1

    def differences(self, residents):
        justified = sum((one.descriptors for one in residents), collections.Counter())
        running = justified[LEAF]
        service = self.daemon.describe()
        expected = {"queued": 0, "running": running, "removing": 0, "stuck": 0}
        found = [
            f"{service[what]} jobs {what}, not {count}"
            for what, count in expected.items()
            if service[what] != count
        ]
        # The auditor has one.
        connections = justified[SOCKET] + 1
        if (count := self.daemon.connections_after_describe(connections)) != connections:
            found.append(f"{count} connections, not {connections}")
        leaves = set(self.daemon.leaves())
        known = {one.leaf for one in residents if one.leaf}
        if len(leaves) != running or not known <= leaves:
            found.append(f"leaves {sorted(leaves)}, not {running} with {sorted(known)}")
        return found + self.different_descriptors(justified) + self.different_processes(running)

    def different_descriptors(self, justified):
        expected = collections.Counter(self.daemon.usual_descriptors) + justified
        expected[SOCKET] += 1
        found = collections.Counter(map(self.kind, processes.descriptors(self.daemon.process.pid)))
        more, less = found - expected, expected - found
        return [f"descriptors more: {dict(more)}"] * bool(more) + [
            f"descriptors less: {dict(less)}"
        ] * bool(less)

    def kind(self, target):
        if not target.startswith(f"{self.daemon.jobs}/"):
            return target
        return EVENTS if target.endswith("/cgroup.events") else LEAF

    def different_processes(self, running):
        pid = self.daemon.process.pid
        children = {
            one: found
            for one, found in processes.everything().items()
            if found[2] == pid and one not in self.daemon.own
        }
        found = [
            processes.describe(one, child) for one, child in children.items() if child[1] == "Z"
        ]
        # The main process of a job that is as long as its tree may be gone.
        if len(children) > running:
            found.append(f"{len(children)} children for {running} jobs")
        files = set(self.daemon.files()) ^ set(self.daemon.usual_files)
        return found + [f"file {file}" for file in sorted(files)]

    # What was said

    def check_audit(self, last, running):
        """The auditor has heard of the end of every job but those that are there."""
        expected = self.unheard | set(range(self.last_job + 1, last + 1))
        auditor = self.soak.auditor
        guard = time.monotonic() + HANG_GUARD
        while len(missing := auditor.missing(expected)) != running:
            assert time.monotonic() < guard, (
                f"{running} jobs are there, and these aren't said to have finished: {missing}"
            )
            time.sleep(0.01)
        self.last_job, self.unheard = last, missing
        auditor.forget()
        self.soak.books.close()
        self.soak.books.checks += 1

    def check_log(self):
        """No line is there but those that the clients' behaviour justifies."""
        with open(self.daemon.log, "rb") as log:
            log.seek(self.log_read)
            text = log.read()
        self.log_read += len(text)
        for line in text.splitlines():
            level, message = LEVEL.match(line).groups()
            if not level:
                continue
            justified = next(
                (one for one in self.soak.books.justified if message.decode().startswith(one)), None
            )
            usual = b"error" if justified == SURVIVES else b"warning"
            self.check(justified and level == usual, f"jobd said: {line.decode()}")
            self.logged[justified] += 1
        for line, count in self.logged.items():
            most = self.soak.books.justified[line]
            self.check(count <= most, f"{line!r} was logged {count} times, at most {most} justified")

    # What it takes

    def idle_time(self):
        before = self.processor_time()
        time.sleep(IDLE_SECONDS)
        return self.processor_time() - before

    def processor_time(self):
        """Nanoseconds of all its threads."""
        return sum(
            int((task / "schedstat").read_text().split()[0])
            for task in (self.proc / "task").iterdir()
        )

    def check_measures(self, found):
        self.baseline_kib = self.baseline_kib or found.memory_kib
        grown = found.memory_kib - self.baseline_kib
        self.check(
            grown <= MEMORY_TOLERANCE_KIB,
            f"memory grew from {self.baseline_kib} KiB by {grown} KiB",
        )
        self.check(found.threads <= THREADS_MAX, f"{found.threads} threads")
        self.check(
            found.idle_nanoseconds <= IDLE_NANOSECONDS,
            f"idle, it took {found.idle_nanoseconds} ns of processor time",
        )

    def check(self, holds, otherwise):
        self.soak.books.checks += 1
        assert holds, otherwise
