"""A jobd of our own, and what it ought not to leave: processes, leaves, files, descriptors."""

import os
import signal
import subprocess
import time

import processes
from varlink import HANG_GUARD, Connection, Hang, follow


class Daemon:
    """`directory` is its alone: its socket is in `run`, its temporary files would be in `tmp`."""

    def __init__(self, program, directory, options=()):
        self.run = directory / "run"
        self.tmp = directory / "tmp"
        self.log = directory / "log"
        for made in (self.run, self.tmp):
            made.mkdir(parents=True, exist_ok=True)
        self.socket = self.run / "jobd.sock"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [*processes.DIE_WITH_US, program, "--socket", self.socket, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": os.environ["PATH"], "TMPDIR": str(self.tmp)},
            )
        try:
            self.get_to_know()
        except BaseException:
            # With its guardian, who sees to the rest.
            self.kill()
            raise

    def get_to_know(self):
        self.await_connection()
        place = self.describe()["controlGroup"]
        self.jobs = processes.cgroup_mount() / place.lstrip("/")
        self.cgroup = self.jobs.parent
        # Itself and its guardian.
        self.own = {self.process.pid, *processes.descendants(self.process.pid)}
        # Threads and what they need are made by the first job.
        self.warm_up()
        self.await_nothing(lambda: self.connections() or self.leaves() or self.jobs_descriptors())
        self.usual_descriptors = processes.descriptors(self.process.pid)
        self.usual_files = self.files()

    def await_connection(self):
        def cannot_connect():
            if self.process.poll() is not None:
                raise AssertionError(f"jobd didn't start: {self.log.read_text()}")
            try:
                Connection(self.socket).close()
            except OSError as error:
                return [str(error)]

        self.await_nothing(cannot_connect)

    def warm_up(self):
        line = Connection(self.socket)
        line.call("io.jobd.Run", {"context": {"command": ["true"]}}, more=True)
        follow(line, until=lambda: line.final)
        line.close()

    def describe(self):
        line = Connection(self.socket)
        line.call("io.jobd.Describe", {})
        follow(line, until=lambda: line.final)
        line.close()
        assert not line.error, f"Describe: {line.error}"
        return line.final

    def is_alive(self):
        return self.process.poll() is None

    def connections(self):
        return processes.connections(self.socket)

    def leaves(self):
        try:
            return [entry.name for entry in os.scandir(self.jobs) if entry.is_dir()]
        except FileNotFoundError:
            return []

    def jobs_descriptors(self):
        """Those that only jobs have."""
        kinds = processes.descriptors(self.process.pid)
        deleted = [kind for kind in kinds if kind.endswith("(deleted)")]
        return deleted + [f"pidfd of {pid}" for pid in processes.pidfds(self.process.pid) if pid not in self.own]

    def files(self):
        return sorted(str(path) for top in (self.run, self.tmp) for path in top.rglob("*"))

    # What is left

    def await_nothing(self, left):
        """Polls until nothing is left. Returns the moment of that."""
        guard = time.monotonic() + HANG_GUARD
        while remains := left():
            if time.monotonic() > guard:
                raise Hang(f"{HANG_GUARD} s later: {remains}")
            time.sleep(0.001)
        return time.monotonic()

    def await_end_of_tree(self):
        """Waits until no job has anything, by the cgroups alone, which are quick to ask."""
        if self.is_alive():
            return self.await_nothing(lambda: self.connections() or self.leaves())
        return self.await_nothing(lambda: self.cgroup.exists() and [self.cgroup])

    def left(self, marker):
        """Everything that ought not to be there while no job lives, in words."""
        reap_orphans(but={self.process.pid})
        own = self.own if self.is_alive() else set()
        found = processes.marked(marker)
        found |= processes.descendants(os.getpid())
        remains = [processes.describe(pid, one) for pid, one in found.items() if pid not in own]
        return remains + (self.left_while_alive() if self.is_alive() else self.left_after_end())

    def left_while_alive(self):
        service = self.describe()
        kinds = ("queued", "running", "removing", "stuck")
        remains = [f"{count} jobs {kind}" for kind in kinds if (count := service[kind])]
        if count := self.connections_after_describe():
            remains.append(f"{count} connections")
        remains += [f"leaf {name}" for name in self.leaves()]
        remains += [f"process {pid} below {self.jobs}" for pid in processes.members(self.jobs)]
        remains += difference("file", self.usual_files, self.files())
        open_now = processes.descriptors(self.process.pid)
        return remains + difference("descriptor", self.usual_descriptors, open_now)

    def connections_after_describe(self, others=0):
        """The connection that asked is over as soon as the daemon has heard of it."""
        guard = time.monotonic() + 1
        while (count := self.connections()) > others and time.monotonic() < guard:
            time.sleep(0.001)
        return count

    def left_after_end(self):
        remains = [f"file {path}" for path in self.files()]
        return remains + ([f"cgroup {self.cgroup}"] if self.cgroup.exists() else [])

    # Its end

    def stop(self):
        """SIGTERM; it takes its jobs with it and says how that went by its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(HANG_GUARD)

    def kill(self):
        self.process.kill()
        self.process.wait(HANG_GUARD)


def difference(what, before, after):
    more, less = processes.unmatched(before, after)
    return [f"{what} {one} more" for one in more] + [f"{what} {one} less" for one in less]


def reap_orphans(but):
    """Those that came to us when their parents died, as they else do to init, who reaps them."""
    me = os.getpid()
    for pid, (_, state, parent) in processes.descendants(me).items():
        if parent == me and state == "Z" and pid not in but:
            os.waitpid(pid, 0)
