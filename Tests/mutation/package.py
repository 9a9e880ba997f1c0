"""A copy of the package that has all faults in it, and whose builds and tests don't touch the checkout."""

import contextlib
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

from confinement import Confinement
from faults import with_faults

HERE = pathlib.Path(__file__).resolve().parent

# A test that waits in vain says so after this time,
HANG_SECONDS = "10"
# and one that spins is given up after this many times of what its suite takes without a fault, and not
# before this many seconds.
PATIENCE_TIMES = 4
PATIENCE_SECONDS = 120
BUILD_SECONDS = 3600

COPIED = ["Package.swift", "Package.resolved", "README.md", "Sources", "Tests", "docs", "packaging"]

# Made-up worlds for each run of the simulation: enough to find a fault, in seconds.
WORLDS = "60"

# What the copy's manifest has besides: the module that knows which fault is switched on.
MANIFEST = """
package.targets.append(
  .target(name: "Faults", cSettings: [.define("CHOSEN", to: "\\"{chosen}\\"")]))
for target in package.targets where target.name != "Faults" && target.type != .system {{
  target.dependencies.append("Faults")
}}
"""

FAILED = re.compile(r"^✘ Test (.+?) (?:with \d+ test cases? )?(?:recorded an issue|failed after)")
CRASHED = re.compile(r"Fatal error: .*|Precondition failed.*|exited with unexpected signal code \d+")
COLORS = re.compile(r"\x1b\[[0-9;]*m")


class Package:
    def __init__(self, checkout, scratch, faults):
        self.checkout = checkout
        self.directory = scratch / "package"
        self.build_directory = scratch / "build"
        self.chosen = scratch / "chosen"
        self.seconds = {}
        self.directory.mkdir(parents=True, exist_ok=True)
        self._synchronize(faults)

    # MARK: files

    def choose(self, fault):
        self.chosen.write_text(str(fault.number if fault else 0))

    def _synchronize(self, faults):
        """Only what differs is written: what is unchanged isn't built again."""
        wanted = dict(self._checkout_files())
        for file in {fault.file for fault in faults}:
            wanted[file] = self._with_faults(file, faults)
        manifest = pathlib.PurePath("Package.swift")
        wanted[manifest] += MANIFEST.format(chosen=self.chosen).encode()
        for path in [path for path in self.directory.rglob("*") if path.is_file()]:
            if path.relative_to(self.directory) not in wanted:
                path.unlink()
        for file, content in wanted.items():
            target = self.directory / file
            if target.is_file() and target.read_bytes() == content:
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            target.chmod(0o755 if os.access(self.checkout / file, os.X_OK) else 0o644)

    def _checkout_files(self):
        for name in COPIED:
            root = self.checkout / name
            for path in [root] if root.is_file() else root.rglob("*"):
                if path.is_file() and HERE not in path.parents:
                    yield path.relative_to(self.checkout), path.read_bytes()
        for path in (HERE / "Faults").rglob("*.[ch]"):
            yield pathlib.PurePath("Sources") / path.relative_to(HERE), path.read_bytes()

    def _with_faults(self, file, faults):
        text = with_faults(
            (self.checkout / file).read_text(), [fault for fault in faults if fault.file == file]
        )
        known = '#include "faults.h"\n' if file.suffix == ".c" else "internal import Faults\n"
        return (known + text).encode()

    # MARK: commands

    def build(self, suite=None):
        """Builds one suite with what it tests, or everything."""
        what = ["--product", "jobdPackageTests"] if suite else ["--build-tests"]
        done = subprocess.run(
            ["swift", "build", *what, "--package-path", self.directory, "--jobs", "2",
             "--scratch-path", self.build_directory],
            env=self._environment(suite), timeout=BUILD_SECONDS,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        if done.returncode != 0:
            sys.exit(f"mutation: the faults don't compile:\n{done.stdout[-4000:]}")

    def run_tests(self, tests, *options):
        """Says which of the tests failed, or how they ended otherwise; None if all passed."""
        program = self.build_directory / "debug/jobdPackageTests.xctest"
        command = [str(program), "--testing-library", "swift-testing", "--filter", tests, *options]
        key = (tests, *options)
        begun = time.monotonic()
        patience = max(self.seconds.get(key, BUILD_SECONDS) * PATIENCE_TIMES, PATIENCE_SECONDS)
        with self._confined(command) as confined:
            process = subprocess.Popen(
                confined, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=self.directory,
                env=self._environment(), text=True, errors="replace", start_new_session=True,
            )  # fmt: skip
            try:
                output, _ = process.communicate(timeout=patience)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                return f"a hang of `{tests}`"
        output = COLORS.sub("", output)
        if "Test run with 0 tests" in output:
            sys.exit(f"mutation: there are no tests {tests!r}")
        if process.returncode != 0:
            return _what_failed(output)
        self.seconds.setdefault(key, time.monotonic() - begun)
        return None

    @contextlib.contextmanager
    def _confined(self, command):
        """Where it may make processes, in a place that ends with it."""
        if "LinuxProcessTests" not in str(command) and "IntegrationTests" not in str(command):
            yield command
            return
        confinement = Confinement()
        try:
            yield confinement.confined(command)
        finally:
            confinement.remove()

    @staticmethod
    def _environment(suite=None):
        mine = {"WORLDS": WORLDS, "SHRINK": "0", "JOBD_HANG_SECONDS": HANG_SECONDS, "NO_COLOR": "1"}
        return {**os.environ, **mine, **({"JOBD_SUITE": suite} if suite else {})}


def _what_failed(output):
    failed = list(dict.fromkeys(m[1].strip('"') for line in output.splitlines() if (m := FAILED.match(line))))
    if failed:
        others = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
        return failed[0].replace("|", "\\|") + others
    if crash := CRASHED.search(output):
        return f"a crash: {crash[0][:80]}"
    return f"an end without a word: {output[-200:]!r}"
