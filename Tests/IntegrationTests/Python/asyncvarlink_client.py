"""A client of jobd by the PyPI package asyncvarlink.

asyncvarlink_client.py SCENARIO SOCKET

The scenarios are the functions below. Those that claim something fail where it isn't true.
"""

import asyncio
import os
import sys

import asyncvarlink
from asyncvarlink.serviceinterface import VarlinkServiceInterface


async def connect(socket):
    return await asyncvarlink.connect_unix_varlink(
        asyncvarlink.VarlinkClientProtocol, socket
    )


async def follow(protocol, method, parameters, descriptors=None):
    """Yields the replies to a call with "more"."""
    call = asyncvarlink.VarlinkMethodCall(f"io.jobd.{method}", parameters, more=True)
    async for reply, _ in protocol.call_more(call, descriptors):
        assert reply.error is None, reply
        yield reply.parameters
        if not reply.continues:
            return


async def cancel(protocol, id):
    call = asyncvarlink.VarlinkMethodCall("io.jobd.Cancel", {"id": id})
    reply, _ = await protocol.call(call)
    assert reply.error is None, reply
    return reply.parameters["job"]


SLEEPER = {"context": {"command": ["sleep", "infinity"]}}


async def introspects(socket):
    _, protocol = await connect(socket)
    service = protocol.make_proxy(VarlinkServiceInterface)
    info = await service.GetInfo()
    assert info["interfaces"] == ["org.varlink.service", "io.jobd"], info
    description = await service.GetInterfaceDescription(interface="io.jobd")
    assert "method Run(" in description["description"]


async def runs(socket):
    """Output goes to a descriptor of the client's, and not through jobd."""
    _, protocol = await connect(socket)
    reader, writer = os.pipe()
    parameters = {
        "context": {"command": ["sh", "-c", "echo passed; exit 3"]},
        "standardOutputFileDescriptor": 0,
    }
    replies = [reply async for reply in follow(protocol, "Run", parameters, [writer])]
    os.close(writer)
    assert os.read(reader, 100) == b"passed\n"
    assert os.read(reader, 100) == b""
    assert [next(iter(reply)) for reply in replies] == ["queued", "started", "finished"]
    result = replies[-1]["finished"]["runtime"]["result"]
    assert (result["cause"], result["exitStatus"]) == ("exited", 3), result


async def cancels(socket):
    _, protocol = await connect(socket)
    _, other = await connect(socket)
    async for reply in follow(protocol, "Run", SLEEPER):
        if "started" in reply:
            canceling = asyncio.create_task(cancel(other, reply["started"]["id"]))
    assert reply["finished"] == await canceling
    assert reply["finished"]["runtime"]["result"]["cause"] == "requested", reply


async def closes(socket):
    transport, protocol = await connect(socket)
    _, other = await connect(socket)
    async for reply in follow(protocol, "Run", SLEEPER):
        if "started" in reply:
            job = reply["started"]
            break
    transport.close()
    async for reply in follow(other, "List", {"id": job["id"]}):
        (job,) = reply["jobs"]
    assert job["runtime"]["result"]["cause"] == "disconnected", job


asyncio.run(globals()[sys.argv[1]](sys.argv[2]))
