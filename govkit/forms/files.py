"""Fields for uploaded files: kept across errors and steps, judged by content, scanned.

::

    papers = FilesField("添付書類", types=("pdf", "jpeg", "png"), max_megabytes=5, max_files=3)

Files are kept when the form has a :class:`~govkit.forms.uploads.Holding` (``meta={"holding": …}``):
what was uploaded is listed with a button that removes it, without a script too. Without a holding a
field hands over what came with this very request.
"""

from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, ClassVar, Final

from wtforms.utils import unset_value

from govkit.forms.fields import Button, Field
from govkit.forms.filekinds import KINDS, clean_filename, numbered, recognise
from govkit.forms.messages import Message, as_message
from govkit.forms.uploads import Holding, Scan, Upload
from govkit.forms.widgets import TemplateWidget

__all__ = ["FileField", "FilesField", "size_in_words"]

_MEGABYTE: Final = 1_000_000

_TEXTS: Final[Mapping[str, str]] = {
    "file_empty": "「{name}」は中身が空です。中身のあるファイルを選んでください",
    "file_wrong_type": "「{name}」は受け付けられません。{label}は{types}のファイルを選んでください",
    "file_wrong_ending": (
        "「{name}」は、名前の終わりと中身が合いません。作ったソフトで保存し直してから選んでください"
    ),
    "file_too_large": "「{name}」は{size}あります。{max}MB以下のファイルを選んでください",
    "files_too_many": "{label}は{max}個までです。「{name}」は加えませんでした",
    "files_too_large": (
        "{label}は合わせて{max}MBまでです。「{name}」は加えませんでした。小さくするか、減らしてください"
    ),
    "file_infected": (
        "「{name}」は安全でないおそれがあるため、受け取りませんでした。別のファイルを選んでください"
    ),
    "file_not_scanned": (
        "「{name}」の安全をいま確かめられません。少し時間をおいて、もう一度選んでください"
    ),
    "file_lost": "前に選んだファイルは保存の期限を過ぎました。もう一度選んでください",
}


def size_in_words(size: int) -> str:
    """A size for people: ``820KB``, ``1.2MB``, in units of 1,000 bytes."""
    if size < _MEGABYTE:
        return f"{max(1, round(size / 1000))}KB"
    return f"{size / _MEGABYTE:.1f}MB"


