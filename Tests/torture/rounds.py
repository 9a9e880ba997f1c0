"""One job's life and end, again and again."""

import collections
import dataclasses
import os
import pathlib
import random
import shutil
import subprocess
import time
import traceback

import processes
from daemon import Daemon, reap_orphans
from stuck import is_stuck
from varlink import HANG_GUARD, Connection, follow
from ways import WAYS
from workloads import Workload

# Of this share of the rounds the moment is one of the first, when the job is still being made.
EARLY_SHARE = 0.2
EARLY_SECONDS = 0.03

# Seconds. A whole build takes as long as the machine is busy.
BUILD_GUARD = 1800

# Seconds. A job that is up at once gets some time to be as it is.
SHORTEST_LENGTH = 0.3


@dataclasses.dataclass
class Programs:
    jobd: pathlib.Path
    jobctl: pathlib.Path


@dataclasses.dataclass
class Series:
    """A workload ended in one way, many times."""

    workload: Workload
    way: str
    seed: int
    rounds: list[int]

    @property
    def name(self):
        return f"{self.workload.name}/{self.way}"


@dataclasses.dataclass
class Report:
    name: str
    rounds: int = 0
    # Rounds whose job was over before it could be canceled: another one is played instead.
    ended_by_themselves: int = 0
    # Jobs of which jobd said that processes survived SIGKILL, and which.
    stuck: int = 0
    failures: list[str] = dataclasses.field(default_factory=list)
    # Per round: processes of the job when it was canceled; seconds until nothing of it was left.
    processes: list[int] = dataclasses.field(default_factory=list)
    latencies: list[float] = dataclasses.field(default_factory=list)


class Round:
    """What a way needs to know of the round that it plays, and what came of it."""

    def __init__(self, series, number, daemon, programs, directory, length):
        self.workload = series.workload
        self.daemon = daemon
        self.jobctl = programs.jobctl
        self.directory = directory / "work"
        self.output = directory / "output"
        # A round's chances are its own: it can be played again alone.
        self.chance = random.Random(f"{series.seed}/{series.name}/{number}")
        self.length = EARLY_SECONDS if self.chance.random() < EARLY_SHARE else length
        self.moment = self.chance.uniform(0, self.length)
        self.passes_descriptors = self.chance.random() < 0.5
        self.marker = f"TORTURE=jobd-{os.getpid()}-{series.seed}-{number}"
        self.environment = environment(directory, self.marker)
        self.canceled_at = None
        self.processes = 0
        self.is_over = False
        # Jobs that were told as that.
        self.stuck = set()

    def start(self):
        """Calls `Run`, with descriptors or with its output captured."""
        line = Connection(self.daemon.socket)
        context = self.workload.context(self.directory, self.environment)
        parameters = {"context": context | {"name": self.marker}}
        if self.passes_descriptors:
            for index, stream in enumerate(("Input", "Output", "Error")):
                parameters[f"standard{stream}FileDescriptor"] = min(index, 1)
            with open(os.devnull) as null, open(self.output, "wb") as output:
                streams = [null.fileno(), output.fileno()]
                line.call("io.jobd.Run", parameters, more=True, descriptors=streams)
        else:
            line.call("io.jobd.Run", parameters, more=True)
        return line

    def run_until_its_moment(self):
        line = self.start()
        deadline = time.monotonic() + self.moment
        follow(line, until=lambda: line.final, deadline=deadline)
        if line.final:
            self.ended_by_itself()
        line.when_final = lambda: self.check_nothing_lives_after(line.final)
        return line

    def canceled(self):
        """To be said just before it is done."""
        self.processes = len(processes.members(self.daemon.jobs))
        self.canceled_at = time.monotonic()

    def ended_by_itself(self):
        assert self.workload.ends, "the job was over before it was canceled"
        self.is_over = True
        self.canceled_at = time.monotonic()

    def circumstances(self):
        streams = "descriptors passed" if self.passes_descriptors else "output captured"
        return f"{self.moment:.3f} s after the start, {streams}"

    # What is promised

    def check_nothing_lives_after(self, final):
        """After `finished`, or the answer to `Cancel`; but for the one cause that says otherwise."""
        job = final.get("finished") or final.get("job")
        if not (job and self.is_stuck(job)):
            self.check_nothing_lives()

    def is_stuck(self, job):
        if not is_stuck(job["runtime"]["result"]):
            return False
        self.stuck.add(job["id"])
        return True

    def check_ends_that_nobody_heard(self):
        """Where the client has gone, only who asks is told how it went."""
        if not self.daemon.is_alive():
            return
        line = Connection(self.daemon.socket)
        line.call("io.jobd.List", {})
        follow(line, until=lambda: line.final)
        line.close()
        for job in line.final["jobs"]:
            if job["context"].get("name") == self.marker:
                self.is_stuck(job)

    def check_nothing_lives(self):
        """To be called when somebody says that the job has finished, and not a moment later."""
        alive = {pid: one for pid, one in processes.marked(self.marker).items() if one[1] != "Z"}
        assert not alive, f"finished, with {[processes.describe(*one) for one in alive.items()]}"
        populated = [
            name for name in self.daemon.leaves() if processes.is_populated(self.daemon.jobs / name)
        ]
        assert not populated, f"finished, with processes in {populated}"

    def check_last_word(self, line, cause):
        """`finished` was said, once and last, with this cause."""
        assert not line.error, f"the last word was {line.error} {line.final}"
        assert line.final, f"the connection ended without a final reply: {line.replies[-1:]}"
        assert "finished" in line.final, f"the last word was {line.final}"
        assert sum("finished" in reply for reply in line.replies) == 1, "finished was said twice"
        job = line.final["finished"]
        result = job["runtime"]["result"]
        if self.workload.ends and (result["cause"], result.get("exitStatus")) == ("exited", 0):
            self.is_over = True
        elif not self.is_stuck(job):
            assert result["cause"] == cause, f"the cause is not {cause}: {result}"


