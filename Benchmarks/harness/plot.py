"""Two plots in one SVG: each figure against its goal, and how a round trip is distributed."""

import html
import math

from figures import Ratio, percentile

WIDTH, MARGIN, LABELS = 980, 24, 350
ROW = 22
CURVES_HEIGHT = 300
COLOURS = ["#4c72b0", "#dd8452", "#55a868", "#8172b3", "#937860"]
MET, MISSED, GRID, TEXT = "#2e8b57", "#c0392b", "#d8d8d8", "#333"
# Percentiles are drawn by how many samples are above them: 1 in 10, in 100, in 1,000.
PERCENTILES_MAX = 3


def draw(path, results):
    claims = [claim for result in results for claim in result.claims if drawable(claim)]
    height = MARGIN * 4 + ROW * len(claims)
    parts = [goals(claims, MARGIN * 2)]
    curved = next((result for result in results if result.is_distribution), None)
    if curved:
        parts.append(curves(curved, height + MARGIN))
        height += CURVES_HEIGHT + MARGIN * 4
    heading = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'font-family="sans-serif" font-size="12" fill="{TEXT}">\n'
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>'
    )
    path.write_text("\n".join([heading, *parts, "</svg>\n"]))


def drawable(claim):
    return claim.goal is not None and claim.goal.bound > 0 and claim.value > 0


def text(x, y, words, anchor="start", weight="normal"):
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} font-weight="{weight}">{html.escape(words)}</text>'


def line(x1, y1, x2, y2, colour, width=1.0):
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{colour}" stroke-width="{width}"/>'
    )


class Scale:
    """A logarithmic axis."""

    def __init__(self, least, most, start, end):
        self.least, self.span = math.log(least), math.log(most) - math.log(least)
        self.start, self.end = start, end
        self.bounds = least, most

    def __call__(self, value):
        value = min(max(value, self.bounds[0]), self.bounds[1])
        return self.start + (math.log(value) - self.least) / self.span * (self.end - self.start)


# Goals


def goals(claims, top):
    """How many times the goal: left of 1 it is met, whether less is better or more."""
    axis = Scale(1 / 8, 8, LABELS, WIDTH - MARGIN)
    bottom = top + ROW * len(claims)
    title = "Figures as multiples of their goals: left is better"
    parts = [text(MARGIN, top - 14, title, weight="bold")]
    for value in (1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8):
        x = axis(value)
        parts.append(line(x, top, x, bottom, TEXT if value == 1 else GRID))
        parts.append(text(x, bottom + 14, f"{value:g} ×", "middle"))
    for index, claim in enumerate(claims):
        y = top + ROW * (index + 0.5)
        colour = MET if claim.verdict == "met" else MISSED
        parts.append(text(LABELS - 12, y + 4, claim.what, "end"))
        if isinstance(claim.figure, Ratio):
            ends = [axis(of_goal(claim, one)) for one in (claim.figure.least, claim.figure.most)]
            parts.append(line(ends[0], y, ends[1], y, colour, 2))
        x = axis(of_goal(claim, claim.value))
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>')
    return "\n".join(parts)


def of_goal(claim, value):
    return value / claim.goal.bound if claim.goal.sign == "<=" else claim.goal.bound / value


# Distribution


def curves(result, top):
    title = f"{result.title} ({result.unit}), by percentile"
    bottom = top + CURVES_HEIGHT
    points = {name: curve(samples, result.scale) for name, samples in result.series.items()}
    values = [value for one in points.values() for _, value in one]
    vertical = Scale(min(values) * 0.9, max(values) * 1.1, bottom, top)
    parts = [text(MARGIN, top - 14, title, weight="bold")]
    parts += [grid_line(nines, top, bottom) for nines in range(PERCENTILES_MAX + 1)]
    for value in ticks(*vertical.bounds):
        y = vertical(value)
        parts.append(line(LABELS / 2, y, WIDTH - LABELS, y, GRID))
        parts.append(text(LABELS / 2 - 8, y + 4, f"{value:,.0f}", "end"))
    for index, (name, one) in enumerate(points.items()):
        colour = COLOURS[index % len(COLOURS)]
        path = " ".join(f"{across(nines):.1f},{vertical(value):.1f}" for nines, value in one)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        y = top + 16 + 20 * index
        parts.append(line(WIDTH - LABELS + 20, y - 4, WIDTH - LABELS + 44, y - 4, colour, 2))
        parts.append(text(WIDTH - LABELS + 52, y, name))
    return "\n".join(parts)


def curve(samples, scale):
    """Points of (nines, value): 2 nines is the 99th percentile."""
    steps = [step / 20 for step in range(PERCENTILES_MAX * 20 + 1)]
    return [(nines, percentile(samples, 1 - 10**-nines) / scale) for nines in steps]


def across(nines):
    return LABELS / 2 + (WIDTH - LABELS * 1.5) * nines / PERCENTILES_MAX


def grid_line(nines, top, bottom):
    label = "least" if nines == 0 else f"{100 * (1 - 10**-nines):g} %"
    return line(across(nines), top, across(nines), bottom, GRID) + text(
        across(nines), bottom + 16, label, "middle"
    )


def ticks(least, most):
    """1, 2 and 5 times the powers of ten between the two."""
    powers = range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)
    candidates = [step * 10**power for power in powers for step in (1, 2, 5)]
    return [value for value in candidates if least <= value <= most]
