"""The results as the block of docs/performance.md that is theirs."""

from figures import median, p99, summary

BEGIN = "<!-- Written by `make bench` from here -->"
END = "<!-- to here -->"


def rewrite(path, surroundings, results):
    text = path.read_text()
    before, _, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise SystemExit(f"bench: {path} has no place for the results")
    path.write_text(f"{before}{BEGIN}\n\n{block(surroundings, results)}\n{END}{after}")


def block(surroundings, results):
    sections = [machine(surroundings), goals(results)]
    sections += [series(result) for result in results if result.series]
    return "\n".join(sections)


def machine(told):
    shortened = ", shortened" if told["quick"] else ""
    return (
        f"{told['date']}{shortened}, commit {told['commit'] or 'unknown'}: {told['processors']} × "
        f"{told['processor']}, {told['kernel']}, {told['distribution']}; load "
        f"{told['load']:.1f} before the run.\n"
    )


def goals(results):
    rows = [
        [claim.what, str(claim), str(claim.goal), claim.verdict]
        for result in results
        for claim in result.claims
        if claim.goal
    ]
    return markdown(["", "this run", "goal", ""], rows)


def series(result):
    base = result.series[result.base]
    rows = []
    for name, samples in result.series.items():
        figures = summary(samples)
        rows.append(
            [
                name,
                f"{figures['n']:,}",
                *(f"{figures[key] / result.scale:,.1f}" for key in ("p50", "p99", "p99.9")),
                times(median(samples), median(base)),
                times(p99(samples), p99(base)),
            ]
        )
    heading = [result.unit, "n", "p50", "p99", "p99.9", "p50 ×", "p99 ×"]
    notes = "".join(f"\n{note}\n" for note in result.notes)
    return f"### {result.title}\n\n{markdown(heading, rows)}{notes}"


def times(value, base):
    return f"{value / base:.2f}" if base else "-"


def markdown(heading, rows):
    """The first column is text, all others are figures."""
    aligned = ["---", *["---:" for _ in heading[1:]]]
    return "".join(f"| {' | '.join(row)} |\n" for row in [heading, aligned, *rows])
