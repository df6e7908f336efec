"""What is known about a resident: identity, names, dates with unknown parts, address.

Field for field the 住民票 group of the standard data set (地方公共団体情報システム データ要件・連携要件,
基本データリスト), as far as the applications on this base need it. Everything is text as the
register holds it: numbers keep their leading zeros, official names are never normalised.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import ClassVar, Never, Self

from govkit.errors import InvalidValue
from govkit.jp.eras import CalendarProblem
from govkit.jp.partial_dates import PartialDate, bounds_within

__all__ = [
    "Address",
    "FormerRow",
    "FuzzyDate",
    "FuzzyDateProblem",
    "HouseholdId",
    "Kind",
    "Masked",
    "PersonId",
    "PersonName",
    "Resident",
    "Sex",
    "Status",
]


class Sex(StrEnum):
    """Sex as registered (性別); codes of the 基本データリスト."""

    UNKNOWN = "0"
    MALE = "1"
    FEMALE = "2"


class Kind(StrEnum):
    """Kind of resident (住民種別)."""

    JAPANESE = "1"
    FOREIGN = "2"


class Status(StrEnum):
    """State of the registration (住民状態)."""

    RESIDENT = "1"
    MOVED_OUT = "2"
    DEAD = "3"
    REMOVED = "9"


@dataclass(frozen=True, slots=True, order=True)
class PersonId:
    """One person in one municipality (団体コード + 宛名番号).

    The addressee number alone is not unique where several municipalities share a system. Both
    parts are text: leading zeros belong to the number.
    """

    municipality_code: str
    addressee_number: str


@dataclass(frozen=True, slots=True, order=True)
class HouseholdId:
    """One household in one municipality (団体コード + 世帯番号)."""

    municipality_code: str
    household_number: str


class Masked:
    """What stands where a protected person's location or household would stand (支援措置).

    It holds nothing, so it cannot leak: it prints ``＊＊＊`` in every format, and comparing,
    hashing, pickling or serialising it as JSON is an error, because a mask that equals another
    mask would tell that two people live together.
    """

    __slots__ = ()

    TEXT: ClassVar[str] = "＊＊＊"
    is_masked: ClassVar[bool] = True

    def __str__(self) -> str:
        return self.TEXT

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return self.TEXT

    def _refuse(self, *_: object) -> Never:
        raise TypeError("a masked value can only be printed")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __hash__ = _refuse
    __reduce__ = _refuse
    __reduce_ex__ = _refuse

    def __copy__(self) -> "Masked":
        return Masked()

    def __deepcopy__(self, memo: object) -> "Masked":
        return Masked()


class FuzzyDateProblem(StrEnum):
    """Why a date of the register cannot be read."""

    BLANK = "fuzzy_date_blank"
    NOT_A_DATE = "fuzzy_date_format"
    NO_SUCH_DAY = "fuzzy_date_no_such_day"
    UNKNOWN_PART = "fuzzy_date_unknown_part_without_flag"


@dataclass(frozen=True, slots=True)
class FuzzyDate:
    """A date as the register holds it, perhaps unknown in part (不詳) or off the calendar.

    The register (住民記録システム標準仕様書 1.1.8) knows 29 February in common years for births
    and other events, and dates of which only the year, the season or the third of a month is
    known. Unknown parts are ``00``, months ``A1``–``A4`` (spring to winter), days ``A1``–``A3``
    (上旬 中旬 下旬); they need the flag 不詳フラグ. Comparisons answer yes, no or maybe.

    :param value: The calendar day the register holds, known or assumed; ``None`` if there is none.
    :param year: Year as written, ``None`` if unknown; ``month`` and ``day`` alike.
    :param unknown: The flag 不詳フラグ.
    :param phrase: The phrase to print instead (不詳表記), such as ``平成30年頃``.
    :param written: The text of the register, ``YYYY-MM-DD``.
    """

    value: date | None
    year: int | None
    month: int | None
    day: int | None
    unknown: bool = False
    phrase: str = ""
    written: str = ""

    @classmethod
    def of(cls, day: date) -> Self:
        """A date that is known to the day."""
        return cls(day, day.year, day.month, day.day, written=day.isoformat())

    @classmethod
    def parse(cls, text: str, *, unknown: bool = False, phrase: str = "") -> Self:
        """Read ``YYYY-MM-DD`` with its companions 不詳フラグ and 不詳表記.

        :raises InvalidValue: With a :class:`FuzzyDateProblem`.
        """
        if not text and unknown:
            return cls(None, None, None, None, unknown=True, phrase=phrase)
        if not text:
            raise InvalidValue(FuzzyDateProblem.BLANK)
        if (value := _calendar_day(text)) is not None:
            return cls(value, value.year, value.month, value.day, unknown, phrase, text)
        known = _known_parts(text)
        parts = (known.year, known.month, known.day)
        if not unknown and not all(isinstance(part, int) for part in parts):
            raise InvalidValue(FuzzyDateProblem.UNKNOWN_PART)
        year, month, day = (part if isinstance(part, int) else None for part in parts)
        return cls(None, year, month, day, unknown, phrase, text)

    @property
    def is_known(self) -> bool:
        """Whether the day is known for certain and on the calendar."""
        return self.value is not None and not self.unknown

    @property
    def is_off_calendar(self) -> bool:
        """Whether it is a day no calendar has: 29 February in a common year."""
        return self.value is None and None not in (self.year, self.month, self.day)

    @property
    def earliest(self) -> date | None:
        """First day it can be; ``None`` if there is no bound."""
        bounds = self._bounds()
        return bounds[0] if bounds else None

    @property
    def latest(self) -> date | None:
        """Last day it can be; ``None`` if there is no bound."""
        bounds = self._bounds()
        return bounds[1] if bounds else None

    def within(self, first: date, last: date) -> bool | None:
        """Whether it lies between two days, both included; ``None`` means maybe."""
        return bounds_within(self._bounds(), first, last)

    def _bounds(self) -> tuple[date, date] | None:
        if self.value is not None and not self.unknown:
            return self.value, self.value
        if self.year is None:
            return None
        if self.unknown and (self.value is not None or self.is_off_calendar):
            return self._bounds_of_assumed_day(self.year)
        return PartialDate.from_register(self.written).bounds

    def _bounds_of_assumed_day(self, year: int) -> tuple[date, date] | None:
        # The register fills in a whole day even if only a part is known, and the phrase alone
        # tells which: the year is the most that can be relied on.
        if "年月日不詳" in self.phrase:
            return None
        margin = 1 if "頃" in self.phrase or "推定" in self.phrase else 0
        return date(max(year - margin, 1), 1, 1), date(min(year + margin, 9999), 12, 31)

    def __str__(self) -> str:
        return self.phrase or self.written


def _known_parts(written: str) -> PartialDate:
    try:
        return PartialDate.from_register(written)
    except InvalidValue as error:
        impossible = error.problem is CalendarProblem.NO_SUCH_DAY
        problem = FuzzyDateProblem.NO_SUCH_DAY if impossible else FuzzyDateProblem.NOT_A_DATE
        raise InvalidValue(problem) from None


def _calendar_day(written: str) -> date | None:
    if written[4:5] + written[7:8] != "--":  # ISO 8601 has other forms, registers do not
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class PersonName:
    """Every name the register holds for a person, unchanged.

    All may be blank, even the official name: a newborn without a name yet (命名前).

    :param full: Official name (氏名) with variants, IVS and spaces as registered.
    :param family: Family name (氏_日本人); ``given`` alike (名_日本人).
    :param kana_full: Reading (氏名_フリガナ); ``kana_family`` and ``kana_given`` its parts.
    :param roman: Name in Latin letters (氏名_外国人ローマ字).
    :param kanji: Name of a foreign resident in kanji (氏名_外国人漢字).
    :param alias: Registered alias (通称), with ``alias_kana``.
    :param former_family: Former family name (旧氏), with ``former_kana``.
    :param preference: Which name comes first (氏名優先区分): ``1`` official, ``2`` alias,
        ``3`` kanji (codes unverified).
    """

    full: str = ""
    family: str = ""
    given: str = ""
    kana_full: str = ""
    kana_family: str = ""
    kana_given: str = ""
    roman: str = ""
    kanji: str = ""
    alias: str = ""
    alias_kana: str = ""
    former_family: str = ""
    former_kana: str = ""
    preference: str = ""

    @property
    def display(self) -> str:
        """The name to show, by the person's preference (氏名優先区分); blank before naming."""
        preferred = {"2": self.alias, "3": self.kanji}.get(self.preference, "")
        return preferred or self.full or self.roman or self.alias

    @property
    def display_kana(self) -> str:
        """The reading of :attr:`display`."""
        if self.preference == "2" and self.alias and self.alias_kana:
            return self.alias_kana
        return self.kana_full

    @property
    def is_blank(self) -> bool:
        """Whether no name is registered yet (命名前)."""
        return not (self.full or self.roman or self.kanji or self.alias)


