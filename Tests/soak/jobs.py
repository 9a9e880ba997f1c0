"""What is run: jobs that end by themselves, in a way that is known before, and such that don't."""

import base64
import dataclasses
import pathlib
import random

import processes

NASTY = pathlib.Path(__file__).resolve().parent.parent / "torture/nasty"

# Microseconds that one may take who doesn't mean to end when asked.
SHORT_GRACES = (0, 1, 20_000, 100_000)

# Bytes. More than a pipe and the daemon's room for output hold together, so that some of it waits.
BINARY_BYTES = 700_000
# Bytes of a single argument: more than the kernel takes. execve(2), MAX_ARG_STRLEN
ARGUMENT_TOO_LONG = 1 << 17


@dataclasses.dataclass
class Job:
    command: list[str]
    # How it ends if nobody ends it: a cause, and what the result has with that. None: never.
    cause: str | None = "exited"
    status: int | None = 0
    signal: str | None = None
    failure: tuple[str, str] | None = None
    # What it says until then.
    output: bytes = b""
    errors: bytes = b""
    # Says more than that, without end.
    talks: bool = False
    # Errors are captured: the witness of its processes has to be another stream.
    complains: bool = False
    input: bytes | None = None
    fields: dict = dataclasses.field(default_factory=dict)

    def context(self, name):
        return {"command": self.command, "name": name, **self.fields}


def shell(script, *arguments, **properties):
    return Job(["sh", "-c", script, "sh", *arguments], **properties)


def lines(count):
    return b"".join(b"%d\n" % number for number in range(1, count + 1))


class Things:
    """Files that jobs are about."""

    def __init__(self, directory, seed):
        directory.mkdir()
        self.binary = directory / "binary"
        self.bytes = random.Random(seed).randbytes(BINARY_BYTES)
        self.binary.write_bytes(self.bytes)
        self.directory = directory
        self.plain = self.file("plain", 0o644, "#!/bin/sh\n")
        self.words = self.file("words", 0o755, "no program\n")
        self.orphan = self.file("orphan", 0o755, "#!/no/such/interpreter\n")

    def file(self, name, mode, text):
        path = self.directory / name
        path.write_text(text)
        path.chmod(mode)
        return str(path)


# Those that end by themselves


def at_once(chance, things):
    return Job(["true"])


def with_status(chance, things):
    status = chance.randrange(256)
    return shell(f"exit {status}", status=status)


def by_signal(chance, things):
    name = chance.choice(["USR1", "KILL", "PIPE", "ALRM", "TERM", "HUP"])
    return shell(f"kill -{name} $$", cause="signaled", status=None, signal=f"SIG{name}")


def talks(chance, things):
    said, complained = chance.randrange(20_000), chance.randrange(2_000)
    script = f"seq {said}; seq {complained} >&2"
    return shell(script, output=lines(said), errors=lines(complained), complains=True)


def talks_of_the_world(chance, things):
    text = "".join(chance.choices("aé€𝄞\n", k=chance.randrange(5_000)))
    return Job(["printf", "%s", text], output=text.encode())


def talks_binary(chance, things):
    return Job(["cat", str(things.binary)], output=things.bytes)


def speaks_last(chance, things):
    """Its last word is a grandchild's, when its main process is long gone."""
    script = f"(sleep 0.0{chance.randrange(10)}; echo late) & exit 3"
    return shell(script, status=3, output=b"late\n", fields={"wait": "tree"})


def leaves_behind(chance, things):
    """What holds its output would live for ever."""
    script = "setsid sleep 1000 & sleep 1000 & echo said; exit 5"
    return shell(script, status=5, output=b"said\n")


def leaves_deaf_ones_behind(chance, things):
    stop = {"gracePeriodUSec": chance.choice(SHORT_GRACES)}
    script = "trap '' TERM HUP; setsid sleep 1000 & echo said"
    return shell(script, output=b"said\n", fields={"stop": stop})


def forks(chance, things):
    script = f"for n in $(seq {chance.randrange(1, 60)}); do sleep 0.01 & done; wait"
    return shell(script)


def echoes(chance, things):
    given = things.bytes[: chance.randrange(100_000)]
    if chance.random() < 0.5:
        given = base64.b64encode(given)
    return Job(["cat"], input=given, output=given)


