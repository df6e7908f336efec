"""Typesetting (組版): a layout file and data in, PDF or pictures out; knows no database and no HTTP."""

from govkit.base.typesetting.fonts import Fonts, PrintingNotInstalled, Unshown
from govkit.base.typesetting.kinds import DocumentKind, SheetSet
from govkit.base.typesetting.press import LayoutBroken, Press, Unprintable

__all__ = [
    "DocumentKind",
    "Fonts",
    "LayoutBroken",
    "Press",
    "PrintingNotInstalled",
    "SheetSet",
    "Unprintable",
    "Unshown",
]
