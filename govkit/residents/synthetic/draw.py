"""Seeded draws that give the same values on every platform and Python version."""

import random
from bisect import bisect
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

__all__ = ["Draw", "Weighted"]

T = TypeVar("T")


class Draw:
    """A stream of random choices that depends on nothing but its seed.

    Only ``random()`` of the standard generator is used: it is the one method whose values Python
    promises to keep for a seed.

    :param seed: Parts of the seed; their text counts.
    """

    __slots__ = ("unit",)

    def __init__(self, *seed: object) -> None:
        # Invented people need no secrecy, only repeatability.
        generator = random.Random("/".join(map(str, seed)))  # noqa: S311
        self.unit = generator.random

    def chance(self, probability: float) -> bool:
        """Whether something of that probability happens."""
        return self.unit() < probability

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included; low if the range is empty."""
        return low + int(self.unit() * (high - low + 1)) if high > low else low

    def around(self, mean: float, deviation: float) -> float:
        """A number that falls roughly normally around the mean."""
        unit = self.unit
        return mean + (unit() + unit() + unit() + unit() - 2.0) * 1.732 * deviation

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices, all alike."""
        return choices[int(self.unit() * len(choices))]


class Weighted(Generic[T]):
    """Choices with weights.

    :raises ValueError: Without any choice.
    """

    __slots__ = ("choices", "total", "weights")

    def __init__(self, weighted: Iterable[tuple[T, float]]) -> None:
        pairs = list(weighted)
        if not pairs:
            raise ValueError("nothing to choose from")
        self.choices = [choice for choice, _ in pairs]
        self.weights = list(accumulate(weight for _, weight in pairs))
        self.total = self.weights[-1]

    def draw(self, draw: Draw) -> T:
        """One choice, as often as its weight says."""
        return self.choices[bisect(self.weights, draw.unit() * self.total)]
