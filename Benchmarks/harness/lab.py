"""The lab's machine: systemd as the service manager of a container. There jobd is the installed
service, and the floor is one, too."""

import os
import pathlib
import shutil
import subprocess
import sys

import context
import daemons

CHECKOUT = pathlib.Path(__file__).resolve().parents[2]
LAB = CHECKOUT / "Tests" / "lab" / "lab"
sys.path.append(str(LAB.parent))
# In the machine.
PROGRAMS = pathlib.Path("/usr/libexec/jobd-bench")
JOBD_SOCKET = "/run/jobd/jobd.sock"
FLOOR_SOCKET = "/run/jobd-bench-floor.sock"
# What `lab` exits with on a host that can't run it.
UNABLE = 77


class Unsupported(Exception):
    """This host can't run the lab."""


class Machine:
    """Use it in a `with`. What is to be executed there is copied first."""

    def __init__(self, bench):
        self.name = f"jobd-bench-{os.getpid()}"
        self.install = bench.built / "machine"
        shutil.rmtree(self.install, ignore_errors=True)
        for program in "jobd", "jobctl":
            self.copy(bench.release / program, "usr/bin")
        for unit in (CHECKOUT / "systemd" / "system").iterdir():
            self.copy(unit, "usr/lib/systemd/system")

    def copy(self, file, directory=str(PROGRAMS)):
        """Returns its path in the machine."""
        inside = pathlib.Path("/", directory, file.name)
        outside = self.install / inside.relative_to("/")
        outside.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, outside)
        return inside

    def make_directory(self, path):
        (self.install / path.lstrip("/")).mkdir(parents=True)

    def copy_with_libraries(self, program):
        """Libraries that the machine has are left as they are."""
        # Of the lab.
        import rootfs

        root = rootfs.ready()
        listed = subprocess.run(["ldd", program], stdout=subprocess.PIPE, text=True, check=True)
        for line in listed.stdout.splitlines():
            library = pathlib.Path(line.partition(" => ")[2].split(" (")[0])
            directory = f"usr/lib/{library.parent.name}"
            if library.name and not (root / directory / library.name).exists():
                self.copy(library, directory)
        return self.copy(program)

    def __enter__(self):
        boot = self.lab("boot", "--install", str(self.install))
        if boot.returncode == UNABLE:
            raise Unsupported
        boot.check_returncode()
        try:
            self.run("systemctl", "start", "jobd.service").check_returncode()
            floor = [PROGRAMS / "floord", FLOOR_SOCKET, self.name]
            self.run("systemd-run", "--quiet", *floor).check_returncode()
        except BaseException:
            self.lab("stop")
            raise
        return self

    def __exit__(self, *_):
        self.lab("stop").check_returncode()

    def targets(self, command):
        """The words that a measuring program takes: a job of the floor, and one of jobd."""
        floor = ["floor", FLOOR_SOCKET, *daemons.floor_call(command)]
        return [*floor, "jobd", JOBD_SOCKET, *daemons.run_call(command)]

    def samples(self, program, *words):
        run = self.run(PROGRAMS / program, *words, stdout=subprocess.PIPE)
        return context.parsed(program, run)

    def processes(self, blocks, block, commands):
        return self.samples("processes", blocks, block, *context.words_of(commands))

    def run(self, *words, stdout=None):
        return self.lab("run", "--", *words, stdout=stdout)

    def lab(self, *words, stdout=None):
        command = [LAB, "--name", self.name, *words]
        return subprocess.run(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            text=True,
            check=False,
        )
