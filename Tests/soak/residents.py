"""Clients who are there while nothing else is: what jobd has open is what they justify."""

import collections
import contextlib
import os
import signal

import jobs
from line import opened
from programs import Jobctl
from varlink import Connection, follow

SOCKET, PIDFD, PIPE, LEAF, EVENTS = (
    "socket:",
    "anon_inode:[pidfd]",
    "pipe:",
    "a leaf",
    "cgroup.events of a leaf",
)


class Resident:
    """What jobd has open for it, and the leaf of its job."""

    def __init__(self, descriptors, leaf=None):
        self.descriptors = collections.Counter(descriptors)
        self.leaf = leaf


@contextlib.contextmanager
def is_idle(soak, name, chance):
    with contextlib.closing(Connection(soak.daemon.socket)) as line:
        line.call("io.jobd.Describe", {})
        follow(line, until=lambda: line.final is not None)
        yield Resident([SOCKET])


def leaf_of(line):
    return line.said("started")["runtime"]["controlGroup"].rpartition("/")[2]


@contextlib.contextmanager
def has_a_job(soak, name, chance, job, descriptors, half_way=lambda line: None):
    with opened(soak, name, job) as line:
        line.run()
        assert line.wait_for("started"), f"a job that should stay was told {line.replies}"
        half_way(line)
        yield Resident([SOCKET, PIDFD, LEAF, *descriptors], leaf_of(line))
        line.over()


def sleeps(soak, name, chance):
    # Its errors go to the witness.
    return has_a_job(soak, name, chance, jobs.sleeps(chance, soak.things), [PIPE])


def has_an_input_to_be_closed(soak, name, chance):
    job = jobs.ends_with_its_input(chance, soak.things)
    return has_a_job(soak, name, chance, job, [PIPE, PIPE])


def talks_to_nobody(soak, name, chance):
    """Its output fills all there is for it, and then it waits."""
    job = jobs.talks_without_end(chance, soak.things)
    return has_a_job(soak, name, chance, job, [PIPE])


def has_a_tree(soak, name, chance):
    """Its main process has gone, and its tree is as long as the job."""
    job = jobs.shell("setsid sleep 1000 & echo", cause=None, fields={"wait": "tree"})
    job.talks = True

    def wait_for_main_process(line):
        follow(line, until=lambda: line.said("finished") or line.output("output"))
        main = line.said("started")["runtime"]["mainPid"]
        soak.daemon.await_nothing(lambda: os.path.exists(f"/proc/{main}") and [main])

    # The tree is watched, too.
    return has_a_job(soak, name, chance, job, [PIPE, EVENTS], wait_for_main_process)


@contextlib.contextmanager
def is_stopped(soak, name, chance):
    """jobctl, by SIGSTOP."""
    job = jobs.Job(["sh", "-c", "echo; exec sleep 1000"], None)
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as output:
        with os.fdopen(writer, "wb") as end:
            jobctl = Jobctl(soak, name, job, stdout=end)
        with jobctl:
            assert output.readline() == b"\n"
            jobctl.signal(signal.SIGSTOP)
            yield Resident([SOCKET, PIDFD, LEAF])
            jobctl.killed()


KINDS = [is_idle, sleeps, has_an_input_to_be_closed, talks_to_nobody, has_a_tree, is_stopped]
