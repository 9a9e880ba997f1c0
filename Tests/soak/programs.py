"""Clients that are processes: jobctl, those that others wrote, and one that inherits a line."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess

from clients import moment
from jobs import any_one, one_that_doesnt, one_that_ends
from line import Story, check_output, opened
from processes import DIE_WITH_US
from varlink import HANG_GUARD, Connection, follow
from witness import making

OTHERS = pathlib.Path(__file__).resolve().parent.parent / "IntegrationTests/Python"

# What `jobctl run` exits with where the command couldn't be started: docs/jobctl.md.
JOBD_FAILED = 125
CANT_BE_EXECUTED = 126
NOT_FOUND = 127

# Seconds that a job has which was asked to end, before its jobctl is killed: some aren't impressed.
MERCY_SECONDS = 1


class Jobctl:
    """`jobctl run`, with a witness of the job's processes as one of its streams."""

    def __init__(self, soak, name, job, options=(), witness_as="stderr", **streams):
        self.soak, self.name, self.job = soak, name, job
        soak.books.may_end(name, job.cause)
        command = [*DIE_WITH_US, soak.programs / "jobctl", "--socket", soak.daemon.socket, "run"]
        with making:
            self.witness = soak.witness()
            for stream in ("stdin", "stdout"):
                streams.setdefault(stream, subprocess.DEVNULL)
            streams[witness_as] = self.witness.writer
            self.process = subprocess.Popen(
                [*command, "--name", name, *job_options(job), *options, "--", *job.command],
                env=job.fields.get("environment", {"PATH": os.environ["PATH"]}),
                **streams,
            )
            self.witness.let_go()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait(HANG_GUARD)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream:
                stream.close()
        self.witness.close()

    def ends(self, *causes):
        self.soak.books.may_end(self.name, *causes)

    def signal(self, *signals):
        for one in signals:
            self.process.send_signal(one)

    def is_over_after(self, seconds):
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        return self.process.returncode is not None

    def check_exit(self, was_told=True):
        """Whether the job was taken. `was_told`: something was told of it, as far as is known."""
        status = self.process.wait(HANG_GUARD)
        self.witness.check_gone()
        expected = expected_status(self.job)
        if status == JOBD_FAILED and (expected != JOBD_FAILED or not was_told):
            # Too many jobs. What else it may be is in the log.
            self.soak.books.was_refused(self.name)
            return False
        assert status == expected, f"jobctl exited with {status}, not {expected}: {self.job}"
        return True

    def killed(self):
        self.ends("disconnected")
        self.process.kill()
        self.process.wait(HANG_GUARD)
        self.witness.wait_until_gone()


def job_options(job):
    stop = job.fields.get("stop", {})
    options = ["--cwd", job.fields.get("workingDirectory", "/")]
    options += ["--wait", job.fields.get("wait", "main")]
    if "gracePeriodUSec" in stop:
        options += ["--grace", f"{stop['gracePeriodUSec']}us"]
    if "signal" in stop:
        options += ["--signal", stop["signal"]]
    return options + (["--stdin", "close"] if "closeStandardInput" in stop else [])


def expected_status(job):
    if job.signal:
        return 128 + getattr(signal, job.signal)
    if job.failure:
        statuses = {"working_directory": JOBD_FAILED, "interpreter": CANT_BE_EXECUTED}
        step, error = job.failure
        return statuses.get(step, NOT_FOUND if error == "ENOENT" else CANT_BE_EXECUTED)
    return job.status


def some_job(chance, things, choose=any_one, takes_input=False):
    """One whose standard error can be its witness, and that a command line has room for."""
    while True:
        job = choose(chance, things)
        is_too_long = job.failure == ("executable", "E2BIG")
        if not (job.complains or is_too_long) and (takes_input or job.input is None):
            return job


def waits(soak, name, chance):
    job = some_job(chance, soak.things, one_that_ends, takes_input=True)
    stdin = subprocess.DEVNULL if job.input is None else subprocess.PIPE
    with Jobctl(soak, name, job, stdin=stdin, stdout=subprocess.PIPE) as jobctl:
        output, _ = jobctl.process.communicate(job.input, HANG_GUARD)
        if jobctl.check_exit():
            check_output("output", job, job.output, output, is_whole=True)


def tells_a_descriptor(soak, name, chance):
    """`--status-fd`: all replies, and none of what the job says."""
    job = some_job(chance, soak.things, one_that_ends)
    with making:
        reader, writer = os.pipe()
        options = ["--status-fd", str(writer)]
        jobctl = Jobctl(soak, name, job, options, pass_fds=[writer])
        os.close(writer)
    with jobctl, os.fdopen(reader) as replies:
        story = Story()
        for line in replies:
            story.heard(json.loads(line))
        if jobctl.check_exit(was_told=bool(story.kinds)):
            assert story.kinds[-1] == "finished", f"the last reply was {story.kinds[-1]}"


def tells_in_json(soak, name, chance):
    """`--json`: the same on standard error. A shell's background has another input than the witness."""
    job = some_job(chance, soak.things, one_that_ends)
    streams = {"witness_as": "stdin", "stderr": subprocess.PIPE}
    with Jobctl(soak, name, job, ["--json"], **streams) as jobctl:
        _, errors = jobctl.process.communicate(timeout=HANG_GUARD)
        story, lines = Story(), errors.splitlines()
        if jobctl.check_exit(was_told=any(line.startswith(b"{") for line in lines)):
            for line in lines:
                story.heard(json.loads(line))
            assert story.kinds[-1] == "finished", f"the last reply was {story.kinds[-1]}"


