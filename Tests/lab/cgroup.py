"""A control group for all that the lab starts, so that nothing of it can stay behind."""

import os
import pathlib
import time

import host


def hierarchies():
    """Mount points of the hierarchies that systemd-nspawn makes groups in: the unified one and,
    on a host with the hybrid layout, systemd's named one."""
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        place, _, source = line.partition(" - ")
        kind, _, options = source.split(" ")[:3]
        if kind == "cgroup2" or (kind == "cgroup" and "name=systemd" in options.split(",")):
            yield pathlib.Path(place.split(" ")[4])


class Cgroup:
    """A group of the same name at the top of each hierarchy."""

    def __init__(self, name):
        self.groups = [mount / name for mount in hierarchies()]

    def require(self):
        """Fails where such a group can't be made."""
        if not self.groups:
            raise host.Unsupported("no cgroup v2 hierarchy is mounted")
        for group in self.groups:
            host.require_writable(group.parent)

    def exists(self):
        return any(group.exists() for group in self.groups)

    def enter(self):
        """Moves the calling process there."""
        for group in self.groups:
            group.mkdir(exist_ok=True)
            (group / "cgroup.procs").write_text(str(os.getpid()))

    def processes(self):
        """The ids of its processes, those of groups below it too."""
        found = set()
        for group in self.groups:
            for file in group.rglob("cgroup.procs"):
                found.update(file.read_text().split())
        return found

    def remove(self):
        """Kills what is left there, and takes the groups away."""
        for group in self.groups:
            kill = group / "cgroup.kill"
            if kill.exists():
                kill.write_text("1")
        # A killed process stays in its group until it is reaped; nobody tells when that is.
        deadline = time.monotonic() + 30
        while self.processes() and time.monotonic() < deadline:
            time.sleep(0.01)
        for group in self.groups:
            for directory, _, _ in os.walk(group, topdown=False):
                os.rmdir(directory)
