"""Clients who look on, and one who does so from the first job to the last: the auditor."""

import contextlib
import threading
import time

from clients import moment
from varlink import Connection, follow, readable

# What is written of one that is too far behind.
DROPPED = "an observer reads too slowly and is dropped"

STATES = ["queued", "starting", "running", "stopping", "finished"]


class Observer(Connection):
    """Holds the changes of each job against each other."""

    def __init__(self, soak, **parameters):
        super().__init__(soak.daemon.socket)
        self.states = {}
        self.ids = set()
        self.call("io.jobd.List", parameters, more=True)

    def received(self, reply):
        super().received(reply)
        # It would be long.
        self.replies.clear()
        assert not self.error, f"List: {self.error}"
        for job in reply["parameters"]["jobs"]:
            self.changed(job)

    def changed(self, job):
        name, state = job["id"], job["runtime"]["state"]
        before = self.states.pop(name, "queued")
        assert STATES.index(before) <= STATES.index(state), f"job {name} was {before}, and is {state}"
        assert "environment" not in job["context"], f"the environment of job {name} is shown"
        if state != "finished":
            self.states[name] = state


class Auditor(Observer):
    """Reads all there is. Every job is told finished once, and none is left out."""

    def __init__(self, soak):
        self.soak = soak
        self.finished = 0
        self.seen = set()
        self.lock = threading.Lock()
        super().__init__(soak)
        follow(self, until=lambda: self.first_is_heard)

    first_is_heard = False

    def changed(self, job):
        super().changed(job)
        if job["runtime"]["state"] == "finished" and self.first_is_heard:
            with self.lock:
                assert job["id"] not in self.seen, f"job {job['id']} finished twice"
                self.seen.add(job["id"])
            result = job["runtime"]["result"]
            self.soak.books.was_audited(job["context"].get("name"), result)

    def received(self, reply):
        super().received(reply)
        self.first_is_heard = True

    def missing(self, jobs):
        """Those that aren't said to have finished."""
        with self.lock:
            return jobs - self.seen

    def forget(self):
        with self.lock:
            self.seen.clear()

    def listen(self):
        """Until the soak is over."""
        while not self.soak.is_over:
            follow(self, until=lambda: False, deadline=time.monotonic() + 0.2)
            assert not self.is_at_end, "the auditor was dropped"


def looks_on(soak, name, chance):
    with contextlib.closing(Observer(soak, finished=chance.random() < 0.5)) as line:
        follow(line, until=lambda: False, deadline=time.monotonic() + 3 * moment(chance))
        if chance.random() < 0.5:
            line.half_close()


def looks_slowly(soak, name, chance):
    """It gets the newest state of each job, never an older one."""
    soak.books.justify(DROPPED)
    with contextlib.closing(Observer(soak)) as line:
        for _ in range(chance.randrange(1, 5)):
            time.sleep(moment(chance))
            # Where nothing happens there is nothing to be read.
            if readable([line.socket.fileno()], 0):
                line.read()
            if line.is_at_end:
                return


def never_looks(soak, name, chance):
    soak.books.justify(DROPPED)
    with contextlib.closing(Observer(soak)):
        time.sleep(5 * moment(chance))


def lists(soak, name, chance):
    with contextlib.closing(Connection(soak.daemon.socket)) as line:
        line.call("io.jobd.List", {"finished": chance.random() < 0.5})
        follow(line, until=lambda: line.final is not None)
        for job in line.final["jobs"]:
            assert job["runtime"]["state"] in STATES, job


def describes(soak, name, chance):
    service = soak.daemon.describe()
    assert service["queued"] <= service["queuedMax"], service


KINDS = {looks_on: 4, looks_slowly: 2, never_looks: 2, lists: 3, describes: 3}
