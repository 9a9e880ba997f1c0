"""The peers that are installed here; systemd.py has those that need a machine of their own."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import context
from result import Result
from roundtrip import TRUE

FLOOR = "floor's client"
DIRECTLY = "posix_spawn, without a daemon"
LOOPS = pathlib.Path(__file__).resolve().parents[1] / "peers"

# Whole clients. bubblewrap without a pid namespace would leave what its program starts.
CLIENTS = {
    "bwrap": ["bwrap", "--dev-bind", "/", "/", "--unshare-pid", "--die-with-parent", "--", "true"],
    "tsp -nf": ["tsp", "-nf", "true"],
}


def measure(bench):
    return [clients(bench), lines(bench)]


def clients(bench):
    notes = []
    with bench.floor() as floor, bench.jobd() as jobd, task_spooler():
        commands = {
            FLOOR: [bench.built / "floorctl", floor.socket, *TRUE],
            "jobctl run": [bench.release / "jobctl", "--socket", jobd.socket, "run", "--", "true"],
        }
        for name, command in CLIENTS.items():
            if shutil.which(command[0]):
                commands[name] = command
            else:
                notes.append(f"{name}: not installed")
        series = bench.processes(bench.often(100, 10), 10, commands)
    return Result("Whole clients, and peers", series, base=FLOOR, notes=notes)


@contextlib.contextmanager
def task_spooler():
    """Its daemon is started by the first client, and is ours alone."""
    with tempfile.TemporaryDirectory(prefix="jobd-bench.") as directory:
        os.environ["TS_SOCKET"] = f"{directory}/socket"
        yield
        if os.path.exists(os.environ["TS_SOCKET"]):
            subprocess.run(["tsp", "-K"], check=True)
        del os.environ["TS_SOCKET"]


def lines(bench):
    """From a process that goes on, as an editor does."""
    block = 20
    notes = []
    loops = {"Python's subprocess": [sys.executable, LOOPS / "loop.py"]}
    if shutil.which("go"):
        loops["Go's os/exec"] = [built_with_go(bench)]
    else:
        notes.append("Go's os/exec: not installed")
    turns = []
    with bench.floor() as floor, bench.jobd() as jobd:
        targets = [*floor.target(TRUE), *jobd.target(TRUE)]
        for _ in range(bench.often(100, 10)):
            turns.append(bench.samples("roundtrip", 1, *targets))
            turns.append(bench.processes(1, block, {DIRECTLY: TRUE}))
            for name, loop in loops.items():
                turns.append(bench.samples(*loop, name, block, *TRUE))
    return Result("Open lines, and peers", context.joined(turns), notes=notes)


def built_with_go(bench):
    program = bench.built / "loop"
    environment = os.environ | {"GOCACHE": str(bench.built / "go")}
    command = ["go", "build", "-o", str(program), str(LOOPS / "loop.go")]
    subprocess.run(command, check=True, env=environment)
    return program
