"""Languages of the user interface: Japanese in the source, other languages from catalogues.

Message ids are the Japanese sentences themselves, so Japanese needs no catalogue. Catalogues are
``.po`` files, read once per process: govkit's own under ``govkit/translations/<language>.po`` and
those that an application adds with :func:`add_catalogue`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from markupsafe import Markup

from govkit import translations
from govkit.errors import Problem

__all__ = [
    "LANGUAGES",
    "LazyText",
    "add_catalogue",
    "gettext",
    "language",
    "lazy_gettext",
    "problem_text",
    "set_language",
    "use_language",
]

LANGUAGES = {"ja": "日本語", "en": "English"}
"""Languages that the user interface speaks, by code, each named in itself."""

_current: ContextVar[str] = ContextVar("govkit_language", default="ja")
_directories: list[Path] = [translations.FOLDER]


def add_catalogue(directory: Path) -> None:
    """Add a directory of ``<language>.po`` files; later ones override earlier ones."""
    if directory not in _directories:
        _directories.append(directory)
        _catalogue.cache_clear()


def language() -> str:
    """Code of the language in use."""
    return _current.get()


def set_language(code: str) -> None:
    """Speak a language from now on in this context; the web layer does so for each request."""
    _current.set(code if code in LANGUAGES else "ja")


@contextmanager
def use_language(code: str) -> Iterator[None]:
    """Speak a language inside the block; unknown codes mean Japanese."""
    token = _current.set(code if code in LANGUAGES else "ja")
    try:
        yield
    finally:
        _current.reset(token)


@cache
def _catalogue(code: str) -> dict[str, str]:
    messages: dict[str, str] = {}
    for directory in _directories:
        path = directory / f"{code}.po"
        if path.is_file():
            messages |= translations.read_catalogue(path)
    return messages


def gettext(text: str, **params: object) -> str:
    """The text in the language in use, with its ``{placeholders}`` filled."""
    code = _current.get()
    translated = text if code == "ja" else _catalogue(code).get(text, text)
    return translated.format(**params) if params else translated


def problem_text(problem: Problem) -> str:
    """Place and sentence of a problem in the language in use."""
    row = gettext("{row}行目", row=problem.row) if problem.row is not None else ""
    column = gettext("「{column}」", column=problem.column) if problem.column else ""
    place = " ".join(part for part in (problem.file, problem.sheet, f"{row}{column}") if part)
    sentence = gettext(problem.text, **problem.params)
    return gettext("{place}：{sentence}", place=place, sentence=sentence) if place else sentence


class LazyText(str):
    """A text of a declaration, translated when it is shown; equal to its Japanese source."""

    __slots__ = ()

    def __str__(self) -> str:
        """The text in the language in use."""
        return gettext(str.__str__(self))

    def __html__(self) -> str:
        """Escaped for HTML in the language in use."""

        return Markup.escape(str(self))

    def __format__(self, spec: str) -> str:
        """Format the translated text."""
        return format(str(self), spec)


def lazy_gettext(text: str) -> LazyText:
    """Mark a text in a declaration at module level for translation at display time."""
    return LazyText(text)
