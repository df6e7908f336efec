"""What the views of modules use: pages with permissions, redirects, notices.

Every route names a permission::

    pages = Pages("attendance", __name__)

    @pages.get("/<uuid:class_group_id>/<date:day>", permission="attendance.record")
    def roll_call(work: Work, class_group_id: UUID, day: date) -> ResponseReturnValue: ...

The view gets the unit of work of the request as its first argument. The work is committed when
the answer's status is below 400, and rolled back otherwise; what was read is recorded either way.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from functools import partial, wraps
from hashlib import file_digest
from typing import Any, BinaryIO, Final, Protocol, cast
from urllib.parse import quote

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.routing import BaseConverter, ValidationError

from govkit.base import idempotency
from govkit.base.deployment import Deployment
from govkit.base.exports import Release
from govkit.base.identity import Actor
from govkit.base.municipality import Municipality
from govkit.base.sessions import ServerSession
from govkit.base.tenancy import ScopedSession
from govkit.base.uploads import ReceivedTable, Uploads
from govkit.base.work import Origin, Work
from govkit.errors import NotPermitted

__all__ = [
    "PUBLIC",
    "SIGNED_IN",
    "DateConverter",
    "Pages",
    "attachment",
    "current_session",
    "deployment",
    "hand_over",
    "inside",
    "leave_reader",
    "notify",
    "open_work",
    "receive_table",
    "see_other",
    "show_once",
]

PUBLIC: Final = "public"
"""Permission of a route that anybody may ask for."""
SIGNED_IN: Final = "signed-in"
"""Permission of a route that everybody may ask for who is logged in to a municipality."""

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

_FLAGS: Final = ("uploads", "fresh", "before_factor", "before_password")
"""Options of a route that its view carries as attributes."""
_KEPT_HEADERS: Final = ("Location", "Content-Type")

View = Callable[..., ResponseReturnValue]


class DateConverter(BaseConverter):
    """A day in a URL, ``2026-11-24``."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """The day; days that do not exist are no address of ours."""
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValidationError from error

    def to_url(self, value: Any) -> str:
        """The day as text; links handed on as text stay as they are."""
        return value.isoformat() if isinstance(value, date) else str(value)


class Pages(Blueprint):
    """The pages of a module: a blueprint whose routes each name a permission.

    :param name: Name of the module; addresses begin with ``/<name>``.
    :param import_name: ``__name__`` of the views.
    """

    def __init__(self, name: str, import_name: str, **options: Any) -> None:
        options.setdefault("url_prefix", f"/{name}")
        options.setdefault("template_folder", "templates")
        super().__init__(name, import_name, **options)

    def get(self, rule: str, *, permission: str, **options: Any) -> Callable[[View], View]:  # type: ignore[override]
        """Route for reading; it never changes state. Options: see :meth:`post`."""
        return self._route(rule, ["GET"], permission, options)

    def post(self, rule: str, *, permission: str, **options: Any) -> Callable[[View], View]:  # type: ignore[override]
        """Route for an act.

        Options beside Flask's: ``uploads`` raises the size limit to that of files, ``fresh`` asks
        for a new proof when the last one is old (再認証), and ``before_factor`` and
        ``before_password`` let those in who must set up a second factor or choose a password first.
        """
        return self._route(rule, ["POST"], permission, options)

    def _route(
        self, rule: str, methods: list[str], permission: str, options: dict[str, Any]
    ) -> Callable[[View], View]:
        flags = {name: options.pop(name, False) for name in _FLAGS}

        def decorate(view: View) -> View:
            endpoint = options.pop("endpoint", view.__name__)
            wrapped = _with_work(view) if permission != PUBLIC else wraps(view)(partial(view))
            vars(wrapped).update(permission=permission, **flags)
            self.add_url_rule(rule, endpoint, wrapped, methods=methods, **options)
            return view

        return decorate

    @staticmethod
    def render(template: str, **context: Any) -> str:
        """Render a template; the layout finds the work of the request by itself."""
        return render_template(template, **context)


def _with_work(view: View) -> View:
    @wraps(view)
    def answer(**arguments: Any) -> ResponseReturnValue:
        if request.method in SAFE_METHODS:
            return _answer(view, arguments, "")
        key = request.form.get(idempotency.KEY_FIELD, "")
        if key:
            return _answer_once(view, arguments, _fingerprint(key))
        leave_reader()
        return _answer(view, arguments, "")

    return answer


def _answer(view: View, arguments: dict[str, Any], mark: str) -> Response:
    with open_work(writes=request.method not in SAFE_METHODS) as work:
        g.open_session = work.session  # what the layout asks is asked on the same connection
        try:
            response = make_response(view(work, **arguments))
        finally:
            g.pop("open_session")
        if response.status_code >= 400:
            work.discard()
        elif mark and _is_repeatable(response, work):
            idempotency.keep_answer(work.session, mark, _kept(response), work.now)
    return response


def _is_repeatable(response: Response, work: Work) -> bool:
    """Whether a repeat gets the same answer; a file is made anew, and recorded each time it leaves."""
    if "Content-Disposition" in response.headers:
        return False
    return response.status_code >= 300 or idempotency.has_written(work.session)


def _answer_once(view: View, arguments: dict[str, Any], mark: str) -> Response:
    """The answer to a form, and to a repeat of it the same answer without a second effect."""
    with idempotency.alone(mark):
        known = _known_answer(g.reader, mark)
        leave_reader()
        if known is not None:
            return known
        try:
            response = _answer(view, arguments, mark)
        except Exception:
            # A repeat in another process may have come first: what it was told holds here too.
            if (known := _told_before(mark)) is not None:
                return known
            raise
        if response.status_code >= 400 and (known := _told_before(mark)) is not None:
            return known
        return response


def _fingerprint(key: str) -> str:
    skipped = ("csrf_token", idempotency.KEY_FIELD)
    parts = [
        text for pair in request.form.items(multi=True) if pair[0] not in skipped for text in pair
    ]
    for name, file in request.files.items(multi=True):
        content = file_digest(cast(Any, file.stream), "sha256").hexdigest()
        file.stream.seek(0)
        parts += [name, file.filename or "", content]
    actor = cast(Actor, g.actor)
    return idempotency.fingerprint(actor.account_id, request.full_path, key, parts)


def _kept(response: Response) -> idempotency.Answer:
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    keeps_body = not response.is_streamed and not g.get("is_shown_once", False)
    return idempotency.Answer(
        response.status_code, headers, response.get_data() if keeps_body else None
    )


def _told_before(mark: str) -> Response | None:
    code = cast(Municipality, g.municipality).code
    with deployment().session(code, writes=False) as session:
        return _known_answer(session, mark)


def _known_answer(session: ScopedSession, mark: str) -> Response | None:
    known = idempotency.stored_answer(session, mark)
    if known is None:
        return None
    if known.body is None:
        return make_response(render_template("govkit/base/already_done.html"))
    return Response(known.body, known.status, known.headers)


def leave_reader() -> None:
    """Give the connection back on which the rights were read, unless a unit of work goes on in it."""
    if (reader := g.pop("reader", None)) is not None:
        reader.close()


def show_once(page: str) -> str:
    """A page that is not kept for a repeat of the request, such as one with a new password."""
    g.is_shown_once = True
    return page


def deployment() -> Deployment:
    """The deployment that the application serves."""
    return cast(Deployment, current_app.extensions["govkit"])


def open_work(*, writes: bool = True) -> AbstractContextManager[Work]:
    """A unit of work of the one who is logged in; streamed answers open their own."""
    return deployment().work(
        cast(Municipality, g.municipality),
        cast(Actor, g.actor),
        writes=writes,
        origin=Origin(g.request_id, request.endpoint or ""),
        session=None if writes else g.pop("reader", None),
    )


def current_session() -> ServerSession:
    """The session of the request."""
    return cast(ServerSession, session)


def current_view() -> View | None:
    """The view that answers the request, with its ``permission`` and ``uploads``."""
    view = current_app.view_functions.get(request.endpoint) if request.endpoint else None
    return cast(View | None, view)


def check_permission(permission: str) -> None:
    """Insist that the actor of the request holds a route's permission for some unit.

    :raises NotPermitted: Otherwise.
    """
    if permission not in (PUBLIC, SIGNED_IN) and not cast(Actor, g.actor).holds(permission):
        raise NotPermitted(permission)


def inside(address: str) -> str:
    """An address if it is one of this site, and blank otherwise.

    One slash at the start, and nothing that browsers take for a second slash or leave out.
    """
    is_local = address.startswith("/") and not address.startswith("//")
    return address if is_local and address.isprintable() and "\\" not in address else ""


def see_other(endpoint: str, **values: Any) -> ResponseReturnValue:
    """Redirect after an act (303), so that reloading does not repeat it."""
    return redirect(url_for(endpoint, **values), 303)


def notify(text: str, category: str = "success") -> None:
    """Show a notice on the next page: ``success``, ``info``, ``warning`` or ``error``."""
    flash(text, category)


class _Upload(Protocol):
    """A file of a form: ``form.file.data``."""

    filename: str

    @property
    def stream(self) -> BinaryIO: ...


def receive_table(work: Work, upload: _Upload) -> ReceivedTable:
    """Take an uploaded CSV file or Excel workbook in; use it in a ``with`` block.

    :raises InvalidInput: When the file is refused, with every reason that is known.
    """
    settings = deployment().settings
    uploads = Uploads(settings.uploads, settings.security.max_upload_bytes, deployment().clock)
    return uploads.receive(work, upload.stream, upload.filename)


def hand_over(release: Release) -> ResponseReturnValue:
    """The file that :func:`~govkit.base.exports.hand_out` let go, or the page that tells what it waits for."""
    row = release.export
    if release.content is None:
        return see_other("govkit.export", export_id=row.id)
    g.is_shown_once = True  # a repeat of the request is not worth a second copy of the file
    return attachment(release.content, row.file_name, row.media_type)


def attachment(body: bytes | Iterator[bytes], filename: str, mimetype: str) -> Response:
    """An answer that the browser saves as a file; the name may be Japanese."""
    response = Response(body, mimetype=mimetype)
    # Headers are Latin-1: other letters stand in a parameter of their own (RFC 8187).
    plain = filename.encode("ascii", "replace").decode().replace("?", "_")
    names = {"filename": plain}
    if plain != filename:
        names["filename*"] = f"UTF-8''{quote(filename, safe='')}"
    response.headers.set("Content-Disposition", "attachment", **names)
    return response