def has_large_environment(chance, things):
    variables = {f"V{n}": "v" * chance.randrange(2_000) for n in range(chance.randrange(1, 60))}
    environment = {"PATH": "/usr/bin:/bin", **variables}
    size = str(len(variables["V0"])).encode()
    return shell("printf %s ${#V0}", output=size, fields={"environment": environment})


def has_large_arguments(chance, things):
    count = chance.randrange(60)
    words = ["w" * chance.randrange(1, 2_000) for _ in range(count)]
    return shell("echo $#", *words, output=b"%d\n" % count)


def makes_groups(chance, things):
    """Control groups of its own in its leaf, with a process in the deepest."""
    script = (
        f"group={processes.cgroup_mount()}$(sed -n s/^0:://p /proc/self/cgroup)\n"
        'mkdir -p "$group/a/b" "$group/c" && sleep 0.02 & echo made; wait'
    )
    return shell(script, output=b"made\n")


def stops_for_a_while(chance, things):
    # Again and again: on a busy machine the first may come before there is anything to be continued.
    script = "(while sleep 0.02; do kill -CONT $$; done) & kill -STOP $$; echo on; kill $!; wait"
    return shell(script, output=b"on\n")


# Those that can't be started


def failing(step, error, command, **fields):
    return Job(command, "failed_to_start", None, failure=(step, error), fields=fields)


def is_nowhere(chance, things):
    return failing("executable", "ENOENT", [f"no-such-command-{chance.randrange(9)}"])


def may_not_be_executed(chance, things):
    return failing("executable", "EACCES", [chance.choice([things.plain, "/etc"])])


def is_no_program(chance, things):
    return failing("executable", "ENOEXEC", [things.words])


def has_no_interpreter(chance, things):
    return failing("interpreter", "ENOENT", [things.orphan])


def has_no_directory(chance, things):
    return failing("working_directory", "ENOENT", ["true"], workingDirectory="/no/such/directory")


def is_too_long(chance, things):
    return failing("executable", "E2BIG", ["true", "w" * ARGUMENT_TOO_LONG])


# Those that don't end


def endless(command, chance, grace=SHORT_GRACES, **fields):
    stop = {"gracePeriodUSec": chance.choice(grace), **fields.pop("stop", {})}
    return Job(command, None, None, fields={**fields, "stop": stop})


def sleeps(chance, things):
    signal = chance.choice(["TERM", "SIGINT", "9", "USR1"])
    return endless(["sleep", "1000"], chance, (5_000_000, 0), stop={"signal": signal})


def isnt_asked(chance, things):
    return endless(["sleep", "1000"], chance, stop={"signal": "none"})


def talks_without_end(chance, things):
    job = endless(["yes"], chance)
    job.talks = True
    return job


def ends_with_its_input(chance, things):
    stop = {"closeStandardInput": True, "signal": "none"}
    return endless(["cat"], chance, (60_000_000,), stop=stop)


def forks_without_end(chance, things):
    script = "trap '' TERM; while :; do sleep 0.05 & sleep 0.01; done"
    return endless(["sh", "-c", script], chance)


def is_nasty(chance, things):
    """Of the torture's: deaf, stopped, in many sessions, a daemon of its own."""
    name = chance.choice(["deaf", "double-fork", "new-sessions", "pipe-holder", "stopped"])
    # The first process of one is gone at once: such a job is as long as its tree.
    wait = "tree" if name == "double-fork" else "main"
    job = endless([str(NASTY / name)], chance, wait=wait)
    job.talks = True
    return job


ENDING = (
    [at_once, with_status, by_signal, talks, talks_of_the_world, talks_binary, speaks_last]
    + [leaves_behind, leaves_deaf_ones_behind, forks, echoes, has_large_environment]
    + [has_large_arguments, makes_groups, stops_for_a_while, is_nowhere, may_not_be_executed]
    + [is_no_program, has_no_interpreter, has_no_directory, is_too_long]
)
ENDLESS = (
    [sleeps, isnt_asked, talks_without_end, ends_with_its_input, forks_without_end, is_nasty]
)


def one_that_ends(chance, things):
    return chance.choice(ENDING)(chance, things)


def one_that_doesnt(chance, things):
    return chance.choice(ENDLESS)(chance, things)


def any_one(chance, things):
    return chance.choice(ENDING + ENDLESS)(chance, things)
