"""Pages to receive extracts of the resident register and to see how it went."""

import io
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Response, request, stream_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from govkit.base import web
from govkit.base.exports import Outgoing, hand_out, watermark
from govkit.base.i18n import gettext as _
from govkit.base.i18n import problem_text
from govkit.base.logs import get_logger
from govkit.base.uploads import ReceivedTable
from govkit.base.views.purpose import PurposeForm, given, offer_purposes
from govkit.base.work import Work
from govkit.errors import Conflict, InvalidInput, Problem
from govkit.formats.tabular import write_table
from govkit.jp.calendar import format_date
from govkit.modules.resident_extracts.forms import ExtractForm, ProtectionForm
from govkit.modules.resident_extracts.models import RefusedRow, ResidentExtract
from govkit.modules.resident_extracts.service import (
    SHRINKS,
    ExtractFile,
    ImportResult,
    Progress,
    import_protection_list,
    import_steps,
    refused_rows,
)

__all__ = ["pages"]

log = get_logger("govkit.resident_extracts")

pages = web.Pages("resident_extracts", __name__)

PERMISSION = "resident_extracts.import"
_SHOWN = 200


@pages.get("/", permission=PERMISSION)
def overview(work: Work) -> ResponseReturnValue:
    """All imports, the latest first (受入の一覧)."""
    extracts = work.session.scalars(
        sa.select(ResidentExtract).order_by(ResidentExtract.number.desc()).limit(_SHOWN)
    ).all()
    return pages.render("resident_extracts/overview.html", extracts=extracts, day=format_date)


@pages.get("/import", permission=PERMISSION)
def upload(work: Work) -> ResponseReturnValue:
    """The page where a file is chosen (抽出データの受入)."""
    return _upload_page(ExtractForm(gettext=_, as_of=work.today))


def _upload_page(form: ExtractForm) -> str:
    return pages.render("resident_extracts/upload.html", form=form, megabytes=_megabytes())


def _megabytes() -> int:
    return web.deployment().settings.security.max_upload_bytes // (1024 * 1024)


@pages.post("/import", permission=PERMISSION, uploads=True)
def receive(work: Work) -> ResponseReturnValue:
    """Receive the file; the page shows how far it is, and the result."""
    form = ExtractForm(request.form, files=request.files, gettext=_)
    if form.validate() and form.as_of.data > work.today:
        form.add_error(
            "as_of",
            _("抽出時点が今日より後です。データを取り出した時点の日付を入力してください。"),
        )
    if form.errors:
        _ask_for_the_file_again(form)
        return _upload_page(form), 400
    received = _received(work, form)
    if received is None:
        return _upload_page(form), 400
    file = ExtractFile(
        received.path,
        received.name,
        received.encoding(form.encoding.data),
        form.as_of.data,
        max(received.path.stat().st_size, web.deployment().settings.security.max_upload_bytes),
        allows_shrinking=form.allows_shrinking.data,
    )
    events = _events(file, received)
    body = stream_template("govkit/base/progress.html", title=_("抽出データの受入"), events=events)
    response = Response(body, mimetype="text/html")
    # A reader who leaves closes the answer: the import is rolled back before the file goes.
    response.call_on_close(events.close)
    response.call_on_close(received.close)
    return response


def _received(work: Work, form: ExtractForm) -> ReceivedTable | None:
    """The file that was sent; without one the form says why."""
    try:
        return web.receive_table(work, form.file.data)
    except InvalidInput as refused:
        for line in _lines(refused.problems):
            form.add_error("file", line)
    finally:
        form.file.data.close()
    return None


