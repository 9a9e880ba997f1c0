"""A line to jobd that holds what it is told against what is promised."""

import base64
import contextlib

from stuck import is_stuck
from varlink import Connection, follow
from witness import making


class Story:
    """The replies to one `Run` with `more`, in the order that is promised."""

    def __init__(self):
        self.kinds = []
        self.job = None
        self.streams = {"standard_output": bytearray(), "standard_error": bytearray()}

    def heard(self, reply):
        (kind,) = reply
        said = self.kinds
        assert "finished" not in said, f"after finished came {kind}"
        if kind == "output":
            assert "started" in said, "output came before started"
            self.took(reply[kind])
        else:
            assert kind not in said, f"{kind} came twice"
            assert (kind == "queued") == (not said), f"{kind} came after {said}"
            job = reply[kind]["id"]
            assert self.job in (None, job), f"{kind} is of job {job}, not {self.job}"
            self.job = job
        if kind != "output" or said[-1] != "output":
            said.append(kind)

    def took(self, output):
        piece = output["text"].encode() if "text" in output else base64.b64decode(output["base64"])
        assert piece, "a piece of output is empty"
        self.streams[output["stream"]] += piece


class Line(Connection):
    """A connection that runs one job, with a witness of its processes."""

    def __init__(self, soak, name, job, more=True):
        super().__init__(soak.daemon.socket)
        self.soak, self.name, self.job, self.more = soak, name, job, more
        self.story = Story()
        self.witness = None
        # A file that gets the output, instead of us.
        self.file = None

    def run(self, offered=False, oneway=False):
        """Calls `Run`."""
        self.offered = offered
        self.soak.books.may_end(self.name, self.job.cause)
        parameters = {"context": self.job.context(self.name)}
        if self.job.input is not None:
            parameters["standardInputBase64"] = base64.b64encode(self.job.input).decode()
        with making:
            self.witness = self.soak.witness()
            # A shell gives those that it doesn't wait for another input.
            stream = "Input" if self.job.complains else "Error"
            parameters[f"standard{stream}FileDescriptor"] = 0
            descriptors = [self.witness.writer]
            if self.file:
                parameters["standardOutputFileDescriptor"] = 1
                descriptors.append(self.file.fileno())
            flags = {"oneway": True} if oneway else {"more": True} if self.more else {}
            self.send("io.jobd.Run", parameters, flags, descriptors)
            self.witness.let_go()

    def received(self, reply):
        super().received(reply)
        parameters = reply.get("parameters", {})
        if self.error:
            return
        if not self.more:
            assert list(parameters) == ["finished"], f"without more came {list(parameters)}"
            self.story.job = parameters["finished"]["id"]
        else:
            self.story.heard(parameters)
            if "queued" in parameters and self.offered:
                self.soak.books.offer(self.name, self.story.job)
        if "finished" in parameters:
            assert self.final, "finished was said, and goes on"
            self.soak.books.withdraw(self.name)
            if not is_stuck(parameters["finished"]["runtime"]["result"]):
                self.witness.check_gone()

    def wait_for(self, kind):
        """Whether it comes: the job may be over before."""
        follow(self, until=lambda: self.final is not None or kind in self.story.kinds)
        return kind in self.story.kinds

    def ends(self, *causes):
        """We are going to end it."""
        self.soak.books.may_end(self.name, *causes)

    # What is promised of the end

    def check_end(self):
        """Follows to the final reply. Returns whether there was a job."""
        follow(self, until=lambda: self.final is not None)
        if self.error:
            assert self.error == "io.jobd.TooManyJobs", f"the last word was {self.error}"
            self.soak.books.was_refused(self.name)
            return False
        runtime = self.final["finished"]["runtime"]
        result = runtime["result"]
        assert runtime["state"] == "finished", runtime
        self.soak.books.was_told(self.name, result)
        check_result(self.job, result)
        if self.more and self.file is None:
            is_whole = result["cause"] == self.job.cause
            check_output("output", self.job, self.job.output, self.output("output"), is_whole)
            if self.job.complains:
                check_output("errors", self.job, self.job.errors, self.output("error"), is_whole)
        return True

    def output(self, stream):
        return bytes(self.story.streams[f"standard_{stream}"])

    def over(self):
        """We close it, whatever is under way, and nothing of the job lives on."""
        self.soak.books.withdraw(self.name)
        self.ends("disconnected")
        self.close()
        if self.witness:
            self.witness.wait_until_gone()


@contextlib.contextmanager
def opened(*arguments, **options):
    """A line that is over in the end, come what may."""
    line = Line(*arguments, **options)
    try:
        yield line
    finally:
        line.soak.books.withdraw(line.name)
        line.ends("disconnected")
        line.close()
        if line.witness:
            line.witness.close()


def check_result(job, result):
    if result["cause"] != job.cause:
        return
    found = (result.get("exitStatus"), result.get("exitSignal"))
    assert found == (job.status, job.signal), f"{job.command[:3]} ended with {result}"
    if job.failure:
        failure = result["startFailure"]
        found = (failure["step"], failure["errnoName"])
        assert found == job.failure, f"{job.command[:3]} failed with {failure}"


def check_output(which, job, expected, found, is_whole):
    """All of it where the job ended by itself, else as much of it as was said."""
    if job.talks:
        return
    what = f"{which} of {job.command[:3]}: {len(found)} of {len(expected)} bytes"
    assert expected.startswith(found), f"other {what}"
    assert not is_whole or found == expected, f"lost {what}"
