"""Settings of a source or a policy, as a file or as its text (TOML 1.0)."""

import tomllib
from pathlib import Path
from typing import Any

from govkit.errors import InvalidInput, Problem

__all__ = ["read_toml"]


def read_toml(source: Path | str) -> tuple[str, dict[str, Any]]:
    """Name of the file, blank for a text, and the tables in it.

    :raises InvalidInput: ``toml``, with the reason.
    """
    name = source.name if isinstance(source, Path) else ""
    try:
        text = source.read_text(encoding="utf-8-sig") if isinstance(source, Path) else source
        return name, tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        wrong = "UTF-8のTOMLとして読めません。書き方を直してください（{reason}）。"
        raise InvalidInput([Problem("toml", wrong, name, params={"reason": error})]) from None
