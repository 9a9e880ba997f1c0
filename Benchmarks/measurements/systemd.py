"""The peers that need a service manager, or control groups v2 alone: in the lab's machine, with
jobd and the floor beside them."""

import json
import pathlib
import shutil

import context
import lab
from figures import Ratio, median
from result import Result, at_least
from roundtrip import TRUE

FLOOR = "floor's client"
JOBCTL = "jobctl run"
SYSTEMD_RUN = "systemd-run --wait --pipe"
CRUN = "crun run"
TRANSIENT = "StartTransientUnit"

# https://github.com/opencontainers/runtime-spec/blob/main/config.md
CONTAINER = {
    "ociVersion": "1.0.0",
    "process": {"user": {"uid": 0, "gid": 0}, "args": ["/nothing"], "cwd": "/"},
    "root": {"path": "rootfs", "readonly": True},
    "mounts": [
        {"destination": "/proc", "type": "proc", "source": "proc"},
        {"destination": "/dev", "type": "tmpfs", "source": "tmpfs"},
    ],
    "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}]},
}


def measure(bench):
    machine = lab.Machine(bench)
    for program in "floord", "floorctl", "processes", "roundtrip", "transient":
        machine.copy(bench.built / program)
    container = copy_container(bench, machine)
    try:
        with machine:
            return [clients(bench, machine, container), lines(bench, machine)]
    except lab.Unsupported:
        return Result("With a service manager", notes=["not measured: the lab can't run here"])


def clients(bench, machine, container):
    commands = {
        FLOOR: [lab.PROGRAMS / "floorctl", lab.FLOOR_SOCKET, *TRUE],
        JOBCTL: ["jobctl", "run", "--", "true"],
        SYSTEMD_RUN: ["systemd-run", "--quiet", "--wait", "--pipe", "--", "true"],
    }
    notes = []
    if container is None:
        notes.append(f"{CRUN}: not installed")
    elif machine.run(*container).returncode != 0:
        notes.append(f"{CRUN}: doesn't run in the machine")
    else:
        commands[CRUN] = container
    series = machine.processes(bench.often(100, 10), 10, commands)
    result = Result("Whole clients, with a service manager", series, base=FLOOR, notes=notes)
    faster = Ratio.of(series[SYSTEMD_RUN], series[JOBCTL], median)
    result.claim("systemd-run ÷ jobctl run, p50", faster, at_least(5))
    return result


def copy_container(bench, machine):
    """A container with one program, which does nothing; the command that runs it there."""
    crun = shutil.which("crun")
    if crun is None:
        return None
    bundle = bench.built / "bundle"
    bundle.mkdir(exist_ok=True)
    (bundle / "config.json").write_text(json.dumps(CONTAINER))
    inside = lab.PROGRAMS / "bundle"
    machine.copy(bundle / "config.json", inside)
    machine.copy(bench.built / "nothing", inside / "rootfs")
    for mount in CONTAINER["mounts"]:
        machine.make_directory(f"{inside}/rootfs{mount['destination']}")
    program = machine.copy_with_libraries(pathlib.Path(crun))
    # A keyring of its own is more than nspawn permits.
    return [program, "run", "--no-new-keyring", "--bundle", inside, "one"]


def lines(bench, machine):
    """On an open line, where there is one: without the client's own start."""
    turns = []
    for _ in range(bench.often(50, 5)):
        turns.append(machine.samples("roundtrip", 1, *machine.targets(TRUE)))
        turns.append(machine.samples("transient", TRANSIENT, 20, *TRUE))
    return Result("Open lines, with a service manager", context.joined(turns))