class FilesField(Field):
    """Several uploaded files; the data is a list of :class:`~govkit.forms.uploads.Upload`.

    The form needs ``enctype="multipart/form-data"`` and ``Form(request.form, files=request.files)``.

    :param types: Names of kinds (:data:`~govkit.forms.filekinds.KINDS`) that are taken, by content
        and by the ending of the name; every file without.
    :param max_megabytes: Limit of each file, in units of 1,000,000 bytes.
    :param max_files: Limit of their number.
    :param max_total_megabytes: Limit of their sum.
    """

    widget = TemplateWidget("files.html", fixed="fixed.html")
    has_files: ClassVar[bool] = True
    is_many: ClassVar[bool] = True
    guards_my_number = False

    def __init__(
        self,
        label: str,
        *args: Any,
        types: Sequence[str] = (),
        max_megabytes: int | None = None,
        max_files: int = 10,
        max_total_megabytes: int | None = None,
        **options: Any,
    ) -> None:
        unknown = set(types) - set(KINDS)
        if unknown:
            raise ValueError(f"unknown kinds of files: {', '.join(sorted(unknown))}")
        self.types = tuple(types)
        self.max_megabytes, self.max_total_megabytes = max_megabytes, max_total_megabytes
        self.max_files = max_files if self.is_many else 1
        self.files: list[Upload] = []
        super().__init__(label, *args, **options)

    # -- reading

    @property
    def holding(self) -> Holding | None:
        """Where the form keeps uploads."""
        found: Holding | None = getattr(self._form.root.meta, "holding", None)
        return found

    def process(
        self, formdata: Any, data: Any = unset_value, extra_filters: Sequence[Any] | None = None
    ) -> None:
        """Begin without files."""
        self.files = []
        super().process(formdata, data, extra_filters)

    def process_data(self, value: Any) -> None:
        """Take the files of the record."""
        self.files = [each for each in self._listed(value) if isinstance(each, Upload)]
        self._set_data()

    def _listed(self, value: Any) -> Sequence[Any]:
        return value if isinstance(value, list | tuple) else [value]

    def _set_data(self) -> None:
        self.data = list(self.files)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take what was kept before, then what was chosen now; what is refused says why."""
        self.files = []
        for token in dict.fromkeys(each for each in valuelist if isinstance(each, str) and each):
            kept = self.holding.find(token) if self.holding else None
            if kept is not None and len(self.files) < self.max_files:
                self.files.append(kept)
            elif self.holding:
                self.refuse("file_lost")
        for sent in valuelist:
            if getattr(sent, "filename", ""):
                self._add(self._upload(sent))
        self._set_data()

    def _upload(self, sent: Any) -> Upload:
        stream = sent.stream
        size = stream.seek(0, 2)
        stream.seek(0)
        return Upload(clean_filename(str(sent.filename)), lambda: stream, size=size)

    def _add(self, upload: Upload) -> None:
        code = self._problem(upload)
        if code:
            limits = {"file_too_large": self.max_megabytes, "files_too_many": self.max_files}
            self.refuse(
                code,
                name=upload.filename,
                size=size_in_words(upload.size),
                types=self.type_names,
                max=limits.get(code, self.max_total_megabytes),
            )
            return
        upload.filename = numbered(upload.filename, [each.filename for each in self.files])
        self._take(self.holding.keep(upload) if self.holding else upload)

    def _take(self, upload: Upload) -> None:
        self.files.append(upload)

    def refuse(self, code: str, **facts: object) -> None:
        """Add the error of a file that is not taken."""
        self.process_errors.append(Message(self.gettext(_TEXTS[code], **facts), code))

    def _problem(self, upload: Upload) -> str:
        """Code of what is wrong with a file, the cheapest check first."""
        if not upload.size:
            return "file_empty"
        if self.max_megabytes and upload.size > self.max_megabytes * _MEGABYTE:
            return "file_too_large"
        if self.is_many and len(self.files) >= self.max_files:
            return "files_too_many"
        total = sum(each.size for each in self.files) + upload.size
        if self.max_total_megabytes and total > self.max_total_megabytes * _MEGABYTE:
            return "files_too_large"
        return self._wrong_type(upload) or self._unsafe(upload)

    def _wrong_type(self, upload: Upload) -> str:
        if not self.types:
            return ""
        kinds = recognise(upload.stream, self.types)
        ending = PurePosixPath(upload.filename).suffix.lower()
        upload.kind = next((each for each in kinds if ending in KINDS[each].endings), "")
        if upload.kind:
            return ""
        is_named_so = any(ending in KINDS[each].endings for each in self.types)
        return "file_wrong_ending" if kinds or is_named_so else "file_wrong_type"

    def _unsafe(self, upload: Upload) -> str:
        said = self.holding.scan(upload.stream) if self.holding else Scan.CLEAN
        if said == Scan.CLEAN:
            return ""
        return "file_infected" if said == Scan.INFECTED else "file_not_scanned"

    @property
    def is_blank(self) -> bool:
        """Whether there is no file."""
        return not self.files

    @property
    def text(self) -> str:
        """Nothing: the control of a file cannot be filled."""
        return ""

    @property
    def value(self) -> Any:
        """The files."""
        return self.data

    @property
    def answer(self) -> str:
        """Names and sizes, a line each."""
        return "\n".join(f"{each.filename}（{size_in_words(each.size)}）" for each in self.files)

    def kept_pairs(self) -> list[tuple[str, str]]:
        """What to send in place of the files, to have them again: name and token."""
        return [(self.name, each.token) for each in self.files if each.token]

    def required_message(self) -> str:
        """What to do when no file was chosen."""
        return self.gettext("{label}を選んでください")

    # -- helper buttons

    @property
    def buttons(self) -> Collection[str]:
        """One that uploads what was chosen, and one beside each kept file that removes it."""
        if self.holding is None or self.readonly:
            return ()
        removing = [f"{self.name}-remove-{index}" for index in range(len(self.files))]
        return [*removing, f"{self.name}-add"] if self.is_many else removing

    def act(self, pressed: str) -> None:
        """Remove a file, or show at once which of the chosen ones were refused."""
        self.errors = [as_message(error) for error in self.process_errors]
        index = pressed.removeprefix(f"{self.name}-remove-")
        if index != pressed and self.holding:
            self.holding.drop(self.files.pop(int(index)))
            self._set_data()

    @property
    def kept(self) -> list[tuple[Upload, str, Button]]:
        """Held files, with their size in words and the button that removes each."""
        title = self.gettext("「{name}」を取り消す", name="{name}")
        return [
            (
                each,
                size_in_words(each.size),
                Button(f"{self.name}-remove-{index}", title.replace("{name}", each.filename)),
            )
            for index, each in enumerate(self.files)
            if each.token
        ]

    @property
    def adding(self) -> Button | None:
        """The button that uploads what was chosen and lets one choose more."""
        if not self.is_many or self.holding is None or self.is_full:
            return None
        return Button(f"{self.name}-add", self.translate("選んだファイルを加える"))

    # -- page

    @property
    def is_full(self) -> bool:
        """Whether no more files can be added; a single one can be exchanged."""
        return self.is_many and len(self.kept) >= self.max_files

    @property
    def type_names(self) -> str:
        """Kinds in words: PDF、JPEG、PNG."""
        return "、".join(each.upper() for each in self.types)

    @property
    def notes(self) -> list[str]:
        """What may be chosen, in sentences."""
        found = []
        if self.types:
            found.append(self.gettext("{types}のファイル", types=self.type_names))
        if self.max_megabytes:
            each = "1つ{max}MBまで" if self.is_many else "{max}MBまで"
            found.append(self.gettext(each, max=self.max_megabytes))
        if self.is_many:
            found.append(self.gettext("{max}個まで", max=self.max_files))
        if self.max_total_megabytes:
            found.append(self.gettext("合わせて{max}MBまで", max=self.max_total_megabytes))
        return found

    @property
    def replace_note(self) -> str:
        """What choosing does while a file is kept."""
        if self.is_full:
            return self.translate(
                "これ以上は加えられません。替えるときは、どれかを取り消してください。"
            )
        if self.kept and not self.is_many:
            return self.translate("選び直すと、いまのファイルと入れ替わります。")
        return ""

    @property
    def focus_id(self) -> str:
        """The control, or the first button that removes once nothing more can be added."""
        return f"{self.name}-remove-0" if self.is_full else str(self.id)

    def described_by(self) -> str | None:
        """Ids of error, help and what may be chosen, the error first."""
        ids = [super().described_by() or ""]
        if not self.readonly and (self.notes or self.replace_note):
            ids.append(f"{self.id}-notes")
        return " ".join(filter(None, ids)) or None

    def attributes(self) -> Mapping[str, str | None]:
        """With the endings of names that are taken, for the browser to offer."""
        endings = [ending for each in self.types for ending in KINDS[each].endings]
        accept = ",".join(endings) or self.flags.accept
        multiple = "" if self.is_many else None
        needs_one = None if self.kept else super().attributes().get("aria-required")
        return {
            **super().attributes(),
            "accept": accept,
            "multiple": multiple,
            "aria-required": needs_one,
        }


class FileField(FilesField):
    """One uploaded file, an :class:`~govkit.forms.uploads.Upload`, or ``None``.

    A file that is chosen replaces the one that was kept.
    """

    is_many = False

    def _set_data(self) -> None:
        self.data = self.files[0] if self.files else None

    def _take(self, upload: Upload) -> None:
        for replaced in self.files:
            if self.holding:
                self.holding.drop(replaced)
        self.files = [upload]
