"""Journeys over several pages: task list, steps, check answers, receipt, save and resume.

::

    journey = Journey(
        "転入の届出",
        steps=(
            Step("applicant", "届け出る人", ApplicantForm),
            Step("children", "子ども", ChildrenForm, show_if=When("has_children", equals="yes")),
        ),
        submit=receive,                       # Submission -> receipt number
    )
    match journey.handle(Visit("POST", "applicant", request.form, request.files), state):
        case Redirect(): ...                  # always by 303
        case Show(): ...                      # show.html(url_of_page, csrf_field) inside the layout
        case Missing(): ...                   # 404

Nothing depends on a framework. ``state`` is a mapping on the server that the application keeps for the
visitor, such as a session row; the pages carry none of it. Every way through keeps what was typed, valid
or not: forward, back, by the task list, by the browser's own buttons. What an answer hides is not asked,
not judged and not handed over, and is there again when the answer is changed back; what an answer makes
wrong is asked again.
"""

import re
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from markupsafe import Markup
from wtforms.fields.core import UnboundField

from govkit.errors import Refused
from govkit.forms.drafts import Drafts, NotOpened, ResumeCode
from govkit.forms.fields import TextField
from govkit.forms.files import FilesField
from govkit.forms.form import Form, Sent
from govkit.forms.messages import Gettext, unchanged
from govkit.forms.progress import Entry, Progress, Step, StepState, Walk, leaves
from govkit.forms.review import Line, lines_of
from govkit.forms.uploads import Holding
from govkit.forms.widgets import render

__all__ = [
    "Journey",
    "Missing",
    "Redirect",
    "Show",
    "Step",
    "StepState",
    "Submission",
    "Visit",
    "one_question_per_page",
]

_PAGES: Final = ("check", "done", "save", "resume")
_NAME: Final = re.compile("[a-z0-9][a-z0-9_-]*")

_STATES: Final[Mapping[StepState, tuple[str, str]]] = {
    StepState.NOT_STARTED: ("まだ", "neutral"),
    StepState.IN_PROGRESS: ("入力中", "info"),
    StepState.DONE: ("済", "success"),
    StepState.NEEDS_FIXING: ("直してください", "error"),
    StepState.NOT_NEEDED: ("不要", "neutral"),
}


@dataclass(frozen=True, slots=True)
class Visit:
    """What a browser asks for.

    :param page: Blank for the task list, the name of a step, ``check``, ``done``, ``save``, ``resume``.
    :param changing: Whether the page was opened from the check page (``?change=1``).
    """

    method: str
    page: str
    form: Sent | None = None
    files: Sent | None = None
    changing: bool = False

    @property
    def is_post(self) -> bool:
        """Whether something was sent."""
        return self.method.upper() == "POST"

    def pressed(self, name: str) -> str:
        """The value of a button; blank when it was not pressed."""
        found = self.form.getlist(name) if self.form is not None else []
        return str(found[0]) if found else ""


@dataclass(frozen=True, slots=True)
class Redirect:
    """Go to another page of the journey, by 303.

    :param fragment: Id of the control that takes the focus.
    """

    page: str
    changing: bool = False
    fragment: str = ""

    def url(self, url: Callable[[str], str]) -> str:
        """Its address, with the addresses of pages given by the application."""
        query = "?change=1" if self.changing else ""
        return url(self.page) + query + (f"#{self.fragment}" if self.fragment else "")


@dataclass(frozen=True, slots=True)
class Missing:
    """There is no such page."""


@dataclass(frozen=True)
class Show:
    """Show a page; never let a browser or a proxy keep it (``Cache-Control: no-store``).

    :param title: Title of the page, with 「エラー: 」 in front when there are errors.
    """

    template: str
    title: str
    context: Mapping[str, Any]

    def html(
        self, url: Callable[[str], str], hidden: Markup | str = "", *, has_heading: bool = True
    ) -> Markup:
        """The content of the page, for the layout of the application.

        :param url: Address of a page of the journey by its name.
        :param hidden: Controls that every form of the application carries, such as a CSRF token.
        :param has_heading: Whether the heading (h1) is part of it; else the layout shows
            :attr:`heading`.
        """
        context = {**self.context, "has_heading": has_heading}
        return render(self.template, url=url, hidden=hidden, **context)

    @property
    def heading(self) -> str:
        """The heading of the page."""
        return str(self.context["heading"])


