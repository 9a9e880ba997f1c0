"""Clients with a socket of their own, who run a job: they wait for it, or end it in some way."""

import contextlib
import json
import os
import tempfile
import time

from jobs import any_one, one_that_doesnt, one_that_ends
from line import opened
from varlink import Connection, follow

# Seconds from the call to what is done about it.
MOMENT_MAX = 0.4
# Of this share of the clients the moment is one of the first, when the job is still being made.
EARLY_SHARE = 0.3
EARLY_SECONDS = 0.02
# Jobs that a client starts at once: more than run, and at times more than wait.
BURST = (5, 30)


def moment(chance):
    return chance.uniform(0, EARLY_SECONDS if chance.random() < EARLY_SHARE else MOMENT_MAX)


def read_until(line, moment):
    follow(line, until=lambda: line.final is not None, deadline=time.monotonic() + moment)


def waits(soak, name, chance):
    """Reads to the end of a job that ends by itself, and runs another on the same line."""
    for number in range(chance.choice([1, 1, 2, 3])):
        job = one_that_ends(chance, soak.things)
        with opened(soak, f"{name}.{number}", job) as line:
            line.run(offered=chance.random() < 0.3)
            line.check_end()


def waits_without_more(soak, name, chance):
    with opened(soak, name, one_that_ends(chance, soak.things), more=False) as line:
        line.run()
        line.check_end()


def passes_a_file(soak, name, chance):
    """The output goes there, and not through jobd."""
    job = one_that_ends(chance, soak.things)
    with opened(soak, name, job) as line, tempfile.TemporaryFile(dir=soak.scratch) as file:
        line.file = file
        line.run(offered=chance.random() < 0.3)
        if line.check_end():
            written = os.pread(file.fileno(), len(job.output) + 1, 0)
            is_whole = line.final["finished"]["runtime"]["result"]["cause"] == job.cause
            assert not is_whole or written == job.output, f"{len(written)} bytes in the file"
            assert not line.output("output"), "the output came by the line, too"


def passes_a_terminal(soak, name, chance):
    with contextlib.ExitStack() as stack:
        ours, jobs = os.openpty()
        stack.callback(os.close, ours)
        with os.fdopen(jobs, "wb") as terminal:
            line = stack.enter_context(opened(soak, name, one_that_doesnt(chance, soak.things)))
            line.file = terminal
            line.run()
        read_until(line, moment(chance))
        line.over()


def closes(soak, name, chance):
    with opened(soak, name, any_one(chance, soak.things)) as line:
        line.run(offered=chance.random() < 0.3)
        read_until(line, moment(chance))
        line.over()


def closes_unread(soak, name, chance):
    """What was said to it is lost, as it is with a client that crashes."""
    with opened(soak, name, any_one(chance, soak.things)) as line:
        line.run()
        time.sleep(moment(chance))
        line.over()


def half_closes(soak, name, chance):
    with opened(soak, name, any_one(chance, soak.things)) as line:
        line.run(offered=chance.random() < 0.3)
        read_until(line, moment(chance))
        line.ends("disconnected")
        line.half_close()
        line.check_end()
        follow(line, until=lambda: line.is_at_end)


def half_closes_and_closes(soak, name, chance):
    with opened(soak, name, one_that_doesnt(chance, soak.things)) as line:
        line.run()
        read_until(line, moment(chance))
        line.ends("disconnected")
        line.half_close()
        read_until(line, moment(chance))
        line.over()


def cancels(soak, name, chance):
    """On another connection. At times it goes away before the answer, or its line ends, too."""
    with opened(soak, name, one_that_doesnt(chance, soak.things)) as line:
        line.run()
        read_until(line, moment(chance))
        if not line.wait_for("queued"):
            line.check_end()
            return
        with contextlib.closing(Connection(soak.daemon.socket)) as other:
            line.ends("requested")
            parameters = {"id": line.story.job}
            if chance.random() < 0.5:
                parameters["gracePeriodUSec"] = chance.choice([0, 10_000])
            other.call("io.jobd.Cancel", parameters)
            if chance.random() < 0.2:
                return line.over()
            if chance.random() < 0.8:
                follow(line, other, until=lambda: line.final and other.final)
                told, answered = line.said("finished"), other.said("job")
                assert told == answered, f"the client was told {told}, the canceler {answered}"
        line.check_end()


def is_canceled(soak, name, chance):
    """Would wait for ever, if nobody else canceled its job: it does so itself in the end."""
    with opened(soak, name, one_that_doesnt(chance, soak.things)) as line:
        line.run(offered=True)
        read_until(line, MOMENT_MAX)
        line.ends("disconnected")
        line.half_close()
        line.check_end()


def reads_late(soak, name, chance):
    """Its job is held up by what it doesn't read, and no byte is lost."""
    with opened(soak, name, one_that_ends(chance, soak.things)) as line:
        line.run()
        time.sleep(moment(chance))
        line.check_end()


def wants_no_answer(soak, name, chance):
    """`oneway`: nothing is said, and the connection is the line all the same."""
    with opened(soak, name, one_that_doesnt(chance, soak.things)) as line:
        line.run(oneway=True)
        read_until(line, moment(chance))
        assert not line.replies and not line.final, f"oneway was answered: {line.replies}"
        line.over()


def doesnt_wait_for_answers(soak, name, chance):
    """Calls behind each other, without waiting: they are answered in order."""
    status = [chance.randrange(256) for _ in range(chance.randrange(1, 8))]
    calls = []
    for number, code in enumerate(status):
        job = {"command": ["sh", "-c", f"exit {code}"], "name": f"{name}.{number}"}
        soak.books.may_end(job["name"], "exited")
        calls += [{"method": "io.jobd.Run", "parameters": {"context": job}}]
        calls += [{"method": "io.jobd.Describe"}]
    with contextlib.closing(Pipeline(soak.daemon.socket)) as line:
        line.socket.sendall(b"".join(json.dumps(call).encode() + b"\0" for call in calls))
        follow(line, until=lambda: len(line.heard) == len(calls))
        for code, (run, describe) in zip(status, zip(line.heard[::2], line.heard[1::2])):
            assert "version" in describe["parameters"], f"Describe was answered by {describe}"
            if run.get("error") != "io.jobd.TooManyJobs":
                found = run["parameters"]["finished"]["runtime"]["result"]["exitStatus"]
                assert found == code, f"the answers are out of order: {found}, not {code}"


class Pipeline(Connection):
    def __init__(self, path):
        super().__init__(path)
        self.heard = []

    def received(self, reply):
        self.heard.append(reply)


def calls_in_a_burst(soak, name, chance):
    """More jobs than may run: a queue forms, and those who don't get in are told."""
    with contextlib.ExitStack() as stack:
        lines = []
        for number in range(chance.randrange(*BURST)):
            job = one_that_ends(chance, soak.things)
            line = stack.enter_context(opened(soak, f"{name}.{number}", job))
            line.run(offered=chance.random() < 0.2)
            lines.append(line)
        leave = [line for line in lines if chance.random() < 0.3]
        for line in leave:
            line.over()
        for line in lines:
            if line not in leave:
                line.check_end()


KINDS = {
    waits: 20,
    waits_without_more: 4,
    passes_a_file: 6,
    passes_a_terminal: 3,
    closes: 10,
    closes_unread: 6,
    half_closes: 10,
    half_closes_and_closes: 4,
    cancels: 8,
    is_canceled: 4,
    reads_late: 4,
    wants_no_answer: 3,
    doesnt_wait_for_answers: 3,
    calls_in_a_burst: 1,
}
