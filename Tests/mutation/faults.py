"""The list of faults, and code that has all of them in it, each to be switched on."""

import dataclasses
import pathlib
import sys
import tomllib


@dataclasses.dataclass(frozen=True)
class Fault:
    """One change of one file, and the tests that should see it."""

    name: str
    file: pathlib.PurePath
    old: str
    new: str
    tests: str
    number: int
    # More of the text around it, where it is there more than once.
    within: str = ""

    @property
    def suite(self):
        """The target of the package that has its tests."""
        return self.tests.partition(".")[0]

    @property
    def is_statements(self):
        return self.old.endswith("\n")

    def place_in(self, text):
        """Where its old text begins and ends, which has to be there once, or the fault is another."""
        around = self.within or self.old
        if (count := text.count(around)) != 1 or around.count(self.old) != 1:
            sys.exit(f"mutation: {self.name!r}: its old text is {count} times in {self.file}")
        begin = text.index(around) + around.index(self.old)
        return begin, begin + len(self.old)

    def switched(self, old):
        """Both of Swift and C."""
        if self.is_statements:
            return f"if (faulty({self.number})) {{\n{self.new}}} else {{\n{old}}}\n"
        return f"(faulty({self.number}) ? ({self.new}) : ({old}))"


def read_faults(directory, checkout):
    """All faults, in the order of the lists; none of which is out of date."""
    faults = []
    for path in sorted(directory.glob("*.toml")):
        with path.open("rb") as file:
            content = tomllib.load(file)
        for entry in content["fault"]:
            values = {"tests": content["tests"], **entry, "file": pathlib.PurePath(entry["file"])}
            fault = Fault(**values, number=len(faults) + 1)
            fault.place_in((checkout / fault.file).read_text())
            faults.append(fault)
    return faults


def with_faults(text, faults):
    """The text of a file with all of its faults, none of which shows unless it is switched on."""
    places = {fault: fault.place_in(text) for fault in faults}
    # The inner before the outer; of two in the same place the later is tried first.
    order = sorted(faults, key=lambda fault: (places[fault][0], -places[fault][1]))

    def rewritten(begin, end, inside):
        result, at = "", begin
        while inside:
            outer, *inside = inside
            first, last = places[outer]
            within = [fault for fault in inside if places[fault][0] < last]
            for fault in within:
                if places[fault][1] > last:
                    sys.exit(f"mutation: {outer.name!r} and {fault.name!r} overlap")
            inside = inside[len(within) :]
            result += text[at:first] + outer.switched(rewritten(first, last, within))
            at = last
        return result + text[at:end]

    return rewritten(0, len(text), order)