@dataclass(frozen=True, slots=True)
class Address:
    """An address of the register (住所), in the parts the register holds.

    :param machiaza_id: Town id (町字ID, 7 digits): ``0000000`` no town, ``9999999`` not in the
        address base registry (アドレス・ベース・レジストリ).
    :param town: Town (町字).
    :param lot: Lot or block number (番地号表記).
    :param building: Building and room (方書).
    :param postcode: Seven digits without a hyphen (郵便番号).
    """

    municipality_code: str = ""
    machiaza_id: str = ""
    prefecture: str = ""
    city: str = ""
    town: str = ""
    lot: str = ""
    building: str = ""
    postcode: str = ""

    is_masked: ClassVar[bool] = False

    @property
    def line(self) -> str:
        """The address in one line, the building after a full-width space."""
        place = f"{self.prefecture}{self.city}{self.town}{self.lot}"
        return f"{place}　{self.building}" if self.building else place

    def __str__(self) -> str:
        return self.line


@dataclass(frozen=True, slots=True)
class FormerRow:
    """An earlier row of a person's history (履歴), kept where name or address differ from today's.

    :param moved_on: Day from which the row held (異動年月日).
    """

    name: PersonName
    address: Address | Masked = field(default_factory=Address)
    moved_on: date | None = None


