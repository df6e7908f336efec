"""The blueprint of the lookup, and the purpose that is kept in the session (利用目的)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask.typing import ResponseReturnValue

from govkit.base import web
from govkit.base.i18n import gettext as _
from govkit.base.work import JAPAN, Work
from govkit.modules.resident_lookup.policy import purposes
from govkit.residents.policy import PurposeRule

__all__ = [
    "KEPT_FOR",
    "Purpose",
    "ask_for_purpose",
    "current_purpose",
    "keep_purpose",
    "pages",
    "purpose_title",
]

pages: Final = web.Pages("resident_lookup", "govkit.modules.resident_lookup")
"""Blueprint of all pages of the lookup."""

KEPT_FOR: Final = timedelta(minutes=30)
"""How long a purpose holds before it is asked for again."""

_KEY: Final = "resident_lookup"


@dataclass(frozen=True, slots=True)
class Purpose:
    """For what the one at the browser looks residents up.

    :param until: Moment at which it is asked for again.
    """

    rule: PurposeRule
    reason: str
    until: datetime

    @property
    def title(self) -> str:
        """The purpose as people read it."""
        return purpose_title(self.rule)

    @property
    def until_text(self) -> str:
        """Time of day in Japan at which it ends."""
        return f"{self.until.astimezone(JAPAN):%H:%M}"


def purpose_title(rule: PurposeRule) -> str:
    """Title of a purpose in the language in use; titles of a city's own policy as they stand."""
    return _(rule.title) if rule.title else rule.name


def keep_purpose(work: Work, name: str, reason: str) -> None:
    """Keep the purpose in the session, on the server."""
    until = work.now + KEPT_FOR
    web.current_session()[_KEY] = {"purpose": name, "reason": reason, "until": until.isoformat()}


def current_purpose(work: Work) -> Purpose | None:
    """The purpose chosen less than :data:`KEPT_FOR` ago, while the policy still knows it."""
    kept = web.current_session().get(_KEY)
    if kept is None:
        return None
    rule, until = purposes(work).get(kept["purpose"]), datetime.fromisoformat(kept["until"])
    if rule is None or until <= work.now:
        return None
    return Purpose(rule, kept["reason"], until)


def ask_for_purpose() -> ResponseReturnValue:
    """Lead to the page that asks for the purpose, and say why if one was given before."""
    if _KEY in web.current_session():
        text = _(
            "利用目的を選んでから30分たちました。同じ仕事を続けるときも、もう一度選んでください。"
        )
        web.notify(text, "info")
    return web.see_other("resident_lookup.purpose_page")
