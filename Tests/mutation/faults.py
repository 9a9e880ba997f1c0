"""The list of faults, held against the code that they are put into."""

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

    @property
    def suite(self):
        """The target of the package that has its tests."""
        return self.tests.partition(".")[0]

    def applied_to(self, text):
        """The text with the fault; the old text has to be there once, or the fault is another."""
        count = text.count(self.old)
        if count != 1:
            sys.exit(f"mutation: {self.name!r}: its old text is {count} times in {self.file}")
        return text.replace(self.old, self.new)


def read_faults(directory, checkout):
    """All faults, in the order of the lists; none of which is out of date."""
    faults = []
    for path in sorted(directory.glob("*.toml")):
        with path.open("rb") as file:
            content = tomllib.load(file)
        for entry in content["fault"]:
            fault = Fault(**{"tests": content["tests"], **entry, "file": pathlib.PurePath(entry["file"])})
            fault.applied_to((checkout / fault.file).read_text())
            faults.append(fault)
    return faults
