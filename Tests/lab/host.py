"""What the lab needs of the host."""

import os
import pathlib
import shutil


class Unsupported(Exception):
    """This host can't run the lab; says what it lacks."""


def require_root():
    if os.geteuid() != 0:
        raise Unsupported("it boots a machine, and only root may")


def require(program, package):
    """Fails where `program`, of Debian's `package`, isn't installed."""
    if shutil.which(program) is None:
        raise Unsupported(f"{program} is missing (Debian's package {package})")


def cache():
    """Where what takes long to build is kept: outside the checkout, shared by all of them."""
    home = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(home) / "jobd-lab"
