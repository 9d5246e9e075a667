"""Owns what counts as a like: which scale ratings are on, and from where on it a person likes an item. The
rules are those of web/read/likes.js, and a test compares the two. Must not know Spark.
"""

import re

MOST_VALUES = 5000  # different ratings that are looked at

COUNTING = re.compile(
    'play|count|freq|times|views|clicks|listen|hour|purchase|quantity|weight|minutes|seconds|amount'
)
JUDGING = re.compile('rat(e|ing)|score|star|overall|grade|nota|note$')

MOST_ON_SCALE = 0.9  # of positive ratings, so many must stand on the steps of a scale
ROUNDING = 0.005  # a rating is off by less, where thirds are written as .33 and .67
ENOUGH = 20  # from so many ratings on one of them is no scale of its own
SHARE = 0.6  # of the highest rating, so much is a like


def on_grid(value: float, steps: int) -> bool:
    return abs(value * steps - round(value * steps)) <= ROUNDING * steps


def sum_of(counts: list, holds) -> int:
    return sum(n for value, n in counts if holds(value))


def highest_of(counts: list, total: int) -> float:
    """The highest rating; one that is rare and at least twice as high as the next is a slip."""
    ordered = sorted(counts, reverse=True)
    k = 0
    while k + 1 < len(ordered) and total >= ENOUGH and ordered[k][1] <= max(1, total * 0.002):
        if ordered[k][0] < 2 * ordered[k + 1][0]:
            break
        k += 1
    return ordered[k][0]


def median_of(counts: list, total: int) -> float:
    seen = 0
    for value, n in sorted(counts):
        seen += n
        if seen * 2 >= total:
            return value
    return 0


def steps_threshold(counts: list, highest: float, total: int, judged: bool) -> float | None:
    """Stars and points: whole, half, third or quarter steps up to 4 to 10. Single ratings may be off them."""
    if not 4 <= highest <= 10:
        return None

    def fits(steps: int) -> bool:
        return sum_of(counts, lambda v: v <= highest and on_grid(v, steps)) >= MOST_ON_SCALE * total

    steps = next((parts for parts in (1, 2, 3, 4) if fits(parts)), None)
    if steps is None and not judged:
        return None
    return SHARE * max(v for v, _ in counts if v <= highest and (steps is None or on_grid(v, steps)))


def wide_threshold(counts: list, highest: float, total: int, judged: bool) -> float | None:
    """Percent, and parts of 1."""
    if 10 < highest <= 100:
        fives = sum_of(counts, lambda v: v <= highest and v % 5 == 0) >= MOST_ON_SCALE * total
        if (judged or fives) and highest > 50 and median_of(counts, total) >= 25:
            return SHARE * 100
    if judged and highest <= 1 and len(counts) > 2:
        return SHARE * highest
    return None


def threshold_of(tally: list[tuple[float, int]], name: str) -> float | None:
    """From which rating rows count; None: all above 0 do. The tally has each rating and how often it
    comes."""
    counts = [(value, n) for value, n in tally if value > 0]
    if len(counts) == 0 or len(tally) == 1:
        return None
    total = sum_of(counts, lambda v: True)
    highest = highest_of(counts, total)
    thumbs = highest == 1 and len(counts) - any(v > 1 for v, _ in counts) == 1
    if thumbs or COUNTING.search(name.lower()):
        return None
    if sum_of(tally, lambda v: v < 0) > 0.02 * sum_of(tally, lambda v: True):
        return None
    judged = JUDGING.search(name.lower()) is not None
    threshold = steps_threshold(counts, highest, total, judged)
    return threshold if threshold is not None else wide_threshold(counts, highest, total, judged)
