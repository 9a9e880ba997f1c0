"""Where a daemon with a fault can leave nothing behind: processes and control groups of its own."""

import os
import pathlib
import time


def hierarchy():
    """Where control groups v2 are mounted. proc(5)"""
    for line in pathlib.Path("/proc/mounts").read_text().splitlines():
        _, directory, kind, *_ = line.split()
        if kind == "cgroup2":
            return pathlib.Path(directory)
    raise FileNotFoundError("there is no cgroup v2 hierarchy")


class Confinement:
    """A control group whose processes believe that it is the root of all."""

    def __init__(self):
        self.mount = hierarchy()
        self.cgroup = self.mount / f"jobd-mutation-{os.getpid()}"
        self.cgroup.mkdir()

    def confined(self, command):
        """A command that runs another one in here; whatever that starts ends with it."""
        enter = 'echo $$ >"$0/cgroup.procs" && exec "$@"'
        # Not replaced by the command: that would be the process that orphans come to.
        mount = 'umount --lazy "$0" && mount -t cgroup2 none "$0" || exit; "$@"; exit $?'
        return [
            "sh", "-c", enter, str(self.cgroup),
            "unshare", "--mount", "--cgroup", "--pid", "--fork", "--kill-child", "--mount-proc",
            "sh", "-c", mount, str(self.mount), *command,
        ]  # fmt: skip

    def remove(self):
        (self.cgroup / "cgroup.kill").write_text("1")
        while "populated 1" in (self.cgroup / "cgroup.events").read_text():
            time.sleep(0.01)
        for directory, _, _ in os.walk(self.cgroup, topdown=False):
            os.rmdir(directory)
