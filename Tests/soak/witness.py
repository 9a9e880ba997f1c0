"""Knows whether a process of a job lives, wherever it has gone."""

import contextlib
import os
import pathlib
import select
import threading
import time

from varlink import HANG_GUARD, Hang

# Held while a descriptor is open here that is for a job only, and while a process is made: until it
# executes its program that has a copy of everything.
making = threading.RLock()


class Witness:
    """The end of a pipe that a job gets as a standard stream, and passes on to all its processes."""

    def __init__(self, makers):
        self.makers = makers
        self.reader, self.writer = os.pipe()
        os.set_blocking(self.reader, False)

    def let_go(self):
        if self.writer is not None:
            os.close(self.writer)
            self.writer = None

    def close(self):
        self.let_go()
        if self.reader is not None:
            os.close(self.reader)
            self.reader = None

    def is_at_end(self):
        """What the job says there is dropped."""
        try:
            while os.read(self.reader, 1 << 16):
                pass
            return True
        except BlockingIOError:
            return False

    def check_gone(self):
        """To be called when somebody is told that the job has finished, and not a moment later."""
        while not self.is_at_end():
            # One that is being made for somebody else has copies of all that its maker has open, and
            # closes them in a moment.
            if holders := self.holders():
                raise AssertionError(f"finished, with {holders}")
            time.sleep(0.001)

    def wait_until_gone(self):
        guard = time.monotonic() + HANG_GUARD
        poll = select.poll()
        poll.register(self.reader, select.POLLIN)
        while not self.is_at_end():
            if time.monotonic() > guard:
                raise Hang(f"{HANG_GUARD} s after the end of the line: {self.holders()}")
            poll.poll(1000)

    def holders(self):
        """Processes that have it and execute a program which makes no others, in words."""
        pipe = os.readlink(f"/proc/self/fd/{self.reader}")
        found = []
        for process in pathlib.Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if not process.name.isdigit() or os.readlink(process / "exe") in self.makers:
                    continue
                links = [os.readlink(link) for link in (process / "fd").iterdir()]
                if pipe in links:
                    name = (process / "comm").read_text().strip()
                    group = (process / "cgroup").read_text().splitlines()[-1]
                    found.append(f"process {process.name} ({name}) in {group}")
        return found
