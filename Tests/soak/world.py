"""The jobd that is soaked, and the seats in which its clients sit."""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback

import plan
import processes
import report
from books import Books
from daemon import Daemon
from inspection import Inspector
from jobs import Things
from observers import Auditor
from varlink import HANG_GUARD, Connection, Hang, follow
from witness import Witness

# Clients at one time, besides those who stay.
SEATS = 16
# Jobs that run and that wait: few enough that a queue forms, and that some are refused.
RUNNING_MAX = 8
QUEUED_MAX = 24
# Seconds between two clients of one seat.
PAUSE_MAX = 0.1
# Seconds that jobd waits for the rest of a call: Patience.period.
PATIENCE_SECONDS = 30


class World:
    def __init__(self, arguments):
        self.seed, self.minutes = arguments.seed, arguments.minutes
        self.minute_seconds = arguments.minute
        self.only = arguments.client
        self.programs = arguments.programs.resolve()
        self.python = arguments.programs.absolute().parent / "python/bin/python3"
        self.excluded = () if self.python.exists() else ["programs: was written by others"]
        self.books = Books()
        self.measures = []
        self.daemon = None
        # Of the seats: whether they may be taken, how many are, and how many clients have come.
        self.changed = threading.Condition()
        self.is_open = self.is_over = False
        self.inside = self.number = 0

    def __enter__(self):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit("soak: SIGTERM"))
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="jobd-soak."))
        self.sweeper = swept_away(self.scratch)
        try:
            self.begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def begin(self):
        options = ["--running-max", str(RUNNING_MAX), "--queued-max", str(QUEUED_MAX)]
        self.daemon = Daemon(self.programs / "jobd", self.scratch / "jobd", options)
        self.makers = {os.readlink("/proc/self/exe"), str(self.programs / "jobd")}
        self.things = Things(self.scratch / "things", self.seed)
        self.inspector = Inspector(self)
        self.auditor = Auditor(self)

    def witness(self):
        return Witness(self.makers)

    # Minutes

    def run(self):
        threads = [threading.Thread(target=self.watched, args=["the auditor", self.auditor.listen])]
        threads += [threading.Thread(target=self.sit) for _ in range(SEATS)]
        for thread in threads:
            thread.daemon = True
            thread.start()
        for minute in range(1, self.minutes + 1):
            self.watched(f"minute {minute}", lambda: self.pass_minute(minute))
            if self.books.over.is_set():
                return

    def pass_minute(self, minute):
        with contextlib.ExitStack() as stack:
            residents = [
                stack.enter_context(resident(self, name, chance))
                for name, resident, chance in plan.stay(self.seed, minute)
            ]
            if self.minute_seconds > PATIENCE_SECONDS:
                self.enter()
                threading.Thread(target=self.expelled, args=[minute], daemon=True).start()
            self.open()
            self.books.over.wait(self.minute_seconds)
            self.close()
            if self.books.over.is_set():
                return
            self.measures.append(self.inspector.inspect(minute, residents))
            print(report.progress(self), flush=True)

    def watched(self, who, what):
        """Whether it went well. The first violation is what counts: the others come of the end."""
        try:
            what()
            return True
        except Exception as error:
            if not self.books.over.is_set():
                minute = len(self.measures) + 1
                status = self.daemon.process.poll()
                found = repr(error) if status is None else f"jobd exited with {status}"
                self.books.violated(
                    f"seed {self.seed}, minute {minute}, {who}: {found}\n{traceback.format_exc()}"
                )
            return False

    # Seats

    def open(self):
        with self.changed:
            self.is_open = True
            self.changed.notify_all()

    def close(self):
        """Until the last client has gone."""
        with self.changed:
            self.is_open = False
            hasnt_hung = self.changed.wait_for(
                lambda: self.inside == 0 or self.books.over.is_set(), HANG_GUARD
            )
        if not hasnt_hung:
            where = "\n".join(stacks())
            raise Hang(f"{self.inside} clients have not gone {HANG_GUARD} s later\n{where}")

    def enter(self):
        with self.changed:
            self.inside += 1

    def leave(self):
        with self.changed:
            self.inside -= 1
            self.changed.notify_all()

    def sit(self):
        """One client after the other, as long as there are any to come."""
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.is_open or self.is_over)
                if self.is_over or self.books.over.is_set():
                    self.changed.notify_all()
                    return
                self.inside += 1
                self.number += 1
                number = self.number
            kind, play, chance = plan.client(self.seed, self.only or number, self.excluded)
            who = f"client {self.only or number} ({kind})"
            if self.watched(who, lambda: play(self, f"client-{number}", chance)):
                self.books.counted(kind)
            self.leave()
            time.sleep(chance.uniform(0, PAUSE_MAX))

    def expelled(self, minute):
        """Begins a call and says no more: jobd doesn't wait for ever."""

        def play():
            with contextlib.closing(Connection(self.daemon.socket)) as line:
                line.socket.sendall(b'{"method":')
                follow(line, until=lambda: line.is_at_end)

        if self.watched(f"who stalls in minute {minute}", play):
            self.books.counted("rude: is expelled")
        self.leave()

    # The end

    def keep_evidence(self, directory):
        """What jobd is like just now, and all that it said."""
        directory.mkdir(parents=True, exist_ok=True)
        pid = self.daemon.process.pid
        shutil.copy(self.daemon.log, directory / "log")
        (directory / "violations").write_text("\n".join(self.books.violations))
        for name in ("status", "limits", "smaps", "stat"):
            with contextlib.suppress(OSError):
                (directory / name).write_bytes(pathlib.Path(f"/proc/{pid}/{name}").read_bytes())
        seen = {
            "descriptors": lambda: processes.descriptors(pid),
            "leaves": self.daemon.leaves,
            "processes": lambda: [
                processes.describe(*one) for one in processes.descendants(os.getpid()).items()
            ],
            "measures": lambda: self.measures,
        }
        for name, look in seen.items():
            with contextlib.suppress(OSError):
                (directory / name).write_text("\n".join(map(str, look())) + "\n")

    def __exit__(self, *_):
        """Whoever is left of it goes."""
        with self.changed:
            self.is_over = True
            self.books.over.set()
            self.changed.notify_all()
        guard = time.monotonic() + HANG_GUARD
        if self.daemon:
            # First its guardian sees to the jobs.
            self.daemon.kill()
            while self.daemon.cgroup.exists() and time.monotonic() < guard:
                time.sleep(0.01)
        while (left := self.clients_left()) and time.monotonic() < guard:
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)
        self.sweeper.communicate()

    def clients_left(self):
        """All our descendants but who sweeps. Their threads, if they still have any, reap them."""
        spared = {self.sweeper.pid, *processes.descendants(self.sweeper.pid)}
        found = processes.descendants(os.getpid()).items()
        return {pid for pid, (_, state, _) in found if state != "Z"} - spared


def stacks():
    """Where each thread is just now, but those who wait to be let in."""
    for frame in sys._current_frames().values():
        stack = traceback.format_stack(frame)
        if not any("in sit\n" in one and "wait_for" in one for one in stack):
            yield "".join(stack)


def swept_away(directory):
    """A process that removes a directory when we are gone, however that comes."""
    script = 'cat; exec rm -rf -- "$1"'
    command = ["sh", "-c", script, "sh", directory]
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
