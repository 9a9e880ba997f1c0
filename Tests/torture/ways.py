"""The ways in which a job's line ends, or the job is canceled: docs/protocol.md.

Each is a function that runs a job, ends it at the round's moment, and checks what is promised to
who can still read: `finished` is the last word, said once, with the right cause, and true when it
is said.
"""

import signal
import subprocess
import time

from varlink import HANG_GUARD, Connection, follow

# Jobs in a crowd.
CROWD = 4


def client_killed(round):
    """`kill -9` of jobctl, which passes its descriptors."""
    round.passes_descriptors = True
    jobctl = [round.jobctl, "--socket", round.daemon.socket, "run", *round.workload.options()]
    with open(round.output, "wb") as output:
        client = subprocess.Popen(
            [*jobctl, "--name", round.marker, "--", *round.workload.command_in(round.directory)],
            cwd=round.workload.place(round.directory),
            env=round.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        client.wait(round.moment)
        round.ended_by_itself()
    except subprocess.TimeoutExpired:
        round.canceled()
    client.send_signal(signal.SIGKILL)
    client.wait(HANG_GUARD)


def closed(round):
    """`close` of the connection."""
    line = round.run_until_its_moment()
    round.canceled()
    line.close()


def crowd(round):
    """Several jobs at once, each closed or half-closed at a moment of its own: while the end of one
    is heard of, another is being made."""
    moments = []
    for number in range(CROWD):
        begin = round.chance.uniform(0, round.length / 2)
        moments += [(begin, number), (begin + round.chance.uniform(0, round.length / 2), number)]
    begun, lines, heard = time.monotonic(), {}, []
    for moment, number in sorted(moments):
        follow(*lines.values(), *heard, until=lambda: False, deadline=begun + moment)
        if number not in lines:
            lines[number] = round.start()
            continue
        line = lines.pop(number)
        round.canceled()
        if round.chance.random() < 0.5:
            line.half_close()
            heard.append(line)
        else:
            line.close()
    follow(*heard, until=lambda: all(line.is_at_end for line in heard))
    for line in heard:
        round.check_last_word(line, "disconnected")


def half_closed(round):
    """shutdown(SHUT_WR): the client is told how it went."""
    line = round.run_until_its_moment()
    round.canceled()
    line.half_close()
    follow(line, until=lambda: line.is_at_end)
    round.check_last_word(line, "disconnected")


def requested(round):
    """`Cancel` on another connection, answered when the job has finished."""
    line = round.run_until_its_moment()
    follow(line, until=lambda: line.said("queued") or line.final)
    other = Connection(round.daemon.socket)
    other.when_final = lambda: round.check_nothing_lives_after(other.final)
    round.canceled()
    other.call("io.jobd.Cancel", {"id": line.said("queued")["id"], "reason": "torture"})
    follow(line, other, until=lambda: line.final and other.final)
    round.check_last_word(line, "requested")
    told, answered = line.said("finished"), other.said("job")
    assert told == answered, f"the client was told {told}, the canceler {answered}"
    other.close()
    line.close()


def daemon_stopped(round):
    """SIGTERM to jobd: it ends when its jobs have."""
    line = round.run_until_its_moment()
    round.canceled()
    round.daemon.process.send_signal(signal.SIGTERM)
    follow(line, until=lambda: line.is_at_end)
    if line.replies:
        round.check_last_word(line, "shutdown")
    else:
        assert line.error in (None, "io.jobd.ShuttingDown"), f"the last word was {line.error}"
    status = round.daemon.process.wait(HANG_GUARD)
    assert status == 0, f"jobd exited with {status}"
    if not round.stuck:
        round.check_nothing_lives()
        remains = round.daemon.left_after_end()
        assert not remains, f"jobd has exited, and there still is: {remains}"


def daemon_killed(round):
    """`kill -9` of jobd: its guardian ends the jobs."""
    line = round.run_until_its_moment()
    round.canceled()
    round.daemon.kill()
    follow(line, until=lambda: line.is_at_end)
    assert line.final is None or round.workload.ends, f"a killed jobd said {line.final}"


WAYS = {
    "client killed": client_killed,
    "closed": closed,
    "half-closed": half_closed,
    "Cancel": requested,
    "crowd": crowd,
    "jobd stopped": daemon_stopped,
    "jobd killed": daemon_killed,
}
