"""Who comes, in what order: the same for the same seed."""

import random

import clients
import observers
import programs
import residents
import rude

# {kind in words: (function, weight)}
KINDS = {
    f"{module.__name__}: {kind.__name__.replace('_', ' ')}": (kind, weight)
    for module in (clients, programs, rude, observers)
    for kind, weight in module.KINDS.items()
}


def client(seed, number, excluded=()):
    """The kind of a client, what it does, and its chances, which are its own."""
    chance = random.Random(f"{seed}/client/{number}")
    possible = [kind for kind in KINDS if kind not in excluded]
    (kind,) = chance.choices(possible, [KINDS[kind][1] for kind in possible])
    return kind, KINDS[kind][0], chance


def stay(seed, minute):
    """Those who stay until the minute is over, and leave room for others' jobs."""
    chance = random.Random(f"{seed}/minute/{minute}")
    return [
        (f"resident-{minute}.{number}", chance.choice(residents.KINDS), chance)
        for number in range(chance.randrange(1, 4))
    ]
