"""Cases of one field as tables: what is typed, the data it gives, the code of the error.

::

    CASES = [
        ("〒１９０－００１５", "1900015", ""),
        ("190", None, "postcode_wrong_length"),
    ]

    @pytest.mark.parametrize("case", CASES, ids=repr)
    def test_postcodes(case):
        check(PostcodeField, case)
"""

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from govkit.forms import Form

NAME = "value"


def posted(field: Any, typed: Any, **options: Any) -> Any:
    """The field after a form that holds nothing else was sent and validated.

    ``field`` is a class of fields, which gets the ``options``, or a declared field. ``typed`` is a
    text, a list of texts, a mapping by part or sub-field, or ``None``: not sent at all.
    """
    declared = field("項目", **options) if isinstance(field, type) else field
    form_class = type("OneField", (Form,), {NAME: declared})
    form = form_class(MultiDict([("sent", "1"), *_pairs(typed)]))
    form.validate()
    return form[NAME]


def _pairs(typed: Any) -> list[tuple[str, Any]]:
    if typed is None:
        return []
    if isinstance(typed, Mapping):
        return [(f"{NAME}-{part}", text) for part, text in typed.items()]
    return [(NAME, text) for text in ([typed] if isinstance(typed, str) else typed)]


def outcome(field: Any, typed: Any, **options: Any) -> tuple[Any, str]:
    """Data and code of the first error, of which one is always blank."""
    read = posted(field, typed, **options)
    return (None, read.error_code) if read.errors else (read.data, "")


def check(field: Any, case: tuple[Any, Any, str], **options: Any) -> None:
    """Compare the outcome with a case; after an error what was typed must be shown again, escaped."""
    typed, data, code = case
    read = posted(field, typed, **options)
    assert (None if read.errors else read.data, read.error_code) == (data, code)
    assert all(message.strip() for message in read.errors)
    assert "<script" not in read()