@dataclass(frozen=True, slots=True)
class Submission:
    """All that is sent in.

    :param key: The same key is the same application: when it was received already, answer with the
        receipt of the first time. Keep it under a unique key.
    :param data: Values by name of step and field, of what was asked alone. Copy uploads: they are
        deleted from the holding afterwards.
    :param last: Values of the form on the check page; a 個人番号 can be here alone.
    """

    key: str
    data: Mapping[str, Mapping[str, Any]]
    last: Mapping[str, Any]

    @property
    def answers(self) -> dict[str, Any]:
        """Values by name of the field, all steps together."""
        return {name: value for each in self.data.values() for name, value in each.items()}


def one_question_per_page(form: type[Form], section: str = "") -> tuple[Step, ...]:
    """A step for each question of a form, named like it; its ``show_if`` hides the whole page.

    :param section: Title of the task that they make up together.
    """
    declared = _declared(form)
    steps = []
    for name, unbound in declared.items():
        others = {other: None for other in declared if other != name}
        alone = type(f"{form.__name__}_{name}", (form,), others)
        title = unbound.args[0] if unbound.args else unbound.kwargs.get("label", name)
        rule = unbound.kwargs.get("show_if")
        steps.append(Step(name.replace("_", "-"), title, alone, rule, section=section))
    return tuple(steps)


def _declared(form: type[Form]) -> dict[str, UnboundField]:
    found = {name: getattr(form, name) for name in dir(form) if not name.startswith("_")}
    fields = {name: each for name, each in found.items() if isinstance(each, UnboundField)}
    return dict(sorted(fields.items(), key=lambda pair: pair[1].creation_counter))


def _together(states: Sequence[StepState]) -> StepState:
    """The state of a task of several pages."""
    asked = set(states) - {StepState.NOT_NEEDED}
    if not asked:
        return StepState.NOT_NEEDED
    if StepState.NEEDS_FIXING in asked:
        return StepState.NEEDS_FIXING
    return asked.pop() if len(asked) == 1 else StepState.IN_PROGRESS


class _ResumeForm(Form):
    code = TextField(
        "再開コード",
        required=True,
        support="保存したときに表示された12文字です。例：7KQF-3MTA-XW9D",
        width=16,
        guards_my_number=False,
    )


