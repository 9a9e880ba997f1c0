"""A copy of the package, whose builds and tests don't touch the checkout."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

from confinement import Confinement

# A fault may make a test wait for ever: it is given up after this many times of what it takes without
# a fault, and not before this many seconds.
PATIENCE_TIMES = 8
PATIENCE_SECONDS = 60
BUILD_SECONDS = 1800

COPIED = ["Package.swift", "Package.resolved", "README.md", "Sources", "Tests", "docs", "packaging"]

# Made-up worlds for each run of the simulation: enough to find a fault, in seconds.
WORLDS = "100"

FAILED = re.compile(r"^✘ Test (.+?) (?:with \d+ test cases? )?(?:recorded an issue|failed after)")
CRASHED = re.compile(r"Fatal error: .*|Precondition failed.*|exited with unexpected signal code \d+")


class Unbuildable(Exception):
    """A fault that the compiler sees is none that tests have to see: the list is wrong."""


class Package:
    def __init__(self, checkout, scratch):
        self.checkout = checkout
        self.directory = scratch / "package"
        self.build_directory = scratch / "build"
        self.seconds = {}
        self.directory.mkdir(parents=True, exist_ok=True)
        self._synchronize()

    # MARK: files

    def original(self, file):
        return (self.checkout / file).read_text()

    def write(self, file, text):
        (self.directory / file).write_text(text)

    def restore(self, file):
        self.write(file, self.original(file))

    def _synchronize(self):
        """Only what differs is written: what is unchanged isn't built again."""
        wanted = {file: path for file, path in self._checkout_files()}
        for path in [path for path in self.directory.rglob("*") if path.is_file()]:
            if path.relative_to(self.directory) not in wanted:
                path.unlink()
        for file, source in wanted.items():
            target = self.directory / file
            if target.is_file() and target.read_bytes() == source.read_bytes():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)

    def _checkout_files(self):
        for name in COPIED:
            root = self.checkout / name
            for path in [root] if root.is_file() else root.rglob("*"):
                if path.is_file():
                    yield path.relative_to(self.checkout), path

    # MARK: commands

    def build(self, suite):
        """Builds a suite with what it tests: for that of the daemon all programs, elsewhere what it links."""
        what = ["--build-tests"] if suite == "IntegrationTests" else ["--product", "jobdPackageTests"]
        done = subprocess.run(
            ["swift", "build", *what, *self._places],
            env={**os.environ, "JOBD_SUITE": suite}, timeout=BUILD_SECONDS,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        if done.returncode != 0:
            raise Unbuildable(done.stdout[-4000:])

    def run_tests(self, suite, tests):
        """Says which of the tests failed, or how they ended otherwise; None if all passed."""
        command = ["swift", "test", "--skip-build", *self._places, "--filter", tests]
        confinement = Confinement()
        process = subprocess.Popen(
            confinement.confined(command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "JOBD_SUITE": suite, "WORLDS": WORLDS},
            text=True, errors="replace", start_new_session=True,
        )  # fmt: skip
        begun = time.monotonic()
        patience = self.seconds.get(tests, BUILD_SECONDS) * PATIENCE_TIMES
        try:
            output, _ = process.communicate(timeout=max(patience, PATIENCE_SECONDS))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return f"a hang of `{tests}`"
        finally:
            confinement.remove()
        if "Test run with 0 tests" in output:
            sys.exit(f"mutation: there are no tests {tests!r}")
        if process.returncode != 0:
            return _what_failed(output)
        self.seconds.setdefault(tests, time.monotonic() - begun)
        return None

    @property
    def _places(self):
        return ["--package-path", str(self.directory), "--scratch-path", str(self.build_directory)]


def _what_failed(output):
    failed = list(dict.fromkeys(m[1].strip('"') for line in output.splitlines() if (m := FAILED.match(line))))
    if failed:
        others = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
        return failed[0].replace("|", "\\|") + others
    if crash := CRASHED.search(output):
        return f"a crash: {crash[0][:80]}"
    return f"an end without a word: {output[-200:]!r}"
