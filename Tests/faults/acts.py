"""What a daemon does in its life, in pieces that are each played on a daemon of its own.

An act gives the jobs that it had, to be judged. It stands whatever is answered: what a job was told is looked at
afterwards.
"""

import os
import select
import signal

import processes
from job import Line, await_true

# What jobs are expected to be told.
OUT = "echo out; echo err >&2; exit 7"
EXITED_7 = {"cause": "exited", "exitStatus": 7}
SLEEP = "sleep 1000 & echo ready; wait"


def ask(daemon):
    """A client that asks what there is, in one connection."""
    line = Line(daemon.socket)
    calls = [
        ("org.varlink.service.GetInfo", {}),
        ("org.varlink.service.GetInterfaceDescription", {"interface": "io.jobd"}),
        ("io.jobd.Describe", {}),
        ("io.jobd.NoSuchMethod", {}),
    ]
    for method, parameters in calls:
        if line.is_at_end:
            break
        line.final = None
        line.try_call(method, parameters)
        line.read_all()
    line.close()
    return []


def captured(daemon):
    job = daemon.job(OUT, EXITED_7, b"out\n", witness="Input")
    job.finish()
    return [job]


def passed(daemon):
    reader, writer = os.pipe()
    job = daemon.job(OUT, EXITED_7, passed=[("standardOutputFileDescriptor", writer)], more=False)
    os.close(writer)
    job.finish()
    said = b""
    while piece := os.read(reader, 4096):
        said += piece
    os.close(reader)
    if job.result and job.result["cause"] == "exited" and said != b"out\n":
        raise AssertionError(f"what it wrote to a passed descriptor is {said!r}")
    return [job]


def data(daemon):
    """Input that comes with the call; output that is no UTF-8, and more than a piece."""
    whole = bytes(range(256)) * 1024
    job = daemon.job("cat", {"cause": "exited", "exitStatus": 0}, whole, stdin=whole)
    job.finish()
    return [job]


def flood(daemon):
    """A reader that takes its time."""
    job = daemon.job("head -c 2000000 /dev/zero | tr '\\0' x", {"cause": "exited"}, b"x" * 2_000_000)
    job.started()
    select.select([job.line.socket], [], [], 0.2)
    job.finish()
    return [job]


def no_start(daemon):
    script = daemon.directory / "script"
    script.write_text("#!/no/such/interpreter\n")
    script.chmod(0o755)
    text = daemon.directory / "text"
    text.write_text("no program\n")
    text.chmod(0o755)
    failures = [
        (["/no/such"], {}), (["no-such-command"], {}), ([str(script)], {}), ([str(text)], {}),
        (["true"], {"workingDirectory": "/no/such"}),
    ]  # fmt: skip
    jobs = []
    for command, context in failures:
        jobs.append(daemon.job(command, {"cause": "failed_to_start"}, **context))
        jobs[-1].finish()
    return jobs


def closed(daemon):
    job = daemon.job(SLEEP, None)
    job.says(b"ready")
    job.close()
    job.wait_until_gone()
    return []


def early(daemon):
    """The line ends before anything was said."""
    job = daemon.job(SLEEP, None)
    job.close()
    job.wait_until_gone()
    return []


def half_closed(daemon):
    job = daemon.job(SLEEP, {"cause": "disconnected"})
    job.says(b"ready")
    job.half_close()
    job.finish()
    return [job]


def canceled(daemon):
    job = daemon.job(SLEEP, {"cause": "requested"})
    canceler = Line(daemon.socket)
    if job.says(b"ready"):
        canceler.try_call("io.jobd.Cancel", {"id": job.id, "reason": "a test"})
        canceler.read_all()
        if canceler.is_at_end or canceler.error:
            job.half_close()
            job.expected = {}
    canceler.close()
    job.finish()
    return [job]


