"""What the stand-in answers: the calls of a :class:`RestLayout` over sources of residents."""

import base64
import binascii
import json
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any, Final
from urllib.parse import parse_qsl

from govkit.residents.adapters.rest_client import Clock, Provider
from govkit.residents.adapters.rest_rows import rows_of
from govkit.residents.adapters.rest_settings import Condition, RestLayout
from govkit.residents.matching import Matcher, NameMatch, ResidentQuery
from govkit.residents.records import PersonId, Resident
from govkit.residents.source import ResidentSource
from govkit.testing.resident_api.faults import ApiFault, Reply
from govkit.testing.resident_api.tokens import TokenDesk

__all__ = ["ResidentApi"]

_CLIENT_ID: Final = "govkit0stand0in0client0000000001"
_CLIENT_SECRET: Final = "a secret of the stand-in, which is no secret"
_EVERYBODY: Final = 10_000_000
_LONGEST: Final = 100
_NUMBER: Final = 15
_AGREEING: Final = 3
_TEXTS: Final = (
    Condition.NAME,
    Condition.KANA,
    Condition.SEX,
    Condition.HOUSEHOLD_NUMBER,
    Condition.MACHIAZA_ID,
    Condition.ADDRESS,
    Condition.BUILDING,
    Condition.POSTCODE,
)


class _Refused(Exception):
    """A request that the standard answers with 400 and this code."""


