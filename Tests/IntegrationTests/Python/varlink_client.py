"""A client of jobd by the PyPI package varlink.

varlink_client.py SCENARIO ARGUMENT

The scenarios are the functions below. Those that claim something fail where it isn't true.
"""

import sys

import varlink


def connected(socket):
    client = varlink.Client(f"unix:{socket}")
    return client, client.open("io.jobd")


def kinds(replies):
    return [next(iter(reply)) for reply in replies]


def started(replies):
    """Follows a job until it was started."""
    for reply in replies:
        if "started" in reply:
            return reply["started"]
    raise AssertionError("the job was never started")


def introspects(socket):
    client, jobd = connected(socket)
    assert "io.jobd" in client.get_interfaces()
    assert client.info["vendor"] == "jobd", client.info
    interface = client.get_interface("io.jobd")
    for name in ("Run", "List", "Cancel", "Describe"):
        assert interface.get_method(name).doc, f"{name} has no manual"
    assert jobd.Describe()["running"] == 0


def runs(socket):
    _, jobd = connected(socket)
    context = {"command": ["sh", "-c", "echo to $1; exit 3", "sh", "jobd"]}
    replies = list(jobd.Run(context=context, _more=True))
    assert kinds(replies) == ["queued", "started", "output", "finished"], replies
    assert replies[2]["output"] == {"stream": "standard_output", "text": "to jobd\n"}
    result = replies[-1]["finished"]["runtime"]["result"]
    assert (result["cause"], result["exitStatus"]) == ("exited", 3), result
    # The connection can be used again, also for a single reply.
    jobs = jobd.List()["jobs"]
    assert [job["id"] for job in jobs] == [replies[0]["queued"]["id"]], jobs
    assert jobd.Run(context=context)["finished"]["runtime"]["result"]["exitStatus"] == 3


def cancels(socket):
    client, jobd = connected(socket)
    other = client.open("io.jobd")
    replies = jobd.Run(context={"command": ["sleep", "infinity"]}, _more=True)
    job = started(replies)
    assert [job["id"] for job in other.List(finished=False)["jobs"]] == [job["id"]]
    canceled = other.Cancel(id=job["id"], reason="for a test")["job"]
    rest = list(replies)
    assert kinds(rest) == ["stopping", "finished"], rest
    assert rest[-1]["finished"] == canceled
    result = canceled["runtime"]["result"]
    assert result["cause"] == "requested", result
    assert result["requestedBy"]["reason"] == "for a test", result


def closes(socket):
    client, jobd = connected(socket)
    job = started(jobd.Run(context={"command": ["sleep", "infinity"]}, _more=True))
    observer = client.open("io.jobd").List(id=job["id"], _more=True)
    assert next(observer)["jobs"][0]["runtime"]["state"] == "running"
    jobd.close()
    (last,) = list(observer)[-1]["jobs"]
    assert last["runtime"]["result"]["cause"] == "disconnected", last


def refused(socket):
    _, jobd = connected(socket)
    try:
        jobd.Cancel(id=999)
    except varlink.VarlinkError as error:
        assert error.error() == "io.jobd.NoSuchJob", error
        assert error.parameters() == {"id": 999}, error
    else:
        raise AssertionError("a job that isn't there was canceled")
    # The connection is none the worse for it.
    assert jobd.List()["jobs"] == []


def activates(program):
    """Starts a jobd of its own, as a service manager does, and stops it in the end."""
    with varlink.Client.new_with_activate([program]) as client:
        with client.open("io.jobd") as jobd:
            finished = jobd.Run(context={"command": ["true"]})["finished"]
            assert finished["runtime"]["result"]["exitStatus"] == 0, finished


globals()[sys.argv[1]](sys.argv[2])
