"""The root file system: Debian with a service manager, built once and then only read."""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

import host

UML_COMMAND = pathlib.Path(__file__).resolve().parent / "uml-command"
SUITE = "bookworm"
PACKAGES = [
    "dbus",
    "dbus-user-session",
    "libpam-systemd",
    "procps",
    "systemd",
    "systemd-sysv",
    "udev",
]
# Somebody whose service manager runs without a login, for the units of users.
USER = "dev"
USER_ID = 1000
HOOKS = [
    f'chroot "$1" useradd --create-home --uid {USER_ID} --shell /bin/bash {USER}',
    f'mkdir -p "$1/var/lib/systemd/linger" && touch "$1/var/lib/systemd/linger/{USER}"',
    # Where user-mode Linux mounts a folder of the host.
    'mkdir "$1/lab"',
]


def ready():
    """The path of the root file system, built first if it isn't there yet."""
    recipe = "\n".join([SUITE, *PACKAGES, *HOOKS, UML_COMMAND.read_text()])
    key = hashlib.sha256(recipe.encode()).hexdigest()[:12]
    with host.locked_cache() as cache:
        root = cache / f"{SUITE}-{key}"
        if not root.exists():
            build(root)
    return root


def build(root):
    host.require("mmdebstrap", "mmdebstrap")
    print(f"lab: building {root} from Debian's packages", file=sys.stderr)
    half_built = root.with_suffix(".partial")
    shutil.rmtree(half_built, ignore_errors=True)
    hooks = [*HOOKS, f"copy-in {UML_COMMAND} /usr/local/sbin"]
    mirror = os.environ.get("JOBD_LAB_MIRROR")
    mmdebstrap = subprocess.run(
        ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(PACKAGES)}"]
        + [f"--customize-hook={hook}" for hook in hooks]
        + [SUITE, str(half_built)]
        + ([mirror] if mirror else []),
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if mmdebstrap.returncode != 0:
        raise SystemExit("lab: the root file system can't be built")
    half_built.rename(root)
