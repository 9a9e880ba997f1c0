"""A jobd under the injector, and what must be true of it whatever failed."""

import mmap
import os
import pathlib
import signal
import socket
import struct
import subprocess
import threading
import time


import processes
from job import GUARD, Defect, Job, await_true
from varlink import Connection

# Seconds that a call fails each time, where it does.
EPISODE = 0.5

IDLE, START, JOBS, END = range(4)
STATE = struct.Struct("4i")


class Daemon:
    """`directory` and the control group `group` are its alone."""

    def __init__(self, injector, program, directory, group, options, arguments):
        self.directory, self.group = directory, group
        self.socket = directory / "jobd.sock"
        self.log_path = directory / "log"
        self.state = self._shared_state()
        self.phase_of_fault, self.is_episode = IDLE, False
        self.notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self.notified.bind(str(directory / "notify"))
        self.command = [
            injector, "--state", directory / "state", *options, "--", program,
            "--socket", self.socket, *arguments,
        ]  # fmt: skip

    def _shared_state(self):
        path = self.directory / "state"
        path.write_bytes(bytes(4096))
        with open(path, "r+b") as file:
            return mmap.mmap(file.fileno(), 4096)

    @property
    def hits(self):
        return STATE.unpack_from(self.state)[1]

    @property
    def injected(self):
        return STATE.unpack_from(self.state)[2]

    @property
    def pid(self):
        return STATE.unpack_from(self.state)[3]

    def phase(self, phase):
        """From now on the calls of this phase are recorded, or fail."""
        struct.pack_into("i", self.state, 0, phase)
        if self.is_episode and phase == self.phase_of_fault:
            over = threading.Timer(EPISODE, lambda: struct.pack_into("i", self.state, 0, IDLE))
            over.daemon = True
            over.start()

    @property
    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    # MARK: the beginning

    def start(self):
        """Starts it. Returns whether it is ready: else it has ended."""
        environment = {
            "PATH": os.environ["PATH"], "TMPDIR": str(self.directory),
            "NOTIFY_SOCKET": str(self.directory / "notify"),
        }  # fmt: skip
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment
            )
        await_true("it is ready or has ended", lambda: self._was_notified() or self._is_over() or self._is_there())
        return not self._is_over()

    def _was_notified(self):
        self.notified.settimeout(0.05)
        try:
            return b"READY=1" in self.notified.recv(4096)
        except TimeoutError:
            return False

    def _is_there(self):
        """Where its notification was what failed."""
        return f"ready socket={self.socket}" in self.log

    def _is_over(self):
        return self.process.poll() is not None

    def job(self, *arguments, **options):
        return Job(self, *arguments, **options)

    def describe(self):
        line = Connection(self.socket)
        line.call("io.jobd.Describe", {})
        while not (line.final or line.is_at_end):
            line.socket.settimeout(GUARD)
            line.read()
        line.close()
        if line.error or line.is_at_end:
            raise Defect(f"Describe is answered by {line.error or 'the end of the connection'}")
        return line.final

    # MARK: what it has

    def settle(self):
        """Remembers what it has open while only what was begun before goes on."""
        await_true("it is idle", lambda: processes.connections(self.socket) == self.connections_held)
        self.usual = None
        while (now := self._holdings()) != self.usual:
            self.usual = now
            time.sleep(0.02)

    connections_held = 0

    def _holdings(self):
        return (processes.descriptors(self.pid), len(self.children()), sorted(self.leaves()))

    def _has_no_more(self):
        (kinds, children, leaves), now = self.usual, self._holdings()
        more = [one for one in differences(kinds, now[0]) if one.startswith("+")]
        return not more and now[1] <= children and now[2] == leaves

    def children(self):
        tasks = pathlib.Path(f"/proc/{self.pid}/task").glob("*/children")
        return [int(pid) for task in tasks for pid in task.read_text().split()]

    def leaves(self):
        found = []
        for directory, names, _ in os.walk(self.group):
            if directory.endswith("/jobs"):
                found += names
        return found

    def check_nothing_more(self):
        """It has again what it had when it settled."""
        if self._is_over():
            raise Defect(f"jobd has ended, {self.ending()}")
        try:
            await_true("it has no more than it had", self._has_no_more, 20)
        except Defect:
            now = self._holdings()
            raise Defect(f"left: {differences(self.usual[0], now[0])}, children {self.usual[1]} -> {now[1]}, "
                         f"leaves {self.usual[2]} -> {now[2]}") from None  # fmt: skip

    # MARK: its end

    def stop(self):
        os.kill(self.pid, signal.SIGTERM)

    def wait(self):
        """Waits for it, its guardian and its wardens to end. Returns the exit code."""
        try:
            return self.process.wait(GUARD)
        except subprocess.TimeoutExpired:
            raise Defect("jobd, its guardian or a warden doesn't end") from None

    def ending(self):
        code = self.process.returncode
        return f"killed by {signal.Signals(code - 128).name}" if code > 128 else f"exit code {code}"

    def check_gone(self):
        """Nothing of it is left but its log."""
        if processes.members(self.group):
            raise Defect("processes are left in its control group")
        left = {path.name for path in self.directory.iterdir() if path.name.startswith("jobd.sock")}
        left = {name for name in left if f"a file is left: remove {self.directory / name}:" not in self.log}
        # One that can't be locked may be another jobd's.
        if "cannot lock" in self.log:
            left.discard("jobd.sock.lock")
        if left:
            raise Defect(f"files are left: {left}")
        if groups := [os.path.relpath(directory, self.group) for directory, *_ in os.walk(self.group)][1:]:
            raise Defect(f"control groups are left: {groups}")

    def clean_up(self):
        """Whatever is left, so that the next one isn't in its way."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.notified.close()
        end = time.monotonic() + GUARD
        while time.monotonic() < end:
            (self.group / "cgroup.kill").write_text("1")
            for directory, names, _ in os.walk(self.group, topdown=False):
                for name in names:
                    try:
                        os.rmdir(f"{directory}/{name}")
                    except OSError:
                        pass
            if not [entry for entry in os.scandir(self.group) if entry.is_dir()]:
                return
            time.sleep(0.01)


def differences(before, after):
    more, less = processes.unmatched(before, after)
    return [f"+{one}" for one in more] + [f"-{one}" for one in less]
