"""What a municipality decides about its audit: how long records stay, what is disclosed (監査の方針).

The years are a municipality's own decision. The guideline of 総務省 (地方公共団体における情報セキュリティポリシー
に関するガイドライン) asks for logs to be kept "for a set period" without naming one; the defaults here are
govkit's and unverified.
"""

from datetime import date, datetime, time
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from govkit.base.audit_words import RecordKind
from govkit.base.work import JAPAN

__all__ = ["AuditPolicy"]

_Years = Annotated[int, Field(ge=1, le=30)]


class AuditPolicy(BaseModel):
    """Years for which each kind of record is kept, and what a disclosure holds (監査の方針)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    read_years: _Years = 3
    """Reads of people's records (閲覧); unverified."""
    change_years: _Years = 5
    """Changes (変更); unverified."""
    export_years: _Years = 5
    """Files that left the system (書き出し); unverified."""
    rights_years: _Years = 5
    """Accounts, appointments, the audit itself (権限); unverified."""
    discloses_staff_names: bool = False
    """Whether a disclosure to a person names the staff who recorded or looked (職員の氏名を載せるか)."""

    def years(self, kind: RecordKind | None) -> int:
        """Years for a kind of record; what no module declares is kept for the longest."""
        every = {each: int(getattr(self, f"{each}_years")) for each in RecordKind}
        return every[kind] if kind is not None else max(every.values())

    def cutoff(self, kind: RecordKind | None, today: date) -> datetime:
        """The moment before which records of a kind are past their term."""
        year = today.year - self.years(kind)
        is_leap_day = (today.month, today.day) == (2, 29)
        day = date(year, 2, 28) if is_leap_day else today.replace(year=year)
        return datetime.combine(day, time(), JAPAN)
