"""One out of a long list, found by typing: countries, schools, municipalities."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from wtforms.utils import unset_value

from govkit.forms.choices import Choice, ChoiceField
from govkit.forms.messages import Invalid
from govkit.forms.widgets import TemplateWidget
from govkit.jp.text import drop_invisible, fold_width, search_key, to_katakana

__all__ = ["SearchField"]

MOST_CANDIDATES: Final = 20
"""Candidates that are offered; with more, one is asked to type more."""

Options = tuple[tuple[str, str], ...]
Readings = tuple[tuple[str, tuple[str, ...]], ...]


class SearchField(ChoiceField):
    """One out of a long list: type its name, its reading or its code.

    The browser offers the titles while one types (``<datalist>``). The server finds the choice by
    code, title or reading, in any width and kana; where several fit, it offers them as radio
    buttons, so that it works without a script. The data is the value of the choice.

    The choices must be there when the form is made.

    :param readings: Other words by value, under which a choice is found: readings, old names.
    """

    autocomplete = "off"
    widget = TemplateWidget("search.html")

    def __init__(
        self,
        label: str,
        *args: Any,
        readings: Mapping[Any, str | Sequence[str]] | None = None,
        **options: Any,
    ) -> None:
        self.readings = readings or {}
        self.candidates: list[Choice] = []
        super().__init__(label, *args, **options)

    def process(
        self, formdata: Any, data: Any = unset_value, extra_filters: Sequence[Any] | None = None
    ) -> None:
        """Remember which of the candidates was chosen, if any."""
        self.candidates = []
        self._picked = ("", "")
        if formdata is not None:
            picked, typed = (formdata.getlist(f"{self.name}-{part}") for part in ("pick", "for"))
            self._picked = (str(picked[0]) if picked else "", str(typed[0]) if typed else "")
        super().process(formdata, data, extra_filters)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Find the choice; a candidate counts as long as the text above it has not changed."""
        self.data = None
        text = self.clean(str(valuelist[0])) if valuelist else ""
        if not text:
            return
        self.guard(text)
        picked, typed_before = self._picked
        if picked and text == typed_before and picked in dict(self.options()):
            self.data = self.coerced(picked)
        else:
            self.data = self._found(text)

    def _found(self, text: str) -> Any:
        options = self.options()
        found = _index(options, self._words()).find(text)
        if len(found) == 1:
            return self.coerced(found[0])
        if not found:
            sentence = "「{label}」に合うものが見つかりません。名前の一部か読みを入力してください"
            raise Invalid(self.gettext(sentence), "choice_not_found")
        if len(found) > MOST_CANDIDATES:
            sentence = "{label}は、合うものが{count}件あります。もう少し続けて入力してください"
            raise Invalid(self.gettext(sentence, count=len(found)), "choice_too_many")
        titles = dict(options)
        self.candidates = [
            Choice(f"{self.id}-{number}", value, titles[value], False)
            for number, value in enumerate(found)
        ]
        sentence = "{label}は、合うものが{count}件あります。下から選んでください"
        raise Invalid(self.gettext(sentence, count=len(found)), "choice_ambiguous")

    def _words(self) -> Readings:
        return tuple(
            (str(value), (words,) if isinstance(words, str) else tuple(words))
            for value, words in self.readings.items()
        )

    @property
    def text(self) -> str:
        """After an error what was typed, else the title of the choice."""
        if self.raw_data and (self.errors or self.process_errors):
            return str(self.raw_data[0]).encode("utf-8", "replace").decode()
        return super().text

    @property
    def typed(self) -> str:
        """What the candidates were found for."""
        return self.clean(self.text)

    @property
    def candidates_title(self) -> str:
        """Legend of the candidates."""
        return self.gettext("{label}の候補")

    def required_message(self) -> str:
        """What to do when nothing was typed."""
        return self.gettext("{label}を入力してください")

    def focus_id_of(self, part: str) -> str:
        """The first candidate, else the control."""
        return self.candidates[0].id if self.candidates else self.focus_id

    def attributes(self) -> Mapping[str, str | None]:
        """With the list that the browser offers."""
        return {**super().attributes(), "list": f"{self.id}-list"}

    def titles_offered(self) -> Iterator[str]:
        """Titles that the browser offers."""
        return (title for _value, title in self.options())


def _plain(text: str) -> str:
    return "".join(to_katakana(fold_width(drop_invisible(text))).lower().split())


class _Index:
    def __init__(self, options: Options, readings: Readings) -> None:
        words = dict(readings)
        self._codes: dict[str, list[str]] = {}
        self._exact: dict[str, list[str]] = {}
        self._similar: list[tuple[str, str]] = []
        for value, title in options:
            self._codes.setdefault(_plain(value), []).append(value)
            for word in (title, *words.get(value, ())):
                self._exact.setdefault(_plain(word), []).append(value)
                self._similar.append((search_key(word), value))

    def find(self, text: str) -> list[str]:
        """Values that fit best: by code, exactly, alike, at the beginning, anywhere."""
        plain, key = _plain(text), search_key(text)
        for exact in (self._exact, self._codes):
            if plain in exact:
                return list(dict.fromkeys(exact[plain]))
        rules: list[Callable[[str], bool]] = [
            lambda word: word == key,
            lambda word: word.startswith(key),
            lambda word: key in word,
        ]
        for fits in rules if key else ():
            found = dict.fromkeys(value for word, value in self._similar if fits(word))
            if found:
                return list(found)
        return []


@lru_cache(maxsize=64)
def _index(options: Options, readings: Readings) -> _Index:
    return _Index(options, readings)
