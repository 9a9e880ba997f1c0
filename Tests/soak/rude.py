"""Clients that misbehave, and those who disturb others: jobd loses none of its manners."""

import contextlib
import json
import os
import select
import socket
import time

from clients import moment
from line import opened
from jobs import one_that_doesnt
from varlink import HANG_GUARD, Connection, Hang, follow
from witness import making

# As jobd has them: docs/protocol.md.
MESSAGE_BYTES = 16 << 20
NESTING = 64
VALUES = 1 << 18
DESCRIPTORS = 253

# What is written of a client that broke the protocol.
CLOSING = "closing a connection"


def garbage(chance):
    return chance.randbytes(chance.randrange(1, 3_000)).replace(b"\0", b"!") + b"\0"


def nuls(chance):
    return bytes(chance.randrange(1, 100_000))


def nested(chance):
    depth = chance.choice([NESTING + 1, 100_000])
    opening, closing = chance.choice([(b"[", b"]"), (b'{"a":', b"}")])
    inner = opening * depth + b"1" + closing * depth
    return b'{"method":"io.jobd.Describe","parameters":{"a":' + inner + b"}}\0"


def too_many_values(chance):
    return b'{"method":"io.jobd.Describe","parameters":{"a":[' + b"1," * VALUES + b"1]}}\0"


def too_long(chance):
    return b'{"method":"' + b"x" * MESSAGE_BYTES


def doubled(chance):
    return b'{"method":"io.jobd.Describe","method":"io.jobd.Run"}\0'


def not_text(chance):
    return b'{"method":"io.jobd.\xff\xfe"}\0'


def two_modes(chance):
    return b'{"method":"io.jobd.Describe","more":true,"oneway":true}\0'


def no_method(chance):
    return chance.choice([b"{}\0", b"[]\0", b'{"method":7}\0', b'"method"\0', b"null\0"])


BROKEN = [garbage, nuls, nested, doubled, not_text, two_modes, no_method, too_many_values, too_long]
# The last ones are a lot of work on both sides.
BROKEN_WEIGHTS = [10, 4, 6, 3, 3, 3, 4, 1, 0.5]


def breaks_the_protocol(soak, name, chance):
    """The connection is closed, without an answer."""
    (broken,) = chance.choices(BROKEN, BROKEN_WEIGHTS)
    soak.books.justify(CLOSING)
    with contextlib.closing(Connection(soak.daemon.socket)) as line:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            line.socket.sendall(broken(chance))
        follow(line, until=lambda: line.is_at_end)
        assert not line.final, f"{broken.__name__} was answered with {line.final}"


def breaks_it_during_a_job(soak, name, chance):
    """What it says behind `Run` isn't read before that is over, or else ends the job."""
    with opened(soak, name, one_that_doesnt(chance, soak.things)) as line:
        line.run()
        line.ends("disconnected")
        soak.books.justify(CLOSING)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            line.socket.send(garbage(chance), socket.MSG_DONTWAIT)
        follow(line, until=lambda: False, deadline=time.monotonic() + moment(chance))
        line.over()


WRONG = {
    "io.jobd.Nonsense": ({}, "org.varlink.service.MethodNotFound"),
    "com.example.Run": ({}, "org.varlink.service.InterfaceNotFound"),
    "io.jobd.List": ({"nonsense": 1}, "org.varlink.service.InvalidParameter"),
    "io.jobd.Cancel": ({"id": "one"}, "org.varlink.service.InvalidParameter"),
    "io.jobd.Describe": ({"context": {}}, "org.varlink.service.InvalidParameter"),
}
WRONG_JOBS = [
    ({"command": ["true"], "comand": []}, "org.varlink.service.InvalidParameter"),
    ({"command": "true"}, "org.varlink.service.InvalidParameter"),
    ({"command": []}, "io.jobd.BadValue"),
    ({"command": ["true"], "workingDirectory": "relative"}, "io.jobd.BadValue"),
    ({"command": ["true"], "stop": {"signal": "NONSENSE"}}, "io.jobd.BadValue"),
    ({"command": ["true"], "environment": {"A=B": "c"}}, "io.jobd.BadValue"),
]


def calls_what_is_wrong(soak, name, chance):
    """Each call is answered with its error, and the connection is none the worse for it."""
    with contextlib.closing(Connection(soak.daemon.socket)) as line:
        for _ in range(chance.randrange(1, 6)):
            if chance.random() < 0.5:
                method, (parameters, error) = chance.choice(list(WRONG.items()))
            else:
                context, error = chance.choice(WRONG_JOBS)
                method, parameters = "io.jobd.Run", {"context": context}
            line.final = None
            line.call(method, parameters, more=chance.random() < 0.5)
            follow(line, until=lambda: line.final is not None)
            assert line.error == error, f"{method} {parameters}: {line.error} {line.final}"


