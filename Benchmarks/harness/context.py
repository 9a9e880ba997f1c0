"""What measurements are given: programs, daemons, how much to do."""

import collections
import dataclasses
import pathlib
import resource
import subprocess

import daemons

# Descriptors: a crowd is held by one process for each daemon, and served by one.
OPEN_FILES = 65_536


def raise_limits():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, max(hard, OPEN_FILES)))
    except (ValueError, PermissionError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@dataclasses.dataclass
class Context:
    # The C programs of this directory's Makefile.
    built: pathlib.Path
    # jobd and jobctl.
    release: pathlib.Path
    quick: bool

    def often(self, full, quick):
        """How often something is done."""
        return quick if self.quick else full

    def floor(self):
        return daemons.Floor(self.built / "floord")

    def forwarder(self):
        return daemons.Forwarder(self.built / "forwarder")

    def jobd(self):
        return daemons.Jobd(self.release / "jobd")

    def processes(self, blocks, block, commands):
        """Samples of whole processes: `commands` by their names, which take turns."""
        return self.samples("processes", blocks, block, *words_of(commands))

    def samples(self, program, *words):
        """Runs a measuring program, which prints "NAME VALUE" for each sample."""
        command = [str(word) for word in (self.built / program, *words)]
        run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        return parsed(program, run)


def words_of(commands):
    words = []
    for name, command in commands.items():
        words += [name, *command, ";"]
    return words


def joined(turns):
    """Series that were taken by turns."""
    series = collections.defaultdict(list)
    for turn in turns:
        for name, samples in turn.items():
            series[name] += samples
    return dict(series)


def parsed(program, run):
    if run.returncode != 0:
        raise SystemExit(f"bench: {program} failed")
    series = collections.defaultdict(list)
    for line in run.stdout.splitlines():
        name, value = line.rsplit(" ", 1)
        series[name].append(int(value))
    return dict(series)