def play(series, programs, directory):
    """Plays all rounds of a series, each with the same daemon as long as that lives."""
    processes.become_subreaper()
    report = Report(series.name)
    daemon = None
    try:
        work = directory / "work"
        for made in (work, directory / "tmp", directory / "home"):
            made.mkdir(parents=True)
        series.workload.prepare(work)
        daemon = Daemon(programs.jobd, directory / "jobd")
        length = usual_length(series, daemon, programs, directory)
        numbers = collections.deque(series.rounds)
        while numbers:
            if not daemon.is_alive():
                daemon = Daemon(programs.jobd, directory / "jobd")
            series.workload.refresh(work)
            number = numbers.popleft()
            round = Round(series, number, daemon, programs, directory, length)
            play_one(series, round, number, report)
            if round.is_over:
                # It takes less long than was thought.
                length = min(length, round.moment)
                numbers.append(number + len(series.rounds))
    except Exception:
        report.failures.append(f"{series.name}: {traceback.format_exc()}")
    finally:
        end(daemon)
        shutil.rmtree(directory, ignore_errors=True)
    return report


def play_one(series, round, number, report):
    daemon = round.daemon
    report.rounds += 1
    try:
        WAYS[series.way](round)
        gone_at = daemon.await_end_of_tree()
        round.check_ends_that_nobody_heard()
        daemon.await_nothing(lambda: daemon.left(round.marker))
        report.ended_by_themselves += round.is_over
        report.stuck += len(round.stuck)
        if not round.is_over:
            report.processes.append(round.processes)
            report.latencies.append(gone_at - round.canceled_at)
    except (AssertionError, OSError, subprocess.TimeoutExpired) as failure:
        report.failures.append(
            f"{series.name}, round {number}, seed {series.seed}, {round.circumstances()}:\n"
            f"    {failure!r}\n    left now: {remains_of(round)}\n"
            f"    jobd said: {daemon.log.read_text()}"
        )
        # The next round is not to suffer for it.
        end(daemon)


def remains_of(round):
    try:
        return round.daemon.left(round.marker)
    except (AssertionError, OSError) as failure:
        return repr(failure)


def usual_length(series, daemon, programs, directory):
    """Seconds that the workload takes here and now, or twice those until it is ready."""
    round = Round(series, -1, daemon, programs, directory, length=0)
    round.passes_descriptors = False
    begun = time.monotonic()
    line = round.start()
    if series.workload.ends:
        follow(line, until=lambda: line.final, patience=BUILD_GUARD)
        result = line.final["finished"]["runtime"]["result"]
        assert result.get("exitStatus") == 0, f"undisturbed, it ended with {result}"
        length = time.monotonic() - begun
    else:
        follow(line, until=lambda: line.output_bytes)
        length = max(SHORTEST_LENGTH, 2 * (time.monotonic() - begun))
    line.close()
    daemon.await_nothing(lambda: daemon.left(round.marker))
    return length


def environment(directory, marker):
    name, _, value = marker.partition("=")
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(directory / "home"),
        "LANG": "C.UTF-8",
        "TMPDIR": str(directory / "tmp"),
        name: value,
    }


def end(daemon):
    """Whatever state it is in, and whoever is left of it."""
    if daemon is None:
        return
    if daemon.is_alive():
        daemon.kill()
    guard = time.monotonic() + HANG_GUARD
    while processes.descendants(os.getpid()) and time.monotonic() < guard:
        reap_orphans(but=())
        time.sleep(0.01)
