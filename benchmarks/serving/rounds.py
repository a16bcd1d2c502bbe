"""Contenders of serving benchmarks take turns."""

import random
from collections.abc import Callable, Mapping


def timed(
    asked: Mapping[tuple[str, str], Callable[[], float]], rounds: int, count: int
) -> dict[str, dict[str, list[list[float]]]]:
    """Seconds by case, contender and round; contenders of a case take turns."""
    cases = list(dict.fromkeys(case for case, _ in asked))
    seconds: dict[str, dict[str, list[list[float]]]] = {case: {} for case in cases}
    order = random.Random(1)
    for case in cases:
        contenders = [own for other, own in asked if other == case]
        for contender in contenders:
            seconds[case][contender] = []
            for _ in range(count):
                asked[case, contender]()
        for _ in range(rounds):
            order.shuffle(contenders)
            for contender in contenders:
                ask = asked[case, contender]
                seconds[case][contender].append([ask() for _ in range(count)])
    return seconds
