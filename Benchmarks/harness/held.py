"""Connections and jobs that are there while something else is measured."""

import contextlib
import subprocess

# What an idle connection has asked, as a daemon may not wait for ever for a first call.
GREETINGS = {
    "floor": ["/bin/true", "0"],
    "jobd": ['{"method":"org.varlink.service.GetInfo"}', "io.jobd"],
}


@contextlib.contextmanager
def idle(bench, daemon, count):
    with hold(bench, "idle", count, [daemon.name, daemon.socket, *GREETINGS[daemon.name]]):
        yield


@contextlib.contextmanager
def running(bench, daemon, count):
    fifo = daemon.directory / "fifo"
    job = [str(bench.built / "tree"), "1", str(fifo)]
    with hold(bench, fifo, count, daemon.target(job, stop={"gracePeriodUSec": 0})):
        yield


@contextlib.contextmanager
def stalled(bench, target, count):
    with hold(bench, "stalled", count, target):
        yield


@contextlib.contextmanager
def hold(bench, what, count, target):
    command = [bench.built / "hold", what, count, *target]
    process = subprocess.Popen(
        [str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        if process.stdout.readline() != "ready\n":
            raise SystemExit(f"bench: {count} {what} of {target[0]} can't be held")
        yield
    finally:
        process.communicate()
