"""Where and when the figures were taken."""

import os
import pathlib
import platform
import subprocess
import time

HERE = pathlib.Path(__file__).parent


def described(bench):
    return {
        "date": time.strftime("%Y-%m-%d"),
        "kernel": f"{platform.system()} {platform.release()}",
        "processor": processor(),
        "processors": os.cpu_count(),
        "distribution": distribution(),
        # Before the run. More than little means that others have used the machine, too.
        "load": os.getloadavg()[0],
        "jobd": output(bench.release / "jobd", "--version"),
        "commit": output("git", "-C", HERE, "rev-parse", "--short", "HEAD"),
        "quick": bench.quick,
    }


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(": ")[2]
    return platform.machine()


def distribution():
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return "unknown"


def output(*command):
    """What it prints; nothing where that can't be had."""
    command = [str(word) for word in command]
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return run.stdout.strip()
