"""User-mode Linux: a kernel that is an ordinary process, with the controllers that a host may lack.

One processor, no pressure-stall information, some ten seconds from power-on to power-off.
"""

import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

import host
import rootfs
from cgroup import Cgroup

HERE = pathlib.Path(__file__).resolve().parent
MEMORY = "1024M"
DISK = "2G"
# Seconds for booting, the command and powering off.
LIFE_MAX = 300


def run(name, install, argv):
    """Boots a machine, runs the command in it, prints what it printed; its exit code."""
    host.require_machines()
    host.require("linux.uml", "user-mode-linux")
    host.require("mkfs.ext4", "e2fsprogs")
    group = Cgroup(f"{name}-uml")
    group.require()
    with tempfile.TemporaryDirectory(prefix="jobd-lab-") as directory:
        shared = pathlib.Path(directory) / "shared"
        shutil.copytree(HERE, shared)
        (shared / "command").write_text(f"cd /lab\nexec {shlex.join(argv)}\n")
        if install:
            shutil.copytree(install, shared / "install", symlinks=True)
        try:
            live(group, pathlib.Path(directory), shared)
        finally:
            if group.exists():
                group.remove()
        sys.stdout.write((shared / "stdout").read_text(errors="replace"))
        sys.stderr.write((shared / "stderr").read_text(errors="replace"))
        return int((shared / "status").read_text())


def live(group, directory, shared):
    """From power-on to power-off."""
    console = directory / "console"
    with open(console, "wb") as output:
        try:
            subprocess.run(
                [
                    "linux.uml",
                    f"mem={MEMORY}",
                    # Writes go to a file of this machine's own, over a disk that all of them read.
                    f"ubd0={directory}/changes,{disk()}",
                    "root=/dev/ubda",
                    "rw",
                    "con=null",
                    "con0=null,fd:1",
                    "ssl=null",
                    f"uml_dir={directory}/uml",
                    f"hostfs={shared}",
                    "systemd.unified_cgroup_hierarchy=1",
                    "systemd.run=/usr/local/sbin/uml-command",
                    "systemd.run_success_action=poweroff",
                    "systemd.run_failure_action=poweroff",
                ],
                preexec_fn=group.enter,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                timeout=LIFE_MAX,
                check=False,
            )
        except subprocess.TimeoutExpired:
            print(f"lab: not powered off after {LIFE_MAX} s", file=sys.stderr)
    if not (shared / "status").exists():
        sys.stderr.write(console.read_text(errors="replace"))
        raise SystemExit("lab: the machine didn't come to the command")


def disk():
    """The root file system as a disk, made once."""
    root = rootfs.ready()
    image = root.with_suffix(".ext4")
    with host.locked_cache():
        if not image.exists():
            make_disk(root, image)
    return image


def make_disk(root, image):
    half_built = root.with_suffix(".ext4.partial")
    half_built.unlink(missing_ok=True)
    subprocess.run(
        ["mkfs.ext4", "-q", "-d", str(root), str(half_built), DISK],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    half_built.rename(image)
