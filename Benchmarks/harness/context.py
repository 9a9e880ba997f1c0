"""What measurements are given: programs, daemons, how much to do."""

import collections
import dataclasses
import pathlib
import subprocess

import daemons


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

    def jobd(self):
        return daemons.Jobd(self.release / "jobd")

    def samples(self, program, *words):
        """Runs a measuring program, which prints "NAME VALUE" for each sample."""
        command = [self.built / program, *words]
        run = subprocess.run(
            [str(word) for word in command], stdout=subprocess.PIPE, text=True, check=False
        )
        if run.returncode != 0:
            raise SystemExit(f"bench: {program} failed")
        series = collections.defaultdict(list)
        for line in run.stdout.splitlines():
            name, value = line.rsplit(" ", 1)
            series[name].append(int(value))
        return dict(series)
