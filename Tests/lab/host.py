"""What the lab needs of the host."""

import contextlib
import fcntl
import os
import pathlib
import shutil
import subprocess


class Unsupported(Exception):
    """This host can't run the lab; says what it lacks."""


def require_machines():
    """Fails where this process may not boot a machine."""
    if os.geteuid() != 0:
        raise Unsupported("it boots a machine, and only root may")
    try:
        # Root of a container often may not, either.
        subprocess.run(
            ["unshare", "--mount", "--pid", "--fork", "true"],
            check=True,
            stderr=subprocess.DEVNULL,
        )
    except (subprocess.CalledProcessError, FileNotFoundError):
        raise Unsupported("root may not make namespaces here") from None


def require_writable(directory):
    if not os.access(directory, os.W_OK):
        raise Unsupported(f"{directory} can't be written to")


def require(program, package):
    """Fails where `program`, of Debian's `package`, isn't installed."""
    if shutil.which(program) is None:
        raise Unsupported(f"{program} is missing (Debian's package {package})")


def cache():
    """Where what takes long to build is kept: outside the checkouts, shared by all of them."""
    home = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(home) / "jobd-lab"


@contextlib.contextmanager
def locked_cache():
    """The cache, to one of us at a time."""
    directory = cache()
    directory.mkdir(parents=True, exist_ok=True)
    with open(directory / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield directory
