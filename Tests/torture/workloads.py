"""What is run: two real builds, and jobs that are hard to get rid of."""

import dataclasses
import hashlib
import pathlib
import re
import shutil
import subprocess

from debian import Unsupported, require, source_package

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent

# Microseconds. Long enough to be asked, too short to wait for.
SHORT_GRACE = 200_000


@dataclasses.dataclass(frozen=True)
class Workload:
    name: str
    command: list[str]
    # Ends by itself; the others live until they are ended.
    ends: bool = False
    wait: str = "main"
    grace: int | None = None

    def prepare(self, directory):
        """Makes an empty directory fit for many runs, one after the other."""

    def refresh(self, directory):
        """Takes away what a run left: the next one begins at the beginning."""

    def context(self, directory, environment):
        """The job, as `Run` of io.jobd has it."""
        stop = {} if self.grace is None else {"gracePeriodUSec": self.grace}
        return {
            "command": self.command_in(directory),
            "name": self.name,
            "wait": self.wait,
            "workingDirectory": str(self.place(directory)),
            "environment": environment,
            "stop": stop,
        }

    def options(self):
        """The same for `jobctl run`, which passes its own directory and environment."""
        grace = [] if self.grace is None else ["--grace", f"{self.grace}us"]
        return ["--wait", self.wait, *grace]

    def command_in(self, directory):
        return self.command

    def place(self, directory):
        return directory

    def normalized(self, output):
        """What it said. Parallel steps say their lines in any order."""
        return sorted(output.splitlines())

    def made(self, directory):
        """The files that it is there to make."""
        return []

    def hashes(self, directory):
        return {
            str(path): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in self.made(directory)
        }


@dataclasses.dataclass(frozen=True)
class CProject(Workload):
    """Lua from Debian's source package, without optimisation, so that many rounds take minutes."""

    source: pathlib.Path | None = None

    def prepare(self, directory):
        shutil.copytree(self.source, directory / "lua", symlinks=True)

    def refresh(self, directory):
        shutil.rmtree(directory / "lua")
        self.prepare(directory)

    def place(self, directory):
        return directory / "lua"

    def made(self, directory):
        made = (directory / "lua/src").iterdir()
        programs = ("lua", "luac")
        return [path for path in made if path.suffix in (".o", ".a") or path.name in programs]


@dataclasses.dataclass(frozen=True)
class SwiftPackage(Workload):
    """A module of this very package, in debug, from a clone: nobody edits that meanwhile."""

    source: pathlib.Path | None = None
    # Where the dependencies have been fetched to already.
    dependencies: pathlib.Path | None = None

    def prepare(self, directory):
        scratch = directory / "scratch"
        scratch.mkdir()
        for name in ("checkouts", "repositories"):
            shutil.copytree(self.dependencies / name, scratch / name, symlinks=True)
        self.refresh(directory)

    def refresh(self, directory):
        scratch = directory / "scratch"
        for path in scratch.iterdir():
            if path.name not in ("checkouts", "repositories"):
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        shutil.copy(self.dependencies / "workspace-state.json", scratch)

    def command_in(self, directory):
        return [*self.command, "--scratch-path", str(directory / "scratch")]

    def place(self, directory):
        return self.source

    def made(self, directory):
        made = (directory / "scratch/debug").resolve().rglob("*")
        return [path for path in made if path.suffix in (".o", ".swiftmodule", ".swiftdoc")]

    def normalized(self, output):
        """Steps are numbered as they come, and the time is said that it took."""
        output = re.sub(rb"^\[\d+/\d+\] ", b"", output, flags=re.MULTILINE)
        return super().normalized(re.sub(rb"\(\d+\.\d+s\)", b"", output))


def nasty_jobs():
    """Those in the directory beside this file, where each says what is nasty about it."""
    for program in sorted((HERE / "nasty").iterdir()):
        # Its first process is gone at once: such a job is as long as its tree.
        wait = "tree" if program.name == "double-fork" else "main"
        yield Workload(program.name, [str(program)], wait=wait, grace=SHORT_GRACE)


def c_project(directory):
    require("make", "make")
    require("gcc", "gcc")
    command = ["make", "-j4", "linux", "MYCFLAGS=-O0"]
    return CProject("make", command, ends=True, source=source_package("lua5.4", directory))


def swift_package(directory, dependencies):
    require("swift", "a Swift toolchain")
    require("git", "git")
    if not (dependencies / "workspace-state.json").exists():
        raise Unsupported(f"no dependencies were fetched to {dependencies}: make build")
    clone = directory / "clone"
    subprocess.run(["git", "clone", "--quiet", REPOSITORY, clone], check=True)
    command = ["swift", "build", "--disable-index-store", "--target", "Varlink"]
    return SwiftPackage("swift build", command, ends=True, source=clone, dependencies=dependencies)