def _ask_for_the_file_again(form: ExtractForm | ProtectionForm) -> None:
    # No browser keeps a chosen file on a page that comes back.
    if form.file.data and not form.file.errors:
        form.add_error("file", _("ファイルをもう一度選んでください。選択は送信のたびに消えます。"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event:
    """A line of the progress page, or its end."""

    text: str = ""
    done: int | None = None
    total: int | None = None
    outcome: str = ""
    heading: str = ""
    problems: Sequence[str] = ()
    action: str = ""
    url: str = ""


def _events(file: ExtractFile, received: ReceivedTable) -> Generator[_Event, None, None]:
    # Runs after the request's own work is over: it opens its own, which a reader who leaves the
    # page rolls back, because the generator is closed at a yield inside the block.
    try:
        with web.open_work() as work:
            result = yield from _told(import_steps(work, file))
            outcome = _success(result)
    except InvalidInput as refused:
        yield _failure(_("このファイルは受け入れられません"), received.placed(refused.problems))
    except Conflict:
        yield _failure(_("ほかの人が同時に受け入れました。結果を確かめてください。"), ())
    except SQLAlchemyError as error:
        # Only the kind of error: messages of databases repeat values.
        log.error("import failed", extra={"error": type(error).__name__})
        yield _failure(_("受け入れられませんでした。しばらく待ってやり直してください。"), ())
    else:
        yield outcome


def _told(
    steps: Generator[Progress, None, ImportResult],
) -> Generator[_Event, None, ImportResult]:
    """The steps as events; gives the result of the steps."""
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            result: ImportResult = end.value
            return result
        yield _Event(text=_(step.text), done=step.done, total=step.total)


def _success(result: ImportResult) -> _Event:
    extract = result.extract
    url = url_for("resident_extracts.report", extract_id=extract.id)
    if result.is_repeat:
        return _Event(
            outcome="warning",
            heading=_("前回と同じファイルです"),
            text=_("住民のデータは何も変わっていません。"),
            action=_("前回の結果を見る"),
            url=url,
        )
    return _Event(
        outcome="warning" if extract.refused_count else "success",
        heading=_("受け入れました（{refused}件を除く）", refused=extract.refused_count)
        if extract.refused_count
        else _("受け入れました"),
        text=_(
            "{people}人を受け入れました（新規{new}人、変更{changed}人、なくなった人{gone}人）。",
            people=extract.people,
            new=extract.new_count,
            changed=extract.changed_count,
            gone=extract.gone_count,
        ),
        action=_("受入の結果を見る"),
        url=url,
    )


def _failure(heading: str, problems: Sequence[Problem]) -> _Event:
    return _Event(
        outcome="error",
        heading=heading,
        text=_("住民のデータは何も変わっていません。"),
        problems=_lines(problems) + _hints(problems),
        action=_("ファイルを選び直す"),
        url=url_for("resident_extracts.upload"),
    )


def _hints(problems: Sequence[Problem]) -> list[str]:
    if not any(problem.code == SHRINKS for problem in problems):
        return []
    return [
        _(
            "住民が本当に減ったのであれば、「住民が大きく減ることを確かめました」を選んで、もう一度受け入れてください。"
        )
    ]


def _lines(problems: Sequence[Problem]) -> list[str]:
    # The last one is why reading stopped, so it is shown first.
    shown = [problems[-1], *problems[:-1]][:_SHOWN] if problems else []
    lines = [problem_text(problem) for problem in shown]
    if len(problems) > _SHOWN:
        lines.append(_("ほかに{count}件あります。", count=len(problems) - _SHOWN))
    return lines


@pages.get("/<uuid:extract_id>", permission=PERMISSION)
def report(work: Work, extract_id: UUID) -> ResponseReturnValue:
    """The result of an import with every refused row (受入の結果)."""
    extract = work.find(ResidentExtract, extract_id)
    refused = refused_rows(work, extract)
    page, pages_ = _page(len(refused))
    return pages.render(
        "resident_extracts/report.html",
        extract=extract,
        day=format_date,
        notices=[(each["column_name"], _reason(each)) for each in extract.notices],
        rows=[
            (each.row_number, each.column_name, each.cell, _(each.text, **each.params))
            for each in refused[(page - 1) * _SHOWN : page * _SHOWN]
        ],
        page=page,
        pages=pages_,
    )


def _page(count: int) -> tuple[int, int]:
    last = max(1, -(-count // _SHOWN))
    return min(max(1, request.args.get("page", 1, int)), last), last


def _reason(record: dict[str, Any]) -> str:
    return _(record["text"], **record["params"])


@pages.get("/<uuid:extract_id>/refused", permission=PERMISSION)
def refused_page(work: Work, extract_id: UUID) -> ResponseReturnValue:
    """Say what the file of the refused rows is for."""
    return _refused_page(work, work.find(ResidentExtract, extract_id), PurposeForm(gettext=_))


def _refused_page(work: Work, extract: ResidentExtract, form: PurposeForm) -> str:
    offer_purposes(form, work)
    return pages.render("resident_extracts/refused.html", form=form, extract=extract)


@pages.post("/<uuid:extract_id>/refused", permission=PERMISSION)
def refused(work: Work, extract_id: UUID) -> ResponseReturnValue:
    """The refused rows as a CSV file for people."""
    extract = work.find(ResidentExtract, extract_id)
    form = PurposeForm(request.form, gettext=_)
    offer_purposes(form, work)
    if not form.validate():
        return _refused_page(work, extract, form), 400
    rows = refused_rows(work, extract)
    work.record("resident_extracts.refused_downloaded", extract, count=len(rows))
    body = io.BytesIO()
    headings = [_("行"), _("項目"), _("値"), _("理由"), _("理由コード")]
    cells = (_refused_cells(each) for each in rows)
    write_table(body, headings, cells, watermark=watermark(work))
    file = Outgoing(
        kind="resident_extracts.refused",
        title=_("受け入れなかった行"),
        permission=PERMISSION,
        file_name=_("受け入れなかった行_{number}.csv", number=extract.number),
        media_type="text/csv",
        content=body.getvalue(),
        rows=len(rows),
    )
    return web.hand_over(hand_out(work, file, given(form)))


def _refused_cells(row: RefusedRow) -> list[object]:
    return [row.row_number, row.column_name, row.cell, _(row.text, **row.params), row.code]


@pages.get("/protection", permission=PERMISSION)
def protection(work: Work) -> ResponseReturnValue:
    """The page where the list of protected people is chosen (支援措置対象者の受入)."""
    form = ProtectionForm(gettext=_)
    return pages.render("resident_extracts/protection.html", form=form, megabytes=_megabytes())


@pages.post("/protection", permission=PERMISSION, uploads=True)
def receive_protection(work: Work) -> ResponseReturnValue:
    """Receive the list; it applies at once."""
    form = ProtectionForm(request.form, files=request.files, gettext=_)
    if form.validate():
        try:
            with web.receive_table(work, form.file.data) as received:
                result = import_protection_list(
                    work,
                    received.path,
                    name=received.name,
                    encoding=received.encoding(form.encoding.data),
                )
        except InvalidInput as refused_list:
            for line in _lines(refused_list.problems):
                form.add_error("file", line)
    if form.errors:
        _ask_for_the_file_again(form)
        page = pages.render("resident_extracts/protection.html", form=form, megabytes=_megabytes())
        return page, 400
    web.notify(
        _(
            "支援措置対象者{protected}人を受け入れました（新規{added}人、終了{lifted}人）。いまから適用されます。",
            protected=result.protected,
            added=result.added,
            lifted=result.lifted,
        )
    )
    return web.see_other("resident_extracts.overview")
