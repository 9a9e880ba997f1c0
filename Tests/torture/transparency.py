"""A build under `jobctl run` is the build that it would have been without."""

import subprocess

from daemon import Daemon
from rounds import end, environment

# Has each step of make fail, and make exit with 2. At the first failure it would stop after as many
# steps as happened to run beside it, hence the first option.
BROKEN = ["--keep-going", "CC=false"]


def compare(workload, programs, directory):
    """Runs a build without and with `jobctl run`, in the same place. Yields (claim, holds)."""
    work = directory / "work"
    for made in (work, directory / "tmp", directory / "home"):
        made.mkdir(parents=True)
    workload.prepare(work)
    daemon = Daemon(programs.jobd, directory / "jobd")
    try:
        jobctl = [programs.jobctl, "--socket", daemon.socket, "run", "--"]
        yield from differences(workload, jobctl, directory)
        if workload.name == "make":
            yield from differences(workload, jobctl, directory, BROKEN)
        status = daemon.stop()
        yield "jobd exits with 0", status == 0
    finally:
        end(daemon)


def differences(workload, jobctl, directory, options=()):
    work = directory / "work"
    without = run(workload, [], options, directory)
    hashes_without = workload.hashes(work)
    inside = run(workload, jobctl, options, directory)
    hashes = workload.hashes(work)
    what = "a failing build: " if options else ""
    yield f"{what}exit code {without.returncode}", inside.returncode == without.returncode
    for name in ("stdout", "stderr"):
        expected, got = getattr(without, name), getattr(inside, name)
        claim = f"{what}{name}, {len(expected)} bytes"
        yield claim, workload.normalized(got) == workload.normalized(expected)
    # Of a failing build none are made, which is to be the same, too.
    ours = bool(hashes) != bool(options)
    yield f"{what}SHA-256 of {len(hashes)} files made", ours and hashes == hashes_without


def run(workload, jobctl, options, directory):
    work = directory / "work"
    workload.refresh(work)
    return subprocess.run(
        [*jobctl, *workload.command_in(work), *options],
        cwd=workload.place(work),
        env=environment(directory, "TORTURE=none"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
