"""What is printed of a soak."""

import os
import platform
import time


def circumstances():
    return f"{time.strftime('%Y-%m-%d')}, Linux {platform.release()}, {os.cpu_count()} processors"


def progress(world):
    last = world.measures[-1]
    return f"minute {last.minute}: {last.clients} clients, {last.jobs} jobs; {last.words()}"


def result(world):
    """As it stands in docs/testing.md."""
    books, measures = world.books, world.measures
    count = sum(books.clients.values())
    violations = f"{len(books.violations)} violations" if books.violations else "no violation"
    lines = [
        f"{circumstances()}; seed {world.seed}; {len(measures)} minutes of "
        f"{world.minute_seconds:g} s; {count} clients, {violations}:",
        "",
        *table(["after minute", "clients", "jobs", *MEASURES], chosen(measures)),
        *table(["jobs that ended by", "number"], sorted(books.causes.items())),
        f"{books.refused} jobs were refused, as too many waited.",
        "",
        *table(["clients", "number", "of whom"], by_kind(books.clients)),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


MEASURES = ["memory", "descriptors", "leaves", "threads", "idle, a second"]


def chosen(measures):
    """The first, some between, and the last."""
    places = {round(share * (len(measures) - 1) / 4) for share in range(5)} if measures else ()
    for one in (measures[place] for place in sorted(places)):
        memory, idle = f"{one.memory_kib} KiB", f"{one.idle_nanoseconds / 1000:.0f} µs"
        counts = (one.descriptors, one.leaves, one.threads)
        yield (one.minute, one.clients, one.jobs, memory, *counts, idle)


def by_kind(counts):
    """A row for each module that has clients."""
    for module in sorted({kind.partition(": ")[0] for kind in counts}):
        of_it = {
            kind.partition(": ")[2]: count
            for kind, count in sorted(counts.items())
            if kind.startswith(f"{module}: ")
        }
        words = ", ".join(f"{kind} {count}" for kind, count in of_it.items())
        yield f"`{module}.py`", sum(of_it.values()), words


def table(columns, rows):
    cells = [columns, ["---"] * len(columns), *rows]
    return ["| " + " | ".join(map(str, row)) + " |" for row in cells] + [""]
