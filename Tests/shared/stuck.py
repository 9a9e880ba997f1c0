"""Jobs that are told as stuck: the one end with which processes may be left, and one that is easily believed."""

# Of a whole run. A machine that is too busy to let a process die within ten seconds (Limits.stuckAfter) is rare, and
# so is what hides behind it: an end that jobd wasn't told of, and finds by looking when these are over.
STUCK_MAX = 2

# What jobd writes of each of them, as an error.
SURVIVES = "a process survives SIGKILL"


def is_stuck(result):
    """Whether that was a job's end. Then it has to say who survived: somebody who lives."""
    if result["cause"] != "stuck":
        return False
    survivors = result.get("survivors")
    assert survivors, f"told as stuck, and nobody is said to survive: {result}"
    assert any(one["state"] != "Z" for one in survivors), f"told as stuck, and all are dead: {survivors}"
    return True


def too_many(count):
    """What is wrong with so many of them in one run; None if nothing is."""
    if count <= STUCK_MAX:
        return None
    return f"{count} jobs were told as stuck: more than {STUCK_MAX} aren't for want of a processor"