def stalls(soak, name, chance):
    """Says half of something, and leaves, or closes one half and is waited for no longer."""
    with contextlib.closing(Connection(soak.daemon.socket)) as line:
        call = json.dumps({"method": "io.jobd.Describe", "parameters": {}}).encode()
        line.socket.sendall(call[: chance.randrange(len(call))])
        time.sleep(moment(chance))
        if chance.random() < 0.5:
            line.half_close()
            follow(line, until=lambda: line.is_at_end)


def says_nothing(soak, name, chance):
    with contextlib.closing(Connection(soak.daemon.socket)):
        time.sleep(moment(chance))


def passes_what_nobody_wants(soak, name, chance):
    """Descriptors that no field refers to are closed."""
    with contextlib.ExitStack() as stack:
        line = stack.enter_context(contextlib.closing(Connection(soak.daemon.socket)))
        with making:
            witness = stack.enter_context(contextlib.closing(soak.witness()))
            count = chance.choice([1, 3, DESCRIPTORS])
            line.call("io.jobd.Describe", {}, descriptors=[witness.writer] * count)
            witness.let_go()
        follow(line, until=lambda: line.final is not None)
        witness.wait_until_gone()


def passes_too_many(soak, name, chance):
    """More than a message may have come in the middle of one: nothing of it is kept."""
    soak.books.justify(CLOSING)
    with contextlib.ExitStack() as stack:
        line = stack.enter_context(contextlib.closing(Connection(soak.daemon.socket)))
        with making:
            witness = stack.enter_context(contextlib.closing(soak.witness()))
            for piece in (b'{"method":', b'"io.jobd.'):
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    socket.send_fds(line.socket, [piece], [witness.writer] * DESCRIPTORS)
            witness.let_go()
        follow(line, until=lambda: line.is_at_end)
        witness.wait_until_gone()


def refers_to_nothing(soak, name, chance):
    """An index of a descriptor that wasn't passed."""
    with contextlib.closing(Connection(soak.daemon.socket)) as line:
        parameters = {"context": {"command": ["true"]}}
        parameters["standardOutputFileDescriptor"] = chance.choice([1, 253, -1, 1 << 40])
        with open(os.devnull) as null:
            line.call("io.jobd.Run", parameters, more=True, descriptors=[null.fileno()])
        follow(line, until=lambda: line.final is not None)
        assert line.error, f"it was answered with {line.final}"


def cancels_others(soak, name, chance):
    """Jobs of those who don't mind. None is told again when it is over."""
    with contextlib.closing(Connection(soak.daemon.socket)) as line:
        for number in range(chance.randrange(1, 5)):
            reason = f"{name}.{number}"
            job = soak.books.take(chance, reason)
            if job is None:
                return
            parameters = {"id": job, "reason": reason}
            if chance.random() < 0.5:
                parameters["gracePeriodUSec"] = chance.choice([0, 50_000])
            line.final = None
            line.call("io.jobd.Cancel", parameters)
            if chance.random() < 0.1:
                return
            follow(line, until=lambda: line.final is not None)
            # Only so many of those that have finished are remembered.
            if line.error != "io.jobd.NoSuchJob":
                assert line.final["job"]["runtime"]["state"] == "finished", line.final


def cancels_nothing(soak, name, chance):
    with contextlib.closing(Connection(soak.daemon.socket)) as line:
        job = chance.choice([0, -1, 1 << 60])
        line.call("io.jobd.Cancel", {"id": job})
        follow(line, until=lambda: line.final is not None)
        assert (line.error, line.final) == ("io.jobd.NoSuchJob", {"id": job}), line.error


def floods(soak, name, chance):
    """Calls without end, whose answers it doesn't read: it is left waiting."""
    with contextlib.closing(Connection(soak.daemon.socket)) as line:
        line.socket.setblocking(False)
        call = b'{"method":"io.jobd.List"}\0'
        guard = time.monotonic() + HANG_GUARD
        poll = select.poll()
        poll.register(line.socket, select.POLLOUT)
        # Until it doesn't take any more, for as long as such a client has patience.
        patience = int(1000 * moment(chance))
        while poll.poll(patience):
            with contextlib.suppress(BlockingIOError):
                line.socket.send(call * 100)
            if time.monotonic() > guard:
                raise Hang("jobd takes calls without end from a client that reads no answer")


KINDS = {
    breaks_the_protocol: 10,
    breaks_it_during_a_job: 3,
    calls_what_is_wrong: 5,
    stalls: 4,
    says_nothing: 2,
    passes_what_nobody_wants: 3,
    passes_too_many: 2,
    refers_to_nothing: 2,
    cancels_others: 8,
    cancels_nothing: 2,
    floods: 1,
}