def observed(daemon):
    observer = Line(daemon.socket)
    observer.try_call("io.jobd.List", {}, more=True)
    observer.read_until(lambda: observer.replies)
    job = daemon.job(OUT, EXITED_7, b"out\n")
    job.finish()
    ended = lambda: any(one["id"] == job.id and one["runtime"]["state"] == "finished"
                        for reply in observer.replies for one in reply["jobs"])  # fmt: skip
    if job.id and not observer.is_over:
        observer.read_until(ended)
    if observer.is_at_end and "closing a connection" not in daemon.log:
        raise AssertionError("an observer's connection was closed without a word")
    observer.close()
    return [job]


def leaves_children(daemon):
    script = "setsid sleep 1000 & (sleep 1000 &) ; exit 3"
    job = daemon.job(script, {"cause": "exited", "exitStatus": 3}, b"")
    job.finish()
    return [job]


def whole_tree(daemon):
    script = "(read line; echo late) </dev/null & exit 3"
    job = daemon.job(script, {"cause": "exited", "exitStatus": 3}, b"late\n", wait="tree")
    job.finish()
    return [job]


def tree_stopped(daemon):
    """The main process has gone, and what is left is stopped by the client's going."""
    job = daemon.job("sleep 1000 & echo ready; exit 3", None, wait="tree")
    job.says(b"ready")
    job.close()
    job.wait_until_gone()
    return []


def groups(daemon):
    script = (
        f"own={daemon.mount}$(sed -n s/^0:://p /proc/self/cgroup); mkdir -p $own/a/b $own/c;"
        "sleep 1000 & echo $! >$own/a/b/cgroup.procs; echo ready; wait"
    )
    job = daemon.job(script, {"cause": "disconnected"})
    job.says(b"ready")
    job.half_close()
    job.finish()
    return [job]


def deaf(daemon):
    script = "trap '' TERM; sleep 1000 & echo ready; wait; wait"
    job = daemon.job(script, {"cause": "disconnected", "killed": True}, stop={"gracePeriodUSec": 20_000})
    job.says(b"ready")
    job.half_close()
    job.finish()
    return [job]


def stopped(daemon):
    """Asked by the end of its input; stopped, so that it doesn't hear anything."""
    context = {"stop": {"closeStandardInput": True, "scope": "main", "gracePeriodUSec": 20_000}}
    job = daemon.job("echo ready; kill -STOP $$", {"cause": "disconnected"}, **context)
    job.says(b"ready")
    job.half_close()
    job.finish()
    return [job]


def unmannered(daemon):
    """A client that goes in the middle of a call; one that sends what is no call."""
    for text in (b'{"method":"io.jobd.Descr', b"nonsense\0"):
        line = Line(daemon.socket)
        line.socket.send(text)
        if b"\0" in text:
            line.read_all()
        line.close()
    return []


def many(daemon):
    jobs = [daemon.job(f"exit {code}", {"cause": "exited", "exitStatus": code}, b"") for code in range(6)]
    for job in jobs:
        job.finish()
    return jobs


def unguarded(daemon):
    """The guardian is killed, and replaced."""
    def guardian():
        children = {pid: processes.stat(pid) for pid in daemon.children()}
        return next((pid for pid, found in children.items() if found and found[0] == "jobd-guardian"), None)

    # It takes a moment to have its name.
    first = await_true("there is a guardian", guardian)
    os.kill(first, signal.SIGKILL)
    await_true("there is another guardian", lambda: guardian() not in (None, first))
    return []


def nothing(_):
    return []


WITHOUT_GROUPS = [
    nothing, captured, passed, no_start, closed, early, half_closed, canceled, leaves_children, whole_tree,
    tree_stopped, deaf, stopped,
]  # fmt: skip
WITH_GROUPS = [
    nothing, ask, captured, passed, data, flood, no_start, closed, early, half_closed, canceled, observed,
    leaves_children, whole_tree, tree_stopped, groups, deaf, stopped, unmannered, many, unguarded,
]  # fmt: skip
QUICK = [nothing, captured, half_closed]
