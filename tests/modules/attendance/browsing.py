"""Pages of the roll call as a browser holds them."""

import html
import re
from datetime import date
from typing import Any
from uuid import UUID

TODAY = date(2026, 11, 24)


def page_of(city: Any, day: date = TODAY, class_id: UUID | None = None) -> str:
    """Address of a class's roll call."""
    return f"/attendance/{class_id or city.class_id}/{day}"


def fields_of(page: str) -> dict[str, str]:
    """What a browser would send from the page as it stands."""
    found = {}
    for tag in re.findall(r"<input [^>]*>", page):
        written = re.findall(r'([a-z-]+)="([^"]*)"', tag)
        attributes = {name: html.unescape(value) for name, value in written}
        if attributes["type"] == "radio" and " checked" not in tag:
            continue
        if attributes.get("name") not in (None, "csrf_token"):
            found[attributes["name"]] = attributes.get("value", "")
    for name, options in re.findall(
        r'<select [^>]*name="([^"]*)".*?>(.*?)</select>', page, re.DOTALL
    ):
        found[name] = "".join(re.findall(r'value="([^"]*)" selected', options))
    return found