@dataclass(frozen=True)
class Journey:
    """A procedure (手続) of several pages.

    :param submit: Receives everything, once valid, and gives the receipt number. May raise
        :class:`~govkit.errors.Refused`; its sentence is shown and nothing is lost.
    :param last: Form on the check page: a declaration, or a 個人番号, which no step may ask for
        because steps are kept.
    :param drafts: Saves and resumes; without it there is neither button nor page.
    :param holding: Where uploads are kept, by the journey's unguessable name. Purge the store of what is
        older than a draft can be; what is gone is asked for again.
    :param has_list: Whether it begins with a task list; short ones begin with the first step.
    :raises ValueError: When names or rules of steps do not fit together.
    """

    title: str
    steps: Sequence[Step]
    submit: Callable[[Submission], str]
    last: type[Form] = Form
    drafts: Drafts | None = None
    holding: Callable[[str], Holding] | None = None
    gettext: Gettext = unchanged
    has_list: bool = True
    done_lead: str = "控えとして、受付番号を書きとめるか、この画面を印刷してください。"
    _by_name: dict[str, Step] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        known: list[str] = []
        for step in self.steps:
            if step.name in (*_PAGES, *self._by_name) or not _NAME.fullmatch(step.name):
                raise ValueError(f"step {step.name!r}: the name is taken or not fit for an address")
            for name in step.show_if.names if step.show_if else ():
                self._check(step, name, known)
            self._by_name[step.name] = step
            known += [*_declared(step.form)]

    def _check(self, step: Step, name: str, known: Sequence[str]) -> None:
        head, _, rest = name.partition(".")
        if known.count(head) > 1:
            raise ValueError(f"step {step.name}: several steps ask {head!r}; write step.{head}")
        owner = self._by_name.get(head)
        is_there = head in known or (owner and rest.partition(".")[0] in _declared(owner.form))
        if not is_there:
            raise ValueError(f"step {step.name}: no step before it asks {name!r}")

    # -- entry

    def handle(self, visit: Visit, state: MutableMapping[str, Any]) -> "Show | Redirect | Missing":
        """Answer one request; what was typed is kept in ``state``."""
        progress = Progress(state)
        if progress.receipt:
            return self._after_the_end(visit, progress)
        walk = self.walk(progress)
        match visit.page:
            case "":
                return self._list(walk)
            case "check":
                return self._check_page(visit, walk)
            case "done":
                return Redirect("")
            case "save":
                return self._save_page(visit, walk)
            case "resume":
                return self._resume_page(visit, progress)
        step = self._by_name.get(visit.page)
        if step is None:
            return Missing()
        if visit.is_post:
            return self._receive(visit, walk, step)
        if step.name not in walk.forms:
            return self._onward(walk, step)
        return self._step_page(visit, walk, step)

    def walk_of(self, state: MutableMapping[str, Any]) -> Walk:
        """Forms, states and answers of a visitor, such as for a list of journeys that were begun."""
        return self.walk(Progress(state))

    def walk(self, progress: Progress) -> Walk:
        """All steps as they stand."""
        holding = self.holding(progress.id) if self.holding else None
        return Walk(self.steps, progress, self.gettext, holding)

    def _show(self, template: str, title: str, **context: Any) -> Show:
        def translate(text: str, **facts: object) -> str:
            translated = self.gettext(text)
            return translated.format(**facts) if facts else translated

        context = {"_": translate, "journey": self, "heading": title, **context}
        form = context.get("form")
        prefix = form.title_prefix if form is not None else ""
        return Show(template, f"{prefix}{title}", context)

    # -- task list

    def _list(self, walk: Walk) -> Show | Redirect:
        if not self.has_list:
            return Redirect(self._next_page(walk))
        tasks = self._tasks(walk)
        return self._show(
            "task_list.html",
            self.gettext(self.title),
            tasks=tasks,
            count=sum(task["state"] != StepState.NOT_NEEDED for task in tasks),
            done=sum(task["state"] == StepState.DONE for task in tasks),
            next_page=self._next_page(walk),
            is_begun=any(walk.progress.entry(step.name) for step in self.steps),
            saved=walk.progress.saved,
        )

    def _tasks(self, walk: Walk) -> list[dict[str, Any]]:
        """One for each section, with the state of all its pages."""
        sections: dict[str, list[Step]] = {}
        for step in self.steps:
            sections.setdefault(step.section or step.name, []).append(step)
        return [self._task(walk, steps) for steps in sections.values()]

    def _task(self, walk: Walk, steps: Sequence[Step]) -> dict[str, Any]:
        states = [walk.states[step.name] for step in steps]
        state = _together(states)
        shown = [step for step in steps if step.name in walk.forms]
        begun = [step for step in shown if walk.states[step.name] != StepState.DONE] or shown
        text, kind = _STATES[state]
        if state == StepState.NOT_NEEDED and not all(map(walk.is_decided, steps)):
            text = "ほかの答えで決まります"
        return {
            "title": self.gettext(steps[0].section or steps[0].title),
            "page": begun[0].name if begun else "",
            "state": state,
            "text": self.gettext(text),
            "kind": kind,
        }

    def _next_page(self, walk: Walk) -> str:
        return walk.open[0].name if walk.open else "check"

    # -- steps

    def _step_page(self, visit: Visit, walk: Walk, step: Step) -> Show:
        form = walk.forms[step.name]
        if walk.states[step.name] != StepState.NEEDS_FIXING:
            form = walk.form(step)
            entry = walk.progress.entry(step.name)
            if entry is not None:
                entry.retell(form)
        shown = walk.shown
        heading = self.gettext(step.section or step.title)
        return self._show(
            "step.html",
            self.gettext(step.title),
            heading=heading,
            step=step,
            lead=self.gettext(step.lead) if step.lead else "",
            form=form,
            number=shown.index(step) + 1,
            count=len(shown),
            changing=visit.changing,
            is_first=shown[0] is step and not self.has_list,
        )

    def _receive(self, visit: Visit, walk: Walk, step: Step) -> Redirect:
        go = visit.pressed("go") or "next"
        form = step.form(visit.form, files=visit.files, **walk.options(step))
        if visit.form is None:
            return Redirect(step.name, changing=visit.changing)
        entry = Entry.of(visit.form, form, is_sent=go == "next")
        self._keep(walk.progress, step, entry)
        if form.pressed:
            # What was done once and for all is not pressed again when the page is shown.
            is_over = all(pair[0] != form.pressed for pair in entry.pairs)
            fragment = form.focus_target if is_over else ""
            return Redirect(step.name, changing=visit.changing, fragment=fragment)
        if go == "next":
            return self._forward(visit, step, self.walk(walk.progress))
        if go == "save" and self.drafts is not None:
            self._save(walk.progress)
            return Redirect("save")
        if go == "back":
            return self._back(visit, walk, step)
        return Redirect("")

    def _keep(self, progress: Progress, step: Step, entry: Entry) -> None:
        earlier = progress.entry(step.name)
        is_same = earlier is not None and sorted(map(tuple, earlier.pairs)) == sorted(
            map(tuple, entry.pairs)
        )
        if entry.is_sent or not (is_same or (earlier is None and entry.is_blank)):
            progress.keep(step.name, entry)

    def _forward(self, visit: Visit, step: Step, walk: Walk) -> Redirect:
        if walk.states[step.name] != StepState.DONE:
            return Redirect(step.name, changing=visit.changing)
        if visit.changing:
            page = self._next_page(walk)
            return Redirect(page, changing=page != "check")
        return self._onward(walk, step)

    def _onward(self, walk: Walk, step: Step) -> Redirect:
        """The next step that is not done, from here on and then from the start."""
        later = [each for each in walk.open if self._place(each) > self._place(step)]
        return Redirect(later[0].name if later else self._next_page(walk))

    def _back(self, visit: Visit, walk: Walk, step: Step) -> Redirect:
        if visit.changing:
            return Redirect("check")
        before = [each for each in walk.shown if self._place(each) < self._place(step)]
        return Redirect(before[-1].name if before else "")

    def _place(self, step: Step) -> int:
        return list(self._by_name).index(step.name)

    # -- check and send

    def _check_page(self, visit: Visit, walk: Walk) -> Show | Redirect:
        last = self.last(visit.form if visit.is_post else None, gettext=self.gettext)
        if not visit.is_post:
            return self._show_check(walk, last)
        token = f"{walk.progress.key}.{walk.progress.digest()}"
        if walk.open:
            return Redirect("check")
        if visit.pressed("send") != token:
            walk.progress.warn("内容が変わりました。もう一度確かめてから送信してください。")
            return Redirect("check")
        if not last.validate():
            return self._show_check(walk, last)
        try:
            receipt = self.submit(Submission(walk.progress.key, walk.data(), last.data))
        except Refused as refused:
            last.add_error("", str(refused), refused.code)
            return self._show_check(walk, last)
        self._clear(walk)
        walk.progress.finish(receipt)
        return Redirect("done")

    def _show_check(self, walk: Walk, last: Form) -> Show:
        parts: dict[str, list[tuple[str, Line]]] = {}
        for step in walk.shown:
            lines = [(step.name, line) for line in lines_of(walk.forms[step.name])]
            parts.setdefault(self.gettext(step.section or step.title), []).extend(lines)
        return self._show(
            "check_answers.html",
            self.gettext("入力内容の確認"),
            parts=[(title, lines) for title, lines in parts.items() if lines],
            open=[(self.gettext(step.title), step.name) for step in walk.open],
            form=last,
            token=f"{walk.progress.key}.{walk.progress.digest()}",
            notice=walk.progress.take_notice(),
        )

    def _clear(self, walk: Walk) -> None:
        """Delete what was kept on the way: uploads and draft."""
        for form in walk.forms.values():
            for each in leaves(form):
                for upload in each.files if isinstance(each, FilesField) else ():
                    if walk.holding is not None:
                        walk.holding.drop(upload)
        if self.drafts is not None and walk.progress.saved is not None:
            self.drafts.delete(ResumeCode.parse(walk.progress.saved[0]))

    def _after_the_end(self, visit: Visit, progress: Progress) -> Show | Redirect:
        if visit.page != "done":
            return Redirect("done")
        if visit.is_post:
            progress.start_anew()
            return Redirect("")
        return self._show("done.html", self.gettext("受け付けました"), receipt=progress.receipt)

    # -- drafts

    def _save(self, progress: Progress) -> None:
        if self.drafts is None:
            return
        known = ResumeCode.parse(progress.saved[0]) if progress.saved else None
        code = self.drafts.save(progress.draft(), known)
        progress.note((str(code), self.drafts.last_day().isoformat()))

    def _save_page(self, visit: Visit, walk: Walk) -> Show | Redirect | Missing:
        if self.drafts is None:
            return Missing()
        if visit.is_post:
            self._save(walk.progress)
            return Redirect("save")
        if walk.progress.saved is None:
            return Redirect("")
        code, last_day = walk.progress.saved
        return self._show(
            "draft_saved.html",
            self.gettext("入力した内容を保存しました"),
            code=code,
            last_day=last_day,
            next_page=self._next_page(walk),
        )

    def _resume_page(self, visit: Visit, progress: Progress) -> Show | Redirect | Missing:
        if self.drafts is None:
            return Missing()
        form = _ResumeForm(visit.form if visit.is_post else None, gettext=self.gettext)
        if visit.is_post and form.validate():
            opened = self.drafts.open(form.code.data)
            if not isinstance(opened, NotOpened):
                progress.resume(opened.state, (str(opened.code), opened.last_day.isoformat()))
                return Redirect("")
            form.add_error("code", self.gettext(opened.text), opened.problem.value)
        return self._show("resume.html", self.gettext("保存した続きから始める"), form=form)
