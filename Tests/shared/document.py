"""What a command measured, written into a document between two markers of its own."""

import sys


def write_between(document, begin, end, text):
    """Replaces what stands there between two lines."""
    before, begun, rest = document.read_text().partition(begin)
    _, ended, after = rest.partition(end)
    if not begun or not ended:
        sys.exit(f"{document} doesn't have both {begin.strip()} and {end.strip()}")
    document.write_text(before + begun + text + ended + after)
