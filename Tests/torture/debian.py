"""What a workload takes from the system that it runs on, or from Debian."""

import os
import pathlib
import shutil
import subprocess

# Whose main section has the source packages. sources.list(5)
SOURCES = "deb-src http://deb.debian.org/debian bookworm main\n"


class Unsupported(Exception):
    """This workload can't be run here; says what is missing."""


def require(program, package):
    if shutil.which(program) is None:
        raise Unsupported(f"{program} is missing: {package}")


def source_package(package, directory):
    """Unpacks a source package of Debian's, without Debian's changes. It is fetched once, by an apt
    with lists of its own: those of the system are left alone."""
    require("apt-get", "apt")
    home = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    cache = pathlib.Path(home) / "jobd-torture"
    # Not the signature beside it, which ends in .asc.
    archives = f"{package}_*.orig.tar.*[!c]"
    if not list(cache.glob(archives)):
        fetch_source(package, cache)
    archive = sorted(cache.glob(archives))[-1]
    unpacked = directory / package
    unpacked.mkdir()
    subprocess.run(
        ["tar", "--extract", "--strip-components=1", "--file", archive, "--directory", unpacked],
        check=True,
    )
    return unpacked


def fetch_source(package, cache):
    apt = cache / "apt"
    for made in ("lists/partial", "cache/archives/partial"):
        (apt / made).mkdir(parents=True, exist_ok=True)
    (apt / "sources.list").write_text(SOURCES)
    places = {
        "Dir::Etc::SourceList": apt / "sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State::Lists": apt / "lists",
        "Dir::Cache": apt / "cache",
        "APT::Sandbox::User": "root",
    }
    options = [f"--option={name}={value}" for name, value in places.items()]
    for command in (["update"], ["source", "--download-only", package]):
        fetched = subprocess.run(
            ["apt-get", "--quiet", *options, *command],
            cwd=cache,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if fetched.returncode != 0:
            raise Unsupported(f"{package} can't be fetched: {fetched.stdout[-500:]}")
