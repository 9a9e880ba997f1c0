"""A Varlink client that has its line in its own hands: what it sends, when it closes."""

import json
import math
import select
import socket
import time

# Seconds. Nothing here takes that long: it only ends what would hang for ever. On a machine with a
# load of 180 the processes of a killed build were seen to take 42 to be gone.
HANG_GUARD = 300


class Hang(AssertionError):
    """What was awaited didn't come."""


class Connection:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        self.socket.connect(str(path))
        self.unread = b""
        # Everything that was said, oldest first, but the pieces of output.
        self.replies = []
        self.output_bytes = 0
        # The last reply, which says that it is; and the name of the error, if it is one.
        self.final = None
        self.error = None
        self.is_at_end = False
        # Called the moment that the final reply is read.
        self.when_final = lambda: None

    def call(self, method, parameters, more=False, descriptors=()):
        self.send(method, parameters, {"more": True} if more else {}, descriptors)

    def send(self, method, parameters, flags, descriptors=()):
        call = {"method": method, "parameters": parameters, **flags}
        message = json.dumps(call).encode() + b"\0"
        sent = socket.send_fds(self.socket, [message], descriptors)
        self.socket.sendall(message[sent:])

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)

    def close(self):
        self.socket.close()

    def said(self, field):
        """What the reply with this field said; None if there was none."""
        return next((reply[field] for reply in self.replies if field in reply), None)

    def read(self):
        """Takes what has arrived."""
        try:
            piece = self.socket.recv(1 << 16)
        except ConnectionResetError:
            piece = b""
        self.is_at_end = not piece
        *messages, self.unread = (self.unread + piece).split(b"\0")
        for message in messages:
            self.received(json.loads(message))

    def received(self, reply):
        assert self.final is None, f"after the final reply came {reply}"
        self.error = reply.get("error")
        parameters = reply.get("parameters", {})
        if output := parameters.get("output"):
            self.output_bytes += len(output.get("text") or output["base64"])
        elif not self.error:
            self.replies.append(parameters)
        if not reply.get("continues"):
            self.final = parameters
            self.when_final()


def follow(*connections, until, deadline=None, patience=HANG_GUARD):
    """Reads from all of them until something is true, or until a moment of the monotonic clock."""
    guard = time.monotonic() + patience
    while not until():
        now = time.monotonic()
        if deadline is not None and now >= deadline:
            return
        if now >= guard:
            raise Hang(f"{patience} s later the last said is {last_said(connections)}")
        open_ones = [one for one in connections if not one.is_at_end]
        if deadline is None:
            assert open_ones, f"the connection ended; the last said was {last_said(connections)}"
        by_number = {one.socket.fileno(): one for one in open_ones}
        wait = (guard if deadline is None else min(deadline, guard)) - now
        for ready in readable(by_number, wait):
            by_number[ready].read()


def readable(numbers, seconds):
    """Those of some descriptors that have something to read or are at their end, once one is."""
    poll = select.poll()
    for number in numbers:
        poll.register(number, select.POLLIN)
    # Rounded up, so that nobody is asked again before the time is over.
    return [number for number, _ in poll.poll(math.ceil(1000 * seconds))]


def last_said(connections):
    return [one.replies[-1:] for one in connections]
