"""A job as its client sees it, and what the client may be told of it."""

import base64
import os
import select
import time

import processes
from varlink import Connection, Hang, follow

# Seconds. Nothing takes that long but what would hang for ever.
GUARD = 60


class Defect(Exception):
    """Something was promised and isn't so."""


def await_true(what, is_true, guard=GUARD):
    end = time.monotonic() + guard
    while not (found := is_true()):
        if time.monotonic() > end:
            raise Defect(f"{guard} s later not: {what}")
        time.sleep(0.002)
    return found


class Line(Connection):
    """One that keeps the output, and takes a connection that breaks for one that ends."""

    def __init__(self, path):
        super().__init__(path)
        self.output = {"standard_output": b"", "standard_error": b""}

    def received(self, reply):
        if output := reply.get("parameters", {}).get("output"):
            data = output["text"].encode() if "text" in output else base64.b64decode(output["base64"])
            self.output[output["stream"]] += data
        super().received(reply)

    def try_call(self, method, parameters, more=False, descriptors=()):
        try:
            self.call(method, parameters, more, descriptors)
        except (BrokenPipeError, ConnectionResetError):
            pass

    @property
    def is_over(self):
        return self.final is not None or self.is_at_end

    def read_until(self, is_true):
        follow(self, until=lambda: is_true() or self.is_over, patience=GUARD)

    def read_all(self):
        self.read_until(lambda: False)


class Job:
    """`expected`: members of the result. `output`: what standard output is captured as."""

    def __init__(
        self, daemon, script, expected, output=None, *, stdin=None, passed=(), more=True, witness="Error", **context
    ):
        self.daemon, self.expected, self.output = daemon, expected, output
        self.is_told_too_early = None
        # Every process of the job holds the writing end as a standard stream.
        reader, end = os.pipe()
        # Closed with the job.
        self.witness = open(reader, "rb", buffering=0)
        command = ["sh", "-c", script] if isinstance(script, str) else script
        stop = {"gracePeriodUSec": 200_000, **context.pop("stop", {})}
        parameters = {"context": {"command": command, "stop": stop, **context}}
        parameters[f"standard{witness}FileDescriptor"] = 0
        descriptors = [end]
        for name, descriptor in passed:
            parameters[name] = len(descriptors)
            descriptors.append(descriptor)
        if stdin is not None:
            parameters["standardInputBase64"] = base64.b64encode(stdin).decode()
        self.line = Line(daemon.socket)
        self.line.when_final = self._told
        self.line.try_call("io.jobd.Run", parameters, more, descriptors)
        os.close(end)

    # MARK: the witness

    def _told(self):
        if self.line.said("started") and not self._is_gone():
            self.is_told_too_early = True

    def _is_gone(self):
        """A process that jobd is making has copies of all descriptors for a moment: those don't count."""
        while not self.is_gone:
            pipe = os.readlink(f"/proc/self/fd/{self.witness.fileno()}")
            if holders := [pid for pid in holders_of(pipe) if not is_jobd(pid)]:
                return False if holders else True
            time.sleep(0.001)
        return True

    @property
    def is_gone(self):
        while self._has_news(0):
            if not self.witness.read(4096):
                return True
        return False

    def _has_news(self, milliseconds):
        poll = select.poll()
        poll.register(self.witness, select.POLLIN)
        return bool(poll.poll(milliseconds))

    def wait_until_gone(self):
        end = time.monotonic() + GUARD
        while not self.is_gone:
            if time.monotonic() > end:
                raise Hang("processes of a job live on")
            self._has_news(50)

    # MARK: what the client does

    @property
    def id(self):
        said = self.line.said("queued")
        return said and said["id"]

    @property
    def is_over(self):
        return self.line.is_over

    def started(self):
        self.line.read_until(lambda: self.line.said("started"))
        return not self.line.is_over

    def says(self, text):
        self.line.read_until(lambda: text in self.line.output["standard_output"])
        return not self.line.is_over

    def close(self):
        self.line.close()

    def half_close(self):
        try:
            self.line.half_close()
        except OSError:
            pass  # The daemon has closed it.

    def finish(self):
        self.line.read_all()

    def discard(self):
        self.line.close()
        self.witness.close()

    # MARK: what it was told

    @property
    def result(self):
        finished = (self.line.final or {}).get("finished")
        return finished and finished["runtime"]["result"]

    def verdict(self, log):
        """How it went: "as ever", "told: …"; raises AssertionError where it was neither."""
        if self.is_told_too_early:
            raise AssertionError("finished was told while a process of the job lived")
        self.wait_until_gone()
        if self.result:
            return self._verdict_of_result()
        if self.line.error:
            return f"told: {self.line.error} {self.line.final}"
        if self.line.is_at_end:
            if "closing a connection" in log or "could not be served" in log:
                return "closed, and logged why"
            raise AssertionError("the connection was closed without a word, in the log neither")
        raise AssertionError(f"nothing final was said, but {self.line.replies[-1:]}")

    def _verdict_of_result(self):
        result = self.result
        if result["cause"] == "failed_to_start" and "failed_to_start" != self.expected.get("cause"):
            failure = result["startFailure"]
            return f"told: failed_to_start, {failure['step']}, {failure['errnoName']}: {failure['message']}"
        wrong = {name: result.get(name) for name, value in self.expected.items() if result.get(name) != value}
        if wrong:
            raise AssertionError(f"expected was {self.expected}, told was {result}")
        said = self.line.output["standard_output"]
        if self.output is not None and said != self.output:
            raise AssertionError(f"its output was {len(self.output)} bytes, told were {len(said)}: {said[:80]!r}")
        return "as ever"


def holders_of(pipe):
    for pid in filter(str.isdigit, os.listdir("/proc")):
        if int(pid) == os.getpid():
            continue
        try:
            descriptors = os.listdir(f"/proc/{pid}/fd")
        except OSError:
            continue
        for number in descriptors:
            try:
                if os.readlink(f"/proc/{pid}/fd/{number}") == pipe:
                    yield int(pid)
                    break
            except OSError:
                pass


def is_jobd(pid):
    try:
        return os.path.basename(os.readlink(f"/proc/{pid}/exe")) == "jobd"
    except OSError:
        return True
