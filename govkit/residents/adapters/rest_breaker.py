"""A circuit breaker: a provider that fails again and again is left alone for a while."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from govkit.residents.source import SourceUnavailable, UnsupportedQuery

__all__ = ["CircuitBreaker", "ProviderFault"]

_FAULTS: Final = 5
_WITHIN: Final = 30.0
_PAUSE: Final = 15.0


class ProviderFault(SourceUnavailable):
    """The provider itself failed: it was not reached, or its answer is no answer."""


class CircuitBreaker:
    """Opens at 5 faults within 30 seconds; 15 seconds later lets one call through to try.

    That call decides: a fault opens it for another 15 seconds, an answer closes it.

    :param now: Seconds of a clock that never goes back.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._faults: deque[float] = deque(maxlen=_FAULTS)
        self._opened: float | None = None
        self._is_trying = False

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Let a call through and see how it ends; only a :class:`ProviderFault` counts.

        :raises SourceUnavailable: At once while the circuit is open.
        """
        with self._lock:
            is_try = self._enter()
        is_fault = None
        try:
            yield
            is_fault = False
        except ProviderFault:
            is_fault = True
            raise
        except UnsupportedQuery:
            is_fault = False
            raise
        finally:
            with self._lock:
                self._leave(is_try=is_try, is_fault=is_fault)

    def _enter(self) -> bool:
        if self._opened is None:
            return False
        left = self._opened + _PAUSE - self._now()
        if left > 0 or self._is_trying:
            raise SourceUnavailable("circuit_open", max(left, 1.0))
        self._is_trying = True
        return True

    def _leave(self, *, is_try: bool, is_fault: bool | None) -> None:
        """See how a call ended; ``None`` tells nothing about the provider."""
        if is_try:
            self._is_trying = False
        now = self._now()
        if is_fault:
            self._faults.append(now)
            is_series = len(self._faults) == _FAULTS and now - self._faults[0] <= _WITHIN
            if is_try or (is_series and self._opened is None):
                self._opened = now
        elif is_try and is_fault is False:
            self._opened = None
            self._faults.clear()
