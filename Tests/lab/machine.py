"""systemd as the service manager of a container: native speed, cgroup v2 without controllers."""

import json
import os
import pathlib
import select
import signal
import socket
import subprocess
import sys
import tempfile

import host
import rootfs
from cgroup import Cgroup

HERE = pathlib.Path(__file__).resolve().parent
STATES = pathlib.Path("/run/jobd-lab")
# Seconds. It takes half of one; a loaded machine may take twenty times that.
BOOT_MAX = 60
POWER_OFF_MAX = 30


def boot(name, install):
    """Boots the machine and returns when its service manager is ready."""
    host.require_machines()
    host.require("systemd-nspawn", "systemd-container")
    host.require("nsenter", "util-linux")
    group = Cgroup(name)
    group.require()
    if group.exists():
        raise SystemExit(f"lab: {name} runs already: {sys.argv[0]} --name {name} stop")
    command = nspawn_command(name, rootfs.ready(), install)

    state = STATES / name
    state.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory, open(state / "console", "wb") as console:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready:
            ready.bind(f"{directory}/notify")
            nspawn = subprocess.Popen(
                command,
                env=os.environ
                | {"NOTIFY_SOCKET": f"{directory}/notify", "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"},
                preexec_fn=group.enter,
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
            )
            leader = await_ready(ready, nspawn)
    if leader is None:
        sys.stderr.write((state / "console").read_text(errors="replace"))
        stop(name)
        raise SystemExit("lab: the machine didn't boot")
    pids = {"nspawn": nspawn.pid, "started": start_time(nspawn.pid), "leader": leader}
    (state / "pids.json").write_text(json.dumps(pids))


def nspawn_command(name, root, install):
    command = [
        "systemd-nspawn",
        "--quiet",
        "--boot",
        "--console=pipe",
        "--notify-ready=yes",
        f"--directory={root}",
        # What the machine writes is in memory, and gone with it.
        "--volatile=overlay",
        f"--machine={name}",
        "--hostname=lab",
        "--register=no",
        # The host's /etc/resolv.conf and time zone are of no use here, and may be unreadable.
        "--resolv-conf=off",
        "--timezone=off",
        f"--bind-ro={HERE}:/lab",
    ]
    if not pathlib.Path("/run/systemd/system").exists():
        # No service manager on the host to ask for a scope: stay in the group that we made.
        command.append("--keep-unit")
    if install:
        command.append(f"--overlay-ro=+/usr:{pathlib.Path(install).resolve()}/usr:/usr")
    return command


def await_ready(ready, nspawn):
    """The process id of the machine's first process once that says READY; None where it never
    does. sd_notify(3), and X_NSPAWN_LEADER_PID of systemd-nspawn(1)."""
    leader = None
    ended = os.pidfd_open(nspawn.pid)
    try:
        while True:
            readable, _, _ = select.select([ready, ended], [], [], BOOT_MAX)
            if ready not in readable:
                return None
            for line in ready.recv(4096).decode().splitlines():
                if line.startswith("X_NSPAWN_LEADER_PID="):
                    leader = int(line.partition("=")[2])
                if line == "READY=1":
                    return leader
    finally:
        os.close(ended)


def run(name, argv):
    """Runs a command as a service of the machine, with our standard streams; its exit code."""
    pids = json.loads((STATES / name / "pids.json").read_text())
    streams = "--pty" if sys.stdin.isatty() else "--pipe"
    return subprocess.run(
        ["nsenter", f"--target={pids['leader']}", "--all", "--"]
        + ["systemd-run", "--quiet", "--wait", "--collect", "--service-type=exec", streams, "--"]
        + argv
    ).returncode


def stop(name):
    """Powers the machine off, and makes sure that nothing of it is left."""
    state = STATES / name
    group = Cgroup(name)
    try:
        pids = json.loads((state / "pids.json").read_text())
    except FileNotFoundError:
        pids = None
    if pids and start_time(pids["nspawn"]) == pids["started"]:
        power_off(pids)
    if group.exists():
        group.remove()
    for file in state.glob("*"):
        file.unlink()
    if state.exists():
        state.rmdir()


def power_off(pids):
    nspawn = os.pidfd_open(pids["nspawn"])
    try:
        subprocess.run(
            ["nsenter", f"--target={pids['leader']}", "--all", "--", "systemctl", "poweroff"],
            stdin=subprocess.DEVNULL,
            check=False,
        )
        ended, _, _ = select.select([nspawn], [], [], POWER_OFF_MAX)
        if not ended:
            # Takes the machine's first process, and thereby all of them, with it.
            signal.pidfd_send_signal(nspawn, signal.SIGKILL)
            select.select([nspawn], [], [])
    finally:
        os.close(nspawn)


def start_time(pid):
    """What tells a process from a later one with the same id; None where there is none."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return None
    # Fields 3 and on, after the name in parentheses; 22 is the start. proc_pid_stat(5)
    return stat.rpartition(")")[2].split()[22 - 3]
