"""Conditions of questions: one rule, evaluated on the server, decides what is shown and required.

::

    When("kind", equals="in")                         kind = in
    When("kind", is_in=("in", "move"))                kind = in, move
    When("note", filled=True)                         note
    When("days", ticked="mon")                        days = mon
    When("children", compares=(">=", 2))              children >= 2
    all_of(When(...), not_(When(...)))                kind = in and not note

A question whose rule does not hold is neither required nor validated, and its value is no part of
the data. What was typed into it stays in the draft, so that going back and forth loses nothing.

On the right stands the text form (:meth:`Rule.parse`), for definitions that people write: ``,``
lists values of which one is enough, ``and`` binds closer than ``or``, values with spaces stand in
``"quotes"``. A name may lead into a block or another step: ``address.postcode``.
"""

import operator
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, NoReturn

from govkit.errors import InvalidValue

__all__ = [
    "ALWAYS",
    "NEVER",
    "InvalidRule",
    "Rule",
    "RuleProblem",
    "When",
    "all_of",
    "any_of",
    "lookup",
    "not_",
]

_COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<quoted>"[^"]*")|(?P<mark>!=|>=|<=|[=<>(),])|(?P<word>[^\s=<>!(),"]+)|(?P<bad>\S))"""
)
_WORDS: Final = frozenset({"and", "or", "not"})
# Full-width marks are what a Japanese keyboard gives.
_MARKS: Final = str.maketrans("＝＜＞（），、！”“", '=<>(),,!""')


class RuleProblem(StrEnum):
    """Why the text of a rule cannot be read."""

    EMPTY = "rule_empty"
    NAME_EXPECTED = "rule_name_expected"
    VALUE_EXPECTED = "rule_value_expected"
    NUMBER_EXPECTED = "rule_number_expected"
    NOT_CLOSED = "rule_not_closed"
    LEFT_OVER = "rule_left_over"


_TEXTS: Final = {
    RuleProblem.EMPTY: "条件が空です。「kind = in」のように書いてください",
    RuleProblem.NAME_EXPECTED: "{at}文字目に項目の名前を書いてください（例：kind = in）",
    RuleProblem.VALUE_EXPECTED: "{at}文字目に値を書いてください（例：kind = in）",
    RuleProblem.NUMBER_EXPECTED: "{at}文字目に数を書いてください（例：children >= 2）",
    RuleProblem.NOT_CLOSED: "{at}文字目に「)」を書いて、かっこを閉じてください",
    RuleProblem.LEFT_OVER: "{at}文字目の「{found}」は、and か or の後に書いてください",
}


class InvalidRule(InvalidValue):
    """The text of a rule cannot be read.

    :param position: Character where it goes wrong, the first being 1.
    :param found: What stands there.
    """

    def __init__(self, problem: RuleProblem, position: int, found: str = "") -> None:
        super().__init__(problem)
        self.position = position
        self.found = found
        self.text = _TEXTS[problem].format(at=position, found=found)

    def __str__(self) -> str:
        """What to do, with the place."""
        return self.text


def lookup(answers: Mapping[str, Any], name: str) -> Any:
    """The answer of a name; a dot leads into a block, unless the whole name is a key."""
    if name in answers:
        return answers[name]
    head, _, rest = name.partition(".")
    inner = answers.get(head)
    return lookup(inner, rest) if rest and isinstance(inner, Mapping) else None


def _is_filled(answer: Any) -> bool:
    if isinstance(answer, Mapping):
        return any(_is_filled(each) for each in answer.values())
    is_empty = isinstance(answer, str | list | tuple | set | frozenset) and not answer
    return answer is not None and answer is not False and not is_empty


def _texts(answer: Any) -> Collection[str]:
    if isinstance(answer, list | tuple | set | frozenset):
        return {str(each) for each in answer}
    return () if answer is None else (str(answer),)


class Rule(ABC):
    """A condition on the answers; ``&``, ``|`` and ``~`` combine rules."""

    @abstractmethod
    def holds(self, answers: Mapping[str, Any]) -> bool:
        """Whether it is met by the answers, by name; what was not answered is absent or ``None``."""

    @property
    @abstractmethod
    def leaves(self) -> "tuple[When, ...]":
        """The single conditions it is made of."""

    @abstractmethod
    def given(self, answers: Mapping[str, Any], open_names: Collection[str]) -> "Rule":
        """What is left to decide when all answers but those of some names are settled."""

    @abstractmethod
    def as_data(self) -> list[Any]:
        """The rule for ``forms-conditions.js``: lists that begin with the kind."""

    @property
    def names(self) -> frozenset[str]:
        """Names whose answers it needs."""
        return frozenset(leaf.name for leaf in self.leaves)

    def unknown(self, known: Mapping[str, Collection[str] | None]) -> tuple[str, ...]:
        """Names, and values as ``name = value``, that can never match: slips of the pen.

        :param known: Every name there is, with the values it can have where it offers a choice.
        """
        found = []
        for leaf in self.leaves:
            if leaf.name not in known:
                found.append(leaf.name)
                continue
            offered = known[leaf.name]
            if offered is not None and leaf.test == "=":
                found += [f"{leaf.name} = {each}" for each in leaf.values if each not in offered]
        return tuple(found)

    @staticmethod
    def parse(text: str) -> "Rule":
        """Read the text form.

        :raises InvalidRule: With the place.
        """
        return _Reader(text).read()

    def __and__(self, other: "Rule") -> "Rule":
        return all_of(self, other)

    def __or__(self, other: "Rule") -> "Rule":
        return any_of(self, other)

    def __invert__(self) -> "Rule":
        return not_(self)


@dataclass(frozen=True, slots=True, init=False)
class When(Rule):
    """A condition on one answer; exactly one of the options is given.

    :param equals: The answer, or one of several ticked answers, is this value.
    :param is_in: … is one of these values.
    :param filled: Something was answered.
    :param ticked: ``True``: the box is ticked; a value: that box of the group is.
    :param compares: Operator and number, such as ``(">=", 2)``.
    """

    name: str
    test: str
    values: tuple[str, ...]

    def __init__(
        self,
        name: str,
        *,
        equals: object = None,
        is_in: Iterable[object] = (),
        filled: bool = False,
        ticked: object = None,
        compares: tuple[str, int | Decimal] | None = None,
    ) -> None:
        if not _NAME.fullmatch(name):
            raise InvalidRule(RuleProblem.NAME_EXPECTED, 1, name)
        put = object.__setattr__
        wanted = [equals, *is_in, None if ticked is True else ticked]
        values = tuple(str(each) for each in wanted if each is not None)
        test = "="
        if compares is not None:
            test, values = compares[0], (str(Decimal(compares[1])),)
            _COMPARE[test]
        elif not values:
            if not filled and ticked is not True:
                raise InvalidRule(RuleProblem.VALUE_EXPECTED, len(name) + 1)
            test = "filled"
        put(self, "name", name)
        put(self, "test", test)
        put(self, "values", values)

    def holds(self, answers: Mapping[str, Any]) -> bool:
        """Whether the answer is as wanted."""
        answer = lookup(answers, self.name)
        if self.test == "filled":
            return _is_filled(answer)
        if self.test == "=":
            return not set(self.values).isdisjoint(_texts(answer))
        number = len(answer) if isinstance(answer, list | tuple) else answer
        if isinstance(number, bool) or not isinstance(number, int | Decimal):
            return False
        return _COMPARE[self.test](Decimal(number), Decimal(self.values[0]))

    @property
    def leaves(self) -> "tuple[When, ...]":
        """Itself."""
        return (self,)

    def given(self, answers: Mapping[str, Any], open_names: Collection[str]) -> Rule:
        """Itself while the answer is open, else whether it holds."""
        if self.name in open_names:
            return self
        return ALWAYS if self.holds(answers) else NEVER

    def as_data(self) -> list[Any]:
        """Kind, name and values."""
        return [self.test, self.name, *self.values]

    def __str__(self) -> str:
        """The text form."""
        if self.test == "filled":
            return self.name
        return f"{self.name} {self.test} {', '.join(map(_quoted, self.values))}"


def _quoted(value: str) -> str:
    match = _TOKEN.fullmatch(value)
    plain = match is not None and match["word"] == value and value not in _WORDS
    return value if plain and value.translate(_MARKS) == value else f'"{value}"'


@dataclass(frozen=True, slots=True)
class _Several(Rule):
    word: str
    rules: tuple[Rule, ...]

    def holds(self, answers: Mapping[str, Any]) -> bool:
        held = (rule.holds(answers) for rule in self.rules)
        return all(held) if self.word == "and" else any(held)

    @property
    def leaves(self) -> tuple[When, ...]:
        return tuple(leaf for rule in self.rules for leaf in rule.leaves)

    def given(self, answers: Mapping[str, Any], open_names: Collection[str]) -> Rule:
        combine = all_of if self.word == "and" else any_of
        return combine(*(rule.given(answers, open_names) for rule in self.rules))

    def as_data(self) -> list[Any]:
        return [self.word, *(rule.as_data() for rule in self.rules)]

    def __str__(self) -> str:
        return f" {self.word} ".join(
            f"({each})" if isinstance(each, _Several) else str(each) for each in self.rules
        )


@dataclass(frozen=True, slots=True)
class _Not(Rule):
    rule: Rule

    def holds(self, answers: Mapping[str, Any]) -> bool:
        return not self.rule.holds(answers)

    @property
    def leaves(self) -> tuple[When, ...]:
        return self.rule.leaves

    def given(self, answers: Mapping[str, Any], open_names: Collection[str]) -> Rule:
        return not_(self.rule.given(answers, open_names))

    def as_data(self) -> list[Any]:
        return ["not", self.rule.as_data()]

    def __str__(self) -> str:
        return f"not ({self.rule})" if isinstance(self.rule, _Several) else f"not {self.rule}"


ALWAYS: Final[Rule] = _Several("and", ())
"""Holds whatever was answered."""
NEVER: Final[Rule] = _Several("or", ())
"""Never holds."""


def _combined(word: str, rules: Iterable[Rule]) -> Rule:
    settled, neutral = (NEVER, ALWAYS) if word == "and" else (ALWAYS, NEVER)
    left: list[Rule] = []
    for rule in rules:
        if rule == settled:
            return settled
        if rule == neutral:
            continue
        is_same = isinstance(rule, _Several) and rule.word == word
        left += rule.rules if is_same and isinstance(rule, _Several) else (rule,)
    return left[0] if len(left) == 1 else _Several(word, tuple(left))


def all_of(*rules: Rule) -> Rule:
    """Holds when all of them hold."""
    return _combined("and", rules)


def any_of(*rules: Rule) -> Rule:
    """Holds when at least one of them holds."""
    return _combined("or", rules)


def not_(rule: Rule) -> Rule:
    """Holds when the other does not."""
    if rule in (ALWAYS, NEVER):
        return NEVER if rule == ALWAYS else ALWAYS
    return rule.rule if isinstance(rule, _Not) else _Not(rule)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    position: int
    is_quoted: bool = False


class _Reader:
    """Reads the text form by recursive descent."""

    def __init__(self, text: str) -> None:
        self._end = _Token("", len(text.rstrip()) + 1)
        self._tokens = list(self._split(text.rstrip()))
        self._next = 0

    @staticmethod
    def _split(text: str) -> Iterator[_Token]:
        for match in _TOKEN.finditer(text.translate(_MARKS)):
            kind = match.lastgroup or "bad"
            start, end = match.span(kind)
            if kind == "quoted":
                yield _Token(text[start + 1 : end - 1], start + 1, is_quoted=True)
            else:
                yield _Token(match[kind], start + 1)

    def read(self) -> Rule:
        if not self._tokens:
            raise InvalidRule(RuleProblem.EMPTY, 1)
        rule = self._any()
        if self._next < len(self._tokens):
            self._fail(RuleProblem.LEFT_OVER)
        return rule

    @property
    def _ahead(self) -> _Token:
        return self._tokens[self._next] if self._next < len(self._tokens) else self._end

    def _takes(self, *texts: str) -> str:
        ahead = self._ahead
        if ahead.is_quoted or ahead.text not in texts or ahead is self._end:
            return ""
        self._next += 1
        return ahead.text

    def _fail(self, problem: RuleProblem) -> NoReturn:
        raise InvalidRule(problem, self._ahead.position, self._ahead.text)

    def _any(self) -> Rule:
        rules = [self._all()]
        while self._takes("or"):
            rules.append(self._all())
        return any_of(*rules)

    def _all(self) -> Rule:
        rules = [self._one()]
        while self._takes("and"):
            rules.append(self._one())
        return all_of(*rules)

    def _one(self) -> Rule:
        if self._takes("not"):
            return not_(self._one())
        if self._takes("("):
            rule = self._any()
            if not self._takes(")"):
                self._fail(RuleProblem.NOT_CLOSED)
            return rule
        return self._condition(self._name())

    def _name(self) -> str:
        ahead = self._ahead
        is_name = not ahead.is_quoted and ahead.text not in _WORDS and _NAME.fullmatch(ahead.text)
        if not is_name:
            self._fail(RuleProblem.NAME_EXPECTED)
        self._next += 1
        return ahead.text

    def _condition(self, name: str) -> Rule:
        if sign := self._takes(*_COMPARE):
            return When(name, compares=(sign, self._number()))
        sign = self._takes("=", "!=")
        if not sign:
            return When(name, filled=True)
        values = [self._value()]
        while self._takes(","):
            values.append(self._value())
        rule = When(name, is_in=values)
        return not_(rule) if sign == "!=" else rule

    def _number(self) -> Decimal:
        if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", self._ahead.text):
            self._fail(RuleProblem.NUMBER_EXPECTED)
        return Decimal(self._value())

    def _value(self) -> str:
        ahead = self._ahead
        is_value = ahead.is_quoted or (
            ahead is not self._end and ahead.text not in _WORDS and ahead.text[0] not in '=<>!(),"'
        )
        if not is_value:
            self._fail(RuleProblem.VALUE_EXPECTED)
        self._next += 1
        return ahead.text
