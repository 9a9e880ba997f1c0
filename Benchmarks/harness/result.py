"""What a measurement hands back."""

import dataclasses

from figures import Ratio, summary


@dataclasses.dataclass
class Goal:
    """A bound that a figure is held against."""

    sign: str
    bound: float
    unit: str = ""

    def is_met(self, value):
        # As shown: with two decimals.
        value = round(value, 2)
        return value <= self.bound if self.sign == "<=" else value >= self.bound

    def __str__(self):
        return f"{self.sign} {self.bound:g}{self.unit and ' ' + self.unit}"


def at_most(bound, unit=""):
    return Goal("<=", bound, unit)


def at_least(bound, unit=""):
    return Goal(">=", bound, unit)


@dataclasses.dataclass
class Claim:
    """What is said of a figure, and whether it is so. Without a goal it is only told."""

    what: str
    figure: Ratio | float
    goal: Goal | None = None

    @property
    def value(self):
        return self.figure.value if isinstance(self.figure, Ratio) else self.figure

    @property
    def verdict(self):
        if self.goal is None:
            return ""
        return "met" if self.goal.is_met(self.value) else "missed"

    def __str__(self):
        if isinstance(self.figure, Ratio):
            return str(self.figure)
        unit = f" {self.goal.unit}" if self.goal and self.goal.unit else ""
        return f"{self.figure:.2f}{unit}"


@dataclasses.dataclass
class Result:
    title: str
    # Samples in the order in which they were taken, by the name of what was measured.
    series: dict[str, list] = dataclasses.field(default_factory=dict)
    # What the others are compared with.
    base: str = "floor"
    claims: list[Claim] = dataclasses.field(default_factory=list)
    unit: str = "µs"
    # Samples are whole numbers of this much smaller unit.
    scale: float = 1000
    notes: list[str] = dataclasses.field(default_factory=list)
    # Worth a plot of its percentiles.
    is_distribution: bool = False

    def claim(self, what, figure, goal=None):
        self.claims.append(Claim(what, figure, goal))

    def claim_ratio(self, what, name, statistic, goal=None):
        """Of one series to the base."""
        self.claim(what, Ratio.of(self.series[name], self.series[self.base], statistic), goal)

    def raw(self):
        return {"title": self.title, "unit": self.unit, "scale": self.scale, "series": self.series}

    def as_json(self):
        """Without the samples themselves."""
        return {
            "title": self.title,
            "unit": self.unit,
            "series": {
                name: {
                    key: value if key == "n" else value / self.scale
                    for key, value in summary(samples).items()
                }
                for name, samples in self.series.items()
            },
            "claims": [
                {
                    "what": claim.what,
                    "goal": str(claim.goal) if claim.goal else None,
                    "value": claim.value,
                    "spread": [claim.figure.least, claim.figure.most]
                    if isinstance(claim.figure, Ratio)
                    else None,
                    "verdict": claim.verdict or None,
                }
                for claim in self.claims
            ],
            "notes": self.notes,
        }
