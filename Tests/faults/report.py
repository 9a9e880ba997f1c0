"""What came of the faults, for people."""

import collections
import platform
import sys
import time

BEGIN, END = "<!-- Made by make faults. -->\n", "<!-- The end of what make faults made. -->\n"
PHASES = {1: "start", 2: "jobs", 3: "end"}


def describe(site, one, names):
    """`captured: 2 openat EMFILE each time, jobs: clinux_openat < JobLeaf.create`"""
    how = "each time" if one.times == 0 else "" if one.from_ == 1 else f"call {one.from_}"
    words = [one.call, one.fault, how, f"({PHASES[site.phase]})", "<", site.describe(names, 5).partition(" < ")[2]]
    return f"{one.name}: " + " ".join(filter(None, words))


def indented(text):
    return "".join(f"     | {line}\n" for line in text.splitlines()[-8:])


def not_reached(results, names):
    """Places to which no play has led again, in words."""
    reached = {site.key for site, _, outcome in results if outcome.injected}
    missed = {site.key: site for site, _, _ in results if site.key not in reached}
    for site in missed.values():
        yield f"not reached again ({PHASES[site.phase]}): {site.describe(names, 5)}"


def table(found, results, minutes):
    by_call = collections.defaultdict(lambda: [set(), set(), 0, 0, 0])
    for site in found:
        row = by_call[site.call]
        if site.faults():
            row[0].add(site.key)
    for site, _, outcome in results:
        row = by_call[site.call]
        if outcome.injected:
            row[1].add(site.key)
            row[2] += 1
            row[3 if not outcome.defect else 4] += 1
    failing = {call: row for call, row in sorted(by_call.items()) if row[0]}
    total = [sum(len(row[0]) for row in failing.values()), sum(len(row[1]) for row in failing.values())]
    total += [sum(row[index] for row in failing.values()) for index in (2, 3, 4)]
    missed = sum(1 for *_, outcome in results if not outcome.injected)
    others = sorted(call for call in by_call if call not in failing)
    lines = [
        f"{time.strftime('%Y-%m-%d')}, Linux {platform.release()}: {total[2]} faults at {total[1]} of {total[0]} places, "
        f"{total[3]} passed, {total[4]} failed, in {minutes:.0f} minutes; {missed} were not reached when played again.",
        "",
        "| call | places | reached | faults | passed | failed |",
        "|---|---|---|---|---|---|",
    ]
    for call, row in failing.items():
        lines.append(f"| {call} | {len(row[0])} | {len(row[1])} | {row[2]} | {row[3]} | {row[4]} |")
    lines += ["", f"Made too, and can't fail as they are made: {', '.join(others)}."]
    return "\n".join(lines) + "\n"


def write(document, text):
    before, begin, rest = document.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        sys.exit(f"faults: {document} doesn't have both markers")
    document.write_text(before + begin + text + end + after)
