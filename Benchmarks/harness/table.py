"""Results as text."""

from document import times
from figures import median, p99, summary

SERIES = "  {:28} {:>8} {:>12} {:>12} {:>12} {:>8} {:>8}"
CLAIM = "  {:44} {:>26} {:>12}  {}"


def show(result):
    if result.series:
        show_series(result)
    else:
        print(f"\n{result.title}")
    for note in result.notes:
        print(f"  {note}")
    show_claims(result.claims)


def show_series(result):
    print(f"\n{result.title} ({result.unit})")
    print(SERIES.format("", "n", "p50", "p99", "p99.9", "p50 ×", "p99 ×"))
    base = result.series[result.base]
    for name, samples in result.series.items():
        figures = summary(samples)
        print(
            SERIES.format(
                name,
                figures["n"],
                *(f"{figures[key] / result.scale:,.1f}" for key in ("p50", "p99", "p99.9")),
                times(median(samples), median(base)),
                times(p99(samples), p99(base)),
            )
        )


def show_claims(claims):
    for claim in claims:
        print(CLAIM.format(claim.what, str(claim), str(claim.goal or ""), claim.verdict))
