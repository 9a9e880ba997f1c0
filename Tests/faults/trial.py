"""One life of a daemon with one fault in it, and whether every promise was kept."""

import dataclasses
import os
import pathlib
import re
import shutil
import signal

import acts
import calls
import processes
from daemon import END, IDLE, JOBS, START, Daemon
from job import Defect, Job

ERRNO = re.compile(r"\bE[A-Z0-9]{3,}\b|[Nn]o space|[Tt]oo many open|[Pp]ermission|[Nn]ot permitted|memory|[Ii]nput/output|[Bb]usy")


@dataclasses.dataclass(frozen=True)
class Places:
    injector: pathlib.Path
    program: pathlib.Path
    scratch: pathlib.Path
    mount: pathlib.Path


@dataclasses.dataclass(frozen=True)
class Play:
    """An act, with or without control groups; how the daemon ends; which call fails and how."""

    act: str
    cgroups: bool
    # "stop" or "kill"
    end: str = "stop"
    phase: int = IDLE
    call: str = ""
    site: str = ""
    fault: str = ""
    # 0: each time, for an episode.
    times: int = 1
    from_: int = 1
    is_allocation: bool = False
    # Further plays that have led to the site.
    others: tuple = ()

    def led_by_others(self):
        """The same fault in these."""
        return [dataclasses.replace(self, act=one.act, cgroups=one.cgroups, end=one.end) for one in self.others]

    @property
    def name(self):
        return self.act + ("" if self.cgroups else "/none") + ("" if self.end == "stop" else "/killed")

    @property
    def options(self):
        number = calls.number(self.call)
        error = calls.error_number(self.fault)
        late = ["--late"] if self.call in calls.LATE else []
        return [
            "--calls", str(number), "--site", self.site, *(["--error", str(error), *late] if error else []),
            "--times", str(self.times), "--from", str(self.from_),
        ]  # fmt: skip


@dataclasses.dataclass
class Outcome:
    defect: str = ""
    told: str = ""
    hits: int = 0
    injected: int = 0
    log: str = ""


SPINNING = 3000


def play(one, places, record=None):
    """Plays it in a directory and a control group of its own."""
    tag = f"jobd-faults-{os.getpid()}"
    directory, group = places.scratch / tag, places.mount / tag
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    group.mkdir(exist_ok=True)
    wish = ["--cgroup", f"/{tag}/jobd" if one.cgroups else "none"]
    options = ["--record", record] if record else one.options
    daemon = Daemon(places.injector, places.program, directory, group, options, wish)
    daemon.mount = places.mount
    daemon.phase_of_fault = one.phase
    daemon.is_episode = one.times == 0 and not record
    outcome = Outcome()
    try:
        outcome.told = _live(daemon, one, bool(record))
    except Exception as error:
        if one.is_allocation and (told := _died_of_want(daemon, one)):
            outcome.told = told
        else:
            outcome.defect = str(error) if isinstance(error, Defect) else f"{type(error).__name__}: {error}"
    finally:
        outcome.hits, outcome.injected, outcome.log = daemon.hits, daemon.injected, daemon.log[-4000:]
        # Byte by byte it gets on.
        if not outcome.defect and outcome.injected > SPINNING and one.fault != calls.SHORT:
            outcome.defect = f"it spins: the call was made {outcome.injected} times in an episode"
        daemon.clean_up()
        group.rmdir()
    return outcome


def _live(daemon, one, is_record):
    def phase(number):
        daemon.phase(number if is_record or number == one.phase else IDLE)

    phase(START)
    if not daemon.start():
        return _not_started(daemon, one)
    daemon.phase(IDLE)
    bystander = Job(daemon, acts.SLEEP, {})
    if not bystander.says(b"ready"):
        raise Defect(f"the first job is told {bystander.line.final}")
    daemon.connections_held = 1
    _fresh_job(daemon)
    daemon.settle()

    before = len(daemon.log)
    phase(JOBS)
    jobs = getattr(acts, one.act)(daemon)
    daemon.phase(IDLE)
    log = daemon.log[before:]
    told = [job.verdict(log) for job in jobs]
    for job in jobs:
        job.discard()
    _check_unharmed(daemon, bystander)

    phase(END)
    told += _end(daemon, one, bystander)
    return "; ".join(dict.fromkeys(told))


def _fresh_job(daemon):
    job = Job(daemon, acts.OUT, acts.EXITED_7, b"out\n", witness="Input")
    job.finish()
    if (verdict := job.verdict("")) != "as ever":
        raise Defect(f"another job is {verdict}")
    job.discard()


def _check_unharmed(daemon, bystander):
    """Others haven't noticed, nothing is left, and who comes next is served."""
    daemon.check_nothing_more()
    if bystander.is_gone or bystander.line.is_over:
        raise Defect("a job of another client has ended")
    _fresh_job(daemon)
    daemon.check_nothing_more()


def _end(daemon, one, bystander):
    if one.end == "kill":
        os.kill(daemon.pid, signal.SIGKILL)
        bystander.wait_until_gone()
        bystander.discard()
    elif one.end == "close":
        bystander.close()
        bystander.wait_until_gone()
        daemon.phase(IDLE)
        daemon.stop()
    else:
        bystander.expected = {"cause": "shutdown"}
        daemon.stop()
        bystander.finish()
    code = daemon.wait()
    daemon.phase(IDLE)
    if one.end == "kill":
        if one.cgroups:
            daemon.check_gone()
        elif processes.members(daemon.group):
            raise Defect("processes are left")
        return []
    if code != 0:
        raise Defect(f"jobd ended with {daemon.ending()}")
    daemon.check_gone()
    return [bystander.verdict(daemon.log)] if one.end == "stop" else []


def _died_of_want(daemon, one):
    """A Swift program that gets no memory ends. What it had ends with it."""
    daemon.phase(IDLE)
    if not daemon.pid or is_alive(daemon.pid) or daemon.wait() <= 128:
        return None
    if one.cgroups:
        daemon.check_gone()
    elif processes.members(daemon.group):
        raise Defect("processes are left")
    return "died of want of memory, leaving nothing"


def is_alive(pid):
    found = processes.stat(pid)
    return found is not None and found[1] not in "ZX"


def _not_started(daemon, one):
    """It says what failed, and leaves nothing."""
    daemon.wait()
    code = daemon.process.returncode
    if code > 128 or code == 0:
        raise Defect(f"it doesn't start, but is {daemon.ending()}")
    if not ERRNO.search(daemon.log):
        raise Defect(f"it doesn't start and doesn't say why: {daemon.log[-300:]!r}")
    daemon.check_gone()
    return f"refused to start: {daemon.log.strip()[-300:]}"
