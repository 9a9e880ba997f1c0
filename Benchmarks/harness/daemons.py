"""The daemons that are measured, each with a socket in a directory of its own."""

import contextlib
import json
import os
import pathlib
import select
import signal
import socket
import subprocess
import tempfile
import time

# Seconds. It only ends what would hang for ever.
HANG_GUARD = 60


def hierarchy():
    """The mount point of cgroup v2. proc(5)"""
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        place, _, source = line.partition(" - ")
        if source.startswith("cgroup2 "):
            return pathlib.Path(place.split(" ")[4])
    raise SystemExit("bench: no cgroup v2 hierarchy is mounted")


class Daemon:
    """A daemon that serves a socket. It is ready within a `with`, and gone after it."""

    name = None

    def __init__(self, program):
        self.program = program

    def __enter__(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="jobd-bench.")
        self.directory = pathlib.Path(self.scratch.name)
        self.socket = self.directory / "socket"
        self.log = self.directory / "log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": os.environ["PATH"]},
            )
        self.await_connection()
        return self

    def await_connection(self):
        deadline = time.monotonic() + HANG_GUARD
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket(socket.AF_UNIX) as line, contextlib.suppress(OSError):
                return line.connect(str(self.socket))
            time.sleep(0.001)
        raise SystemExit(f"bench: {self.name} didn't start: {self.log.read_text()}")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(HANG_GUARD)
        self.scratch.cleanup()

    def target(self, command, **options):
        """The words that a measuring program takes for a job of this daemon."""
        return [options.pop("name", self.name), self.socket, *self.message(command, **options)]


class Floor(Daemon):
    name = "floor"

    def command(self):
        self.cgroup = f"jobd-bench-{os.getpid()}-{self.directory.name}"
        return [self.program, self.socket, self.cgroup]

    @property
    def jobs(self):
        return hierarchy() / self.cgroup

    def message(self, command, stop=None, **options):
        del stop
        return floor_call(command, **options)

    def __exit__(self, *_):
        super().__exit__()
        (self.jobs / "cgroup.kill").write_text("1")
        await_unpopulated(self.jobs)
        for leaf in [*self.jobs.glob("*/"), self.jobs]:
            leaf.rmdir()


class Forwarder(Daemon):
    """The floor of capturing."""

    name = "forwarder"

    def command(self):
        return [self.program, self.socket]

    def message(self, command):
        return floor_call(command, expected='"exitStatus":0')


class Jobd(Daemon):
    name = "jobd"

    def command(self):
        return [self.program, "--socket", self.socket]

    @property
    def jobs(self):
        described = self.call("io.jobd.Describe")["controlGroup"]
        return hierarchy() / described.lstrip("/")

    def message(self, command, **options):
        return run_call(command, **options)

    def newest_job(self):
        """Its id, which counts up from 1."""
        return max((job["id"] for job in self.call("io.jobd.List")["jobs"]), default=0)

    def call(self, method):
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(self.socket))
            line.sendall(json.dumps({"method": method}).encode() + b"\0")
            reply = b""
            while not reply.endswith(b"\0"):
                reply += line.recv(1 << 16)
        return json.loads(reply[:-1])["parameters"]


# What is sent, and what occurs in the reply.


def floor_call(command, expected="0"):
    """The floor stops a job at once, whatever it is."""
    return [" ".join(command), expected]


def run_call(command, more=False, stop=None, expected='"exitStatus":0', **parameters):
    """`parameters` are further ones of Run()."""
    context = {"command": command}
    if stop:
        context["stop"] = stop
    call = {"method": "io.jobd.Run", "parameters": {"context": context, **parameters}}
    if more:
        call["more"] = True
    return [json.dumps(call, separators=(",", ":")), expected]


def await_unpopulated(cgroup):
    with open(cgroup / "cgroup.events") as events:
        poll = select.poll()
        poll.register(events, select.POLLPRI)
        while "populated 1" in events.read():
            poll.poll(HANG_GUARD * 1000)
            events.seek(0)
