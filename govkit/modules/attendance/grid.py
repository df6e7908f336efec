"""The roll call as a browser sends it: one group of buttons, one list and one note a pupil.

A form object per pupil would cost as much as all the rest of a save, so the grid is read here in
one pass. What our own page cannot have sent is refused as a whole; what a person may have left
undone comes back as a problem of that pupil.

The page sends back what it showed, so that the marks of two who edit the same day can be merged.
"""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID

from govkit.base.i18n import lazy_gettext as _
from govkit.errors import InvalidValue
from govkit.jp.my_number import find_my_number
from govkit.modules.attendance.marks import MARKS, Mark, MarkEntry

__all__ = [
    "MINE",
    "OTHER",
    "THEIRS",
    "GridProblem",
    "RollGrid",
    "choice_names",
    "field_names",
    "read_grid",
    "write_seen",
]

OTHER: Final = "other"
"""Value of the button その他, which leaves the choice to the list."""
MINE: Final = "mine"
"""Choice to record what was typed, where somebody else has recorded something else."""
THEIRS: Final = "theirs"
"""Choice to leave what somebody else has recorded."""
_MARK, _OTHER, _NOTE = "mark-", "other-", "note-"
_ASKED, _CHOICE = "asked-", "choice-"
_LONGEST_NOTE: Final = 100


class GridProblem(StrEnum):
    """Why a roll call that was sent cannot be read; none of these come from our page."""

    INCOMPLETE = "roll_incomplete"
    UNKNOWN_PUPIL = "roll_unknown_pupil"
    UNKNOWN_MARK = "roll_unknown_mark"
    NOTHING_SEEN = "roll_nothing_seen"


@dataclass(frozen=True, slots=True)
class RollGrid:
    """A roll call as it was sent.

    :param seen: What the page showed; pupils who were present without a note are left out.
    :param entries: Mark and note by pupil.
    :param problems: What to put right, by pupil; a message id each.
    :param asked: Choice by pupil whom somebody else recorded differently; blank while it is open.
    """

    seen: Mapping[UUID, MarkEntry]
    entries: Mapping[UUID, MarkEntry]
    problems: Mapping[UUID, str] = field(default_factory=dict)
    asked: Mapping[UUID, str] = field(default_factory=dict)

    @property
    def marks(self) -> Mapping[UUID, MarkEntry]:
        """What is to be recorded: the entries without those who stay as somebody else left them."""
        if not self.asked:
            return self.entries
        return {key: each for key, each in self.entries.items() if self.asked.get(key) != THEIRS}

    def shown(self, pupil_id: UUID) -> MarkEntry | None:
        """What the page showed of a pupil; ``None`` when the pupil was not on it."""
        return self.seen.get(pupil_id, MarkEntry()) if pupil_id in self.entries else None


def field_names(pupil_id: UUID) -> tuple[str, str, str]:
    """Names of the buttons, the list and the note of a pupil."""
    return f"{_MARK}{pupil_id}", f"{_OTHER}{pupil_id}", f"{_NOTE}{pupil_id}"


def choice_names(pupil_id: UUID) -> tuple[str, str]:
    """Names of the mark that a pupil was asked about, and of the choice."""
    return f"{_ASKED}{pupil_id}", f"{_CHOICE}{pupil_id}"


def write_seen(entries: Mapping[UUID, MarkEntry]) -> str:
    """What a page shows, for it to send back."""
    kept = {
        str(pupil_id): [entry.mark.value, entry.note]
        for pupil_id, entry in entries.items()
        if entry != MarkEntry()
    }
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def read_grid(sent: Mapping[str, str]) -> RollGrid:
    """Read a roll call that was sent.

    :raises InvalidValue: With a :class:`GridProblem`, when lines are missing at the end of the
        request or hold what the page does not offer.
    """
    entries: dict[UUID, MarkEntry] = {}
    problems: dict[UUID, str] = {}
    asked: dict[UUID, str] = {}
    for name, chosen in sent.items():
        if not name.startswith(_MARK):
            continue
        key = name[len(_MARK) :]
        pupil_id = _pupil(key)
        note, problem = _note(sent.get(_NOTE + key, ""))
        if chosen == OTHER:
            chosen = sent.get(_OTHER + key, "")
            if not chosen:
                chosen, problem = Mark.PRESENT, _("「その他」の内容を選んでください")
        entries[pupil_id] = MarkEntry(_mark(chosen), note)
        if _ASKED + key in sent:
            asked[pupil_id] = sent.get(_CHOICE + key, "")
            if asked[pupil_id] not in (MINE, THEIRS):
                problem = problem or _("どちらの出欠を残すか選んでください")
        if problem and asked.get(pupil_id) != THEIRS:
            problems[pupil_id] = problem
    # The count is the last field of the page: it is missing when a request was cut off.
    if not entries or sent.get("lines") != str(len(entries)):
        raise InvalidValue(GridProblem.INCOMPLETE)
    return RollGrid(_seen(sent.get("seen", "")), entries, problems, asked)


def _pupil(key: str) -> UUID:
    try:
        return UUID(key)
    except ValueError:
        raise InvalidValue(GridProblem.UNKNOWN_PUPIL) from None


def _mark(chosen: str) -> Mark:
    try:
        mark = Mark(chosen)
    except ValueError:
        raise InvalidValue(GridProblem.UNKNOWN_MARK) from None
    if not MARKS[mark].is_recordable:
        raise InvalidValue(GridProblem.UNKNOWN_MARK)
    return mark


def _note(text: str) -> tuple[str, str]:
    # Control characters go: PostgreSQL stores no NUL, and line ends have no place in one line.
    note = "".join(" " if unicodedata.category(each) == "Cc" else each for each in text).strip()
    if find_my_number(note):
        # Not shown again either.
        return "", _("備考に個人番号（マイナンバー）は入力できません。番号を除いてください")
    if len(note) > _LONGEST_NOTE:
        return note, _("備考は100文字以内で入力してください")
    return note, ""


def _seen(text: str) -> dict[UUID, MarkEntry]:
    try:
        seen = {
            UUID(key): MarkEntry(Mark(mark), str(note))
            for key, (mark, note) in json.loads(text).items()
        }
        # Half a surrogate pair can be written in JSON, but on no page.
        "".join(entry.note for entry in seen.values()).encode()
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise InvalidValue(GridProblem.NOTHING_SEEN) from None
    return seen