def asks_about_jobs(soak, name, chance):
    """The other commands of jobctl. One that watches is killed."""
    command = chance.choice([["list", "--all"], ["list", "--json"], ["status"], ["watch", "--json"]])
    with making:
        jobctl = subprocess.Popen(
            [*DIE_WITH_US, soak.programs / "jobctl", *command, "--socket", soak.daemon.socket],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
    if command[0] == "watch":
        with contextlib.suppress(subprocess.TimeoutExpired):
            jobctl.wait(moment(chance))
        jobctl.kill()
    status = jobctl.wait(HANG_GUARD)
    assert status == (-signal.SIGKILL if command[0] == "watch" else 0), f"{command}: {status}"


def runs_on_a_terminal(soak, name, chance):
    ours, jobs = os.openpty()
    with os.fdopen(ours, "rb", buffering=0) as terminal, os.fdopen(jobs, "rb") as end:
        with Jobctl(soak, name, some_job(chance, soak.things), stdin=end, stdout=end) as jobctl:
            jobctl.is_over_after(moment(chance))
            jobctl.killed()


def is_killed(soak, name, chance):
    with Jobctl(soak, name, some_job(chance, soak.things)) as jobctl:
        jobctl.is_over_after(moment(chance))
        jobctl.killed()


def is_killed_while_stopped(soak, name, chance):
    with Jobctl(soak, name, some_job(chance, soak.things)) as jobctl:
        jobctl.is_over_after(moment(chance))
        jobctl.signal(signal.SIGSTOP)
        jobctl.is_over_after(moment(chance))
        jobctl.killed()


def is_stopped_for_a_while(soak, name, chance):
    with Jobctl(soak, name, some_job(chance, soak.things, one_that_ends)) as jobctl:
        jobctl.is_over_after(moment(chance))
        jobctl.signal(signal.SIGSTOP)
        jobctl.is_over_after(moment(chance))
        jobctl.signal(signal.SIGCONT)
        jobctl.check_exit()


def is_asked(soak, name, chance):
    """By signals, which it passes on. Pressed three times, it leaves at once."""
    with Jobctl(soak, name, one_that_doesnt(chance, soak.things)) as jobctl:
        jobctl.is_over_after(moment(chance))
        jobctl.ends("requested", "disconnected")
        signals = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT]
        for _ in range(chance.choice([1, 1, 2, 3])):
            jobctl.signal(chance.choice(signals))
            if jobctl.is_over_after(moment(chance)):
                break
        if not jobctl.is_over_after(MERCY_SECONDS):
            jobctl.killed()
        jobctl.witness.wait_until_gone()


def keeps_alive(soak, name, chance):
    """`--stdin keepalive`: its standard input is the line."""
    job = one_that_doesnt(chance, soak.things)
    while "closeStandardInput" in job.fields.get("stop", {}):
        job = one_that_doesnt(chance, soak.things)
    options = ["--stdin", "keepalive"]
    with Jobctl(soak, name, job, options, stdin=subprocess.PIPE) as jobctl:
        jobctl.is_over_after(moment(chance))
        assert jobctl.process.poll() in (None, JOBD_FAILED), "it ended while its input was open"
        jobctl.ends("disconnected")
        jobctl.process.stdin.close()
        jobctl.process.wait(HANG_GUARD)
        jobctl.witness.check_gone()


def is_inherited(soak, name, chance):
    """The line is held by another process, which got it from us, and lives on."""
    with opened(soak, name, one_that_doesnt(chance, soak.things)) as line:
        line.run()
        if not line.wait_for("started"):
            return line.check_end()
        with making:
            # Ends when we do, however we do.
            heir = subprocess.Popen(
                ["cat"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                pass_fds=[line.socket.fileno()],
            )
        line.close()
        try:
            with contextlib.closing(Connection(soak.daemon.socket)) as other:
                other.call("io.jobd.List", {"id": line.story.job})
                follow(other, until=lambda: other.final)
                state = other.said("jobs")[0]["runtime"]["state"]
                assert state == "running", f"its line is held, and it is {state}"
            line.ends("disconnected")
        finally:
            heir.kill()
            heir.communicate()
        line.witness.wait_until_gone()


def was_written_by_others(soak, name, chance):
    """PyPI's clients, in stories of the tests'."""
    program, story = chance.choice(
        [("varlink_client.py", "closes")]
        + [("asyncvarlink_client.py", story) for story in ("introspects", "runs", "cancels")]
        + [("asyncvarlink_client.py", "closes")]
    )
    with making:
        client = subprocess.Popen(
            [soak.python, "-B", OTHERS / program, story, soak.daemon.socket],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
    _, errors = client.communicate(timeout=HANG_GUARD)
    if b"TooManyJobs" not in errors:
        assert client.returncode == 0, f"{program} {story}: {errors.decode()}"


KINDS = {
    waits: 8,
    tells_a_descriptor: 4,
    tells_in_json: 3,
    asks_about_jobs: 4,
    runs_on_a_terminal: 3,
    is_killed: 5,
    is_killed_while_stopped: 3,
    is_stopped_for_a_while: 3,
    is_asked: 4,
    keeps_alive: 3,
    is_inherited: 3,
    was_written_by_others: 1,
}