class ResidentApi:
    """The interface itself, without a network.

    :param sources: What each call for people answers from, by name of the call; exchange them
        while it runs as you like. The call for protected people answers from all of them.
    :param items: Further items of a person, by id and Japanese name: those of people outside the
        register (住登外者).
    :param clock: Tells when tokens end.
    :ivar asked: Number of requests by path.
    :ivar calls: Names of all calls.
    :ivar desk: The token endpoint.
    :ivar slow_seconds: How long a slow answer takes.
    """

    token_path: Final = "/oauth2/token"
    introspection_path: Final = "/oauth2/introspect"

    def __init__(
        self,
        sources: Mapping[str, ResidentSource],
        *,
        municipality_code: str,
        layout: RestLayout | None = None,
        items: Mapping[PersonId, Mapping[str, str]] | None = None,
        clock: Clock = time,
    ) -> None:
        self.sources = dict(sources)
        self.layout = layout or RestLayout()
        self.items = dict(items or {})
        self.asked: Counter[str] = Counter()
        self.slow_seconds = 1.0
        self._municipality_code = municipality_code
        self._faults: list[tuple[ApiFault, str]] = []
        self._lock = threading.Lock()
        more = (self.layout.protection_call, self.layout.candidates_call)
        self.calls = tuple(dict.fromkeys((*self.sources, *more)))
        scopes = frozenset(f"{call[:3]}:{call}:Read" for call in self.calls)
        self.desk = TokenDesk(_CLIENT_ID, _CLIENT_SECRET, scopes, clock)

    def provider(self, url: str, **changes: Any) -> Provider:
        """How a client reaches it under a URL."""
        parts = {
            "base_url": url,
            "token_url": f"{url}{self.token_path}",
            "client_id": _CLIENT_ID,
            "client_secret": _CLIENT_SECRET,
        }
        return Provider(**(parts | changes))

    def fail(self, fault: ApiFault, *, times: int = 1, path: str = "") -> None:
        """Spoil the next answers, those of one path or those of the calls."""
        with self._lock:
            self._faults += [(fault, path)] * times

    def recover(self) -> None:
        """Take back the faults that were not used yet."""
        with self._lock:
            self._faults.clear()

    def next_fault(self, path: str) -> ApiFault | None:
        """The fault with which to answer this path, each once."""
        with self._lock:
            for position, (fault, at) in enumerate(self._faults):
                if at == path or (not at and path.lstrip("/") in self.calls):
                    del self._faults[position]
                    return fault
        return None

    def answer(self, path: str, headers: Mapping[str, str], body: bytes, url: str) -> Reply:
        """The answer to a POST.

        :param headers: By name in lower case.
        :param url: The URL under which the stand-in is reached.
        """
        with self._lock:
            self.asked[path] += 1
        if path in (self.token_path, self.introspection_path):
            form = dict(parse_qsl(body.decode("ascii", "replace")))
            act = self.desk.issue if path == self.token_path else self.desk.introspect
            with self._lock:
                return act(form, headers, f"{url}{self.token_path}")
        call = path.lstrip("/")
        if call not in self.calls:
            return Reply(404, b"Not Found", {"Content-Type": "text/plain"})
        scope = f"{call[:3]}:{call}:Read"
        refused = self.desk.refusal(headers.get("authorization", ""), scope)
        return refused or self._called(call, body)

    def _called(self, call: str, body: bytes) -> Reply:
        try:
            asked = json.loads(body)
            if not isinstance(asked, dict):
                raise _Refused("E0002")
            found = self._page(call, asked)
        except ValueError:
            return _refusal("E0002")
        except _Refused as refused:
            return _refusal(str(refused))
        return Reply.json(found)

    def _page(self, call: str, asked: Mapping[str, Any]) -> dict[str, object]:
        layout = self.layout
        code, size = asked.get(layout.item("市区町村コード")), asked.get(layout.page_size)
        if code is None or size is None:
            raise _Refused("E0001")
        if code != self._municipality_code or type(size) is not int or not 0 < size <= 500:
            raise _Refused("E0002")
        people = sorted(self._people(call, asked), key=lambda one: one.id)
        after = _read_mark(asked.get(layout.page_mark, ""))
        rest = [one for one in people if one.id.addressee_number > after]
        page = rest[:size]
        found: dict[str, object] = {
            layout.total: len(people),
            layout.rows: [row for one in page for row in self._rows(call, one)],
        }
        if len(rest) > size:
            found[layout.page_mark] = _mark(page[-1].id.addressee_number)
        return found

    def _rows(self, call: str, one: Resident) -> Iterable[Mapping[str, str]]:
        item = self.layout.item
        if call == self.layout.protection_call:
            values = {
                "市区町村コード": one.id.municipality_code,
                "宛名番号": one.id.addressee_number,
                "措置区分": "1",
                "履歴番号": "1",
                "最新フラグ": "1",
                "削除フラグ": "0",
            }
            return [{item(name): value for name, value in values.items()}]
        more = {item(name): text for name, text in self.items.get(one.id, {}).items()}
        return [row | more for row in rows_of(one, self.layout)]

    def _people(self, call: str, asked: Mapping[str, Any]) -> Iterable[Resident]:
        given = {
            name: asked[parameter]
            for name, parameter in self.layout.conditions.items()
            if parameter in asked
        }
        if not given:
            raise _Refused("E0004")
        _check(given)
        if call == self.layout.protection_call:
            sources = self.sources.values()
            return [
                one
                for each in sources
                for one in self._found(each, given, asked)
                if one.is_protected
            ]
        if call == self.layout.candidates_call:
            return self._candidates(given)
        return self._found(self.sources[call], given, asked)

    def _found(
        self, source: ResidentSource, given: Mapping[Condition, Any], asked: Mapping[str, Any]
    ) -> Iterable[Resident]:
        numbers = given.get(Condition.ADDRESSEE_NUMBER)
        texts: dict[str, Any] = {name.value: given[name] for name in _TEXTS if name in given}
        people: Iterable[Resident]
        if texts:
            query = ResidentQuery(**texts, **self._how(texts, asked))
            people = source.search(query, _EVERYBODY)
        elif numbers is not None:
            ids = [PersonId(self._municipality_code, number) for number in numbers]
            people = source.get_many(ids).values()
        else:
            people = source.born_between(date.min, date.max)
        first, last = given.get(Condition.BIRTH_FROM, ""), given.get(Condition.BIRTH_TO, "~")
        unsure = given.get(Condition.BIRTH_UNSURE) == "1"
        return [
            one
            for one in people
            if (numbers is None or one.id.addressee_number in numbers)
            and first <= one.birth.written <= last
            and (one.birth.unknown or not unsure)
        ]

    def _how(self, texts: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
        if not ({"name", "kana"} & texts.keys()):
            return {}
        codes = {code: how for how, code in self.layout.match_codes.items()}
        how = codes.get(asked.get(self.layout.name_match, ""))
        if how is None:
            raise _Refused("E0001")
        return {"name_match": how, "history": asked.get(self.layout.history) != "0"}

    def _candidates(self, given: Mapping[Condition, Any]) -> Sequence[Resident]:
        born = date.fromisoformat(given.get(Condition.BIRTH_FROM, ""))
        query = ResidentQuery(
            name=given.get(Condition.NAME, ""),
            name_match=NameMatch.EXACT,
            sex=given.get(Condition.SEX, ""),
            birth_from=born,
            birth_to=born,
            address=given.get(Condition.ADDRESS, ""),
        )
        matchers = [Matcher(one) for one in query.conditions().values()]
        people = (
            one for each in self.sources.values() for one in each.born_between(date.min, date.max)
        )
        near = (
            one for one in people if sum(m.match(one) is not None for m in matchers) >= _AGREEING
        )
        return list(islice(near, _LONGEST))


def _refusal(code: str) -> Reply:
    message = "リクエストの内容を確認してください。"
    return Reply.json({"errors": [{"code": code, "message": message}]}, 400)


def _check(given: Mapping[Condition, Any]) -> None:
    """Characters first, then lengths, then how they fit together."""
    numbers = given.get(Condition.ADDRESSEE_NUMBER, ["0"])
    if not isinstance(numbers, list) or not numbers:
        raise _Refused("E0002")
    texts = [value for name, value in given.items() if name is not Condition.ADDRESSEE_NUMBER]
    if not all(isinstance(text, str) for text in (*numbers, *texts)):
        raise _Refused("E0002")
    if not all(text.isascii() and text.isalnum() for text in numbers):
        raise _Refused("E0002")
    if any(len(text) > _NUMBER for text in numbers) or any(len(text) > _LONGEST for text in texts):
        raise _Refused("E0003")
    for name in (Condition.BIRTH_FROM, Condition.BIRTH_TO):
        if name in given:
            date.fromisoformat(given[name])
    if given.get(Condition.BIRTH_FROM, "") > given.get(Condition.BIRTH_TO, "~"):
        raise _Refused("E0004")


def _mark(number: str) -> str:
    return base64.urlsafe_b64encode(number.encode()).decode()


def _read_mark(mark: object) -> str:
    if not isinstance(mark, str):
        raise _Refused("E0002")
    try:
        return base64.urlsafe_b64decode(mark).decode("ascii")
    except (binascii.Error, ValueError):
        raise _Refused("E0004") from None
