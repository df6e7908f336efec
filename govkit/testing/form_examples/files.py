"""Uploaded files."""

from io import BytesIO
from typing import Any, Final

from govkit import forms
from govkit.testing.form_examples.registry import example

__all__ = ["EXAMPLES", "SentFile"]


class SentFile:
    """A file as a web framework hands it over.

    :ivar stream: What is in it.
    """

    def __init__(self, filename: str, content: bytes) -> None:
        self.filename = filename
        self.stream = BytesIO(content)


PDF: Final = b"%PDF-1.7\n1 0 obj"


@example(
    good=[SentFile("転入通知.pdf", PDF)],
    bad=[SentFile("転入通知.pdf", b"PK\x03\x04")],
)
def notice() -> Any:
    """ファイル1つ

    名前の終わりだけでなく中身で種類を確かめます。エラーのあとも、次の画面へ進んでも、選んだファイルは残ります。
    """
    return forms.FileField("転入通知の写し", types=("pdf", "jpeg"), max_megabytes=5, required=True)


@example(
    good=[SentFile("証明書.pdf", PDF), SentFile("同意書.pdf", PDF)],
    bad=[SentFile("空.pdf", b"")],
)
def papers() -> Any:
    """ファイルいくつか

    送ったファイルは一覧になり、1つずつ取り消せます。JavaScriptが無くても動きます。
    """
    return forms.FilesField(
        "添付書類", types=("pdf", "jpeg", "png"), max_megabytes=5, max_files=3, required=True
    )


EXAMPLES: Final = [notice, papers]
"""In the order of the page."""