@dataclass(frozen=True, slots=True)
class Resident:
    """One person as the resident register holds them now (住民票).

    ``address``, ``household`` and ``head_name`` may be :class:`Masked` when they come out of the
    directory, as may be what a purpose does not see; a source always gives them in the open.

    :param household: ``None`` for a person outside the register (住登外者).
    :param sex: Code, see :class:`Sex`; ``kind`` see :class:`Kind`; ``status`` see :class:`Status`.
    :param relationship: Relationship to the head in words (続柄表記).
    :param head_name: Name of the head of the household (世帯主氏名).
    :param resident_since: Day of becoming a resident (住民となった年月日).
    :param moved_on: Day of the latest change (異動年月日); ``move_reason`` its code (異動事由).
    :param nationality: Nationality in words (国籍名等).
    :param is_protected: Support measures apply (支援措置): the location must not become known.
    :param other_business_hidden: Not to be seen by other business (他業務参照不可フラグ).
    :param business_id: Business that the row belongs to (業務ID).
    :param history: Earlier rows whose name or address differ, the newest first.
    """

    id: PersonId
    name: PersonName
    birth: FuzzyDate
    household: HouseholdId | Masked | None = None
    address: Address | Masked = field(default_factory=Address)
    sex: str = Sex.UNKNOWN.value
    kind: str = Kind.JAPANESE.value
    status: str = Status.RESIDENT.value
    relationship: str = ""
    head_name: str | Masked = ""
    resident_since: date | None = None
    moved_on: date | None = None
    move_reason: str = ""
    nationality: str = ""
    is_protected: bool = False
    other_business_hidden: bool = False
    business_id: str = ""
    history: tuple[FormerRow, ...] = ()
