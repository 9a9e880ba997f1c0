"""The sites of system calls that a run of the daemon has, as the injector wrote them down."""

import dataclasses
import subprocess

import calls

# Frames that tell one site from another, from the call outwards. Beyond them are the loop and the many ways into it.
TELLING_FRAMES = 12

# What asks the system for memory. A Swift program that gets none ends: there is nothing to be told apart.
MEMORY = {"brk", "madvise", "mmap", "mprotect", "mremap", "munmap"}
ALLOCATORS = {"malloc", "calloc", "realloc", "free", "posix_memalign", "aligned_alloc", "memalign", "swift_slowAlloc"}


@dataclasses.dataclass(frozen=True)
class Frame:
    module: str
    name: str


@dataclasses.dataclass
class Site:
    hash: str
    # When it was reached: 1 from the start, 2 while jobs run, 3 at the end.
    phase: int
    call: str
    arguments: tuple
    frames: list
    # What its descriptor led to.
    kinds: list

    @property
    def is_allocation(self):
        return self.call in MEMORY and any(frame.name in ALLOCATORS for frame in self.frames)

    @property
    def is_before_main(self):
        """What libraries do when they are loaded isn't the daemon's."""
        return not any(frame.name == "jobd_main" for frame in self.frames) and not self.is_on_thread

    @property
    def is_on_thread(self):
        return any(frame.name in ("start_thread", "clone3", "__clone3", "clone", "spawn_child_main") for frame in self.frames)

    @property
    def key(self):
        """What tells it from others for people, and from run to run."""
        return (self.phase, self.call, tuple(frame.name for frame in self.frames[:TELLING_FRAMES]), self.kinds[0])

    def faults(self):
        into_cgroup = any("start_in_cgroup" in frame.name or frame.name == "start" or "clinux_spawn" in frame.name for frame in self.frames)
        found = []
        for kind in self.kinds:
            found += calls.faults(self.call, self.arguments, kind, into_cgroup)
        return [fault for fault in dict.fromkeys(found) if not self._is_never(fault)]

    def _is_never(self, fault):
        return any(
            (call, never) == (self.call, fault) and any(place in frame.name for frame in self.frames)
            for call, never, place in calls.NEVER
        )

    def describe(self, demangled, frames=3):
        """`openat < Cgroup.open < JobLeaf.create`: the daemon's own frames."""
        own = [demangled[frame.name] for frame in self.frames if frame.module == "jobd"]
        names = [name for name in own if name not in ("syscall",)]
        return " < ".join([self.call, *dict.fromkeys(names)][: frames + 1])


def read(path):
    """All sites of a record, with what the same site led to in several runs of it."""
    found, names, site = {}, {}, None
    for line in path.read_text(errors="replace").splitlines():
        word, *fields = line.split(" ")
        if word == "site":
            hash_, phase, number, *arguments = fields[:6]
            kind = " ".join(fields[6:])
            call = calls.names().get(int(number), number)
            arguments = tuple(int(one, 16) for one in arguments)
            site = found.setdefault((hash_, int(phase)), Site(hash_, int(phase), call, arguments, [], []))
            site.frames, fresh = [], not site.frames
            site.kinds.append(_steady(kind))
        elif word == "frame":
            site.frames.append(fields[0])
        elif word == "name":
            names[fields[0]] = Frame(fields[1], " ".join(fields[2:]))
    for site in found.values():
        site.frames = [names[address] for address in site.frames]
    return list(found.values())


def _steady(kind):
    """Without what is of this run only."""
    for root in ("/sys/fs/cgroup", "/proc", "/memfd"):
        if kind.startswith(root):
            return root
    return kind if not kind.startswith("/") else kind if kind.startswith("/dev") else "/file"


def demangle(sites):
    """{name: readable name} of all frames."""
    names = sorted({frame.name for site in sites for frame in site.frames})
    done = subprocess.run(
        ["swift", "demangle", "--compact", "--simplified"], input="\n".join(names), capture_output=True, text=True
    )
    return dict(zip(names, done.stdout.splitlines()))
