"""Where the starters (ひな形) are: inside the wheel, or at the root of the repository."""

from pathlib import Path

from govkit.errors import Refused

__all__ = ["ADAPTER", "APP", "MODULE", "starter"]

APP = "cookiecutter-municipal-app"
"""A municipality's application."""
MODULE = "templates/module"
"""A shared module."""
ADAPTER = "templates/adapter"
"""An adapter of resident data."""

_PACKAGE = Path(__file__).resolve().parent.parent


def starter(name: str) -> Path:
    """Directory of a starter.

    The wheel carries the starters in ``govkit/_starters``; an editable install does not see that
    copy and takes them from the repository.

    :raises Refused: When the installation lacks it.
    """
    for root in (_PACKAGE / "_starters", _PACKAGE.parent):
        if (root / name / "cookiecutter.json").is_file():
            return root / name
    raise Refused("ひな形「{name}」がありません。govkit-jp を入れ直してください。", name=name)
