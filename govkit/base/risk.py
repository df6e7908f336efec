"""The judgement of each login by its circumstances (リスクに応じた認証).

The setting ``security.risk_hook`` names a function that gets an :class:`Attempt` whose password was
right and answers with a :class:`Verdict`. A deployment's own might refuse at night, or ask for the
second factor outside the network of the town hall::

    def at_night(attempt: Attempt) -> Verdict:
        hour = attempt.now.astimezone(JAPAN).hour
        return Verdict.REFUSE if hour < 5 else ask_new_devices(attempt)
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from importlib import import_module
from uuid import UUID

from govkit.errors import InvalidSettings, Problem

__all__ = ["Attempt", "Verdict", "ask_new_devices", "judge_named"]


class Verdict(StrEnum):
    """What becomes of a login whose password was right."""

    ALLOW = "allow"
    STEP_UP = "step_up"
    """Ask for the second factor, if the account has one."""
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Attempt:
    """The circumstances of a login.

    :param address: Address that the request came from.
    :param is_device_known: Whether the account has logged in from this device before.
    """

    account_id: UUID
    address: str
    is_device_known: bool
    now: datetime


Judge = Callable[[Attempt], Verdict]


def ask_new_devices(attempt: Attempt) -> Verdict:
    """The default: a device that is new to the account asks for the second factor."""
    return Verdict.ALLOW if attempt.is_device_known else Verdict.STEP_UP


@cache
def judge_named(name: str) -> Judge:
    """The function that a setting names, ``package:attribute``.

    :raises InvalidSettings: When there is none of that name.
    """
    package, _, attribute = name.partition(":")
    try:
        judge: Judge = getattr(import_module(package), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        text = "設定の関数「{name}」が見つかりません。パッケージ:名前 の形で書いてください。"
        params = {"name": name}
        problem = Problem("no_hook", text, column="security.risk_hook", params=params)
        raise InvalidSettings([problem]) from error
    return judge
