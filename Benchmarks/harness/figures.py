"""What is made of samples: exact percentiles, and ratios of them."""

import dataclasses
import itertools
import math

# A run is cut into so many parts, each with a ratio of its own: how far they are apart says how
# much of a difference is chance.
PARTS = 5


def percentile(samples, share):
    """The smallest sample that `share` of all are not above: no interpolation."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def median(samples):
    return percentile(samples, 0.5)


def p99(samples):
    return percentile(samples, 0.99)


@dataclasses.dataclass
class Ratio:
    """Of a statistic of one series to that of another, over all samples; and the least and the
    largest of its parts."""

    value: float
    least: float
    most: float

    @classmethod
    def of(cls, series, base, statistic):
        ratios = [
            statistic(one) / statistic(other)
            for one, other in zip(parts(series), parts(base), strict=True)
        ]
        return cls(statistic(series) / statistic(base), min(ratios), max(ratios))

    def __str__(self):
        return f"{self.value:.2f} ({self.least:.2f} to {self.most:.2f})"


def parts(series):
    """In the order in which they were taken. Few samples are fewer parts."""
    count = min(PARTS, len(series))
    bounds = [round(index * len(series) / count) for index in range(count + 1)]
    return [series[start:end] for start, end in itertools.pairwise(bounds)]


def summary(samples):
    return {
        "n": len(samples),
        "p50": median(samples),
        "p99": p99(samples),
        "p99.9": percentile(samples, 0.999),
    }
