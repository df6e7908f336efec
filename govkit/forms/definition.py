"""A form as one TOML file: fields, texts, conditions and pages, written by those who know the desk.

::

    [form]
    id = "enquiry"
    title = "問い合わせ票"

    [[field]]
    id = "name"
    label = "氏名"

    [[field]]
    id = "reply"
    label = "返事の受け取り方"
    type = "choice"
    [field.choices]
    telephone = "電話"
    letter = "手紙"

    [[field]]
    id = "address"
    label = "送り先"
    show_if = "reply = letter"

:meth:`Definition.load` refuses a file with everything that is wrong in it, each by file, line and
key. One definition gives the form class, the pages, a JSON Schema, tables to fill in and a form on
paper. Ids never change: robots (RPA), stored answers and files of other systems depend on them.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from govkit.forms.definition_cells import cells_of, sent_of
from govkit.forms.definition_form import DefinedForm, with_english
from govkit.forms.definition_problems import Report
from govkit.forms.definition_reading import FormParts, PageDefinition, read_parts
from govkit.forms.definition_types import FieldDefinition, Text, today_in_japan
from govkit.forms.form import Form, Sent
from govkit.forms.messages import Gettext
from govkit.forms.rules import ALWAYS, Rule
from govkit.forms.steps import Journey, Step, Submission

__all__ = ["DefinedForm", "Definition"]


class Definition:
    """A form that was defined by a file.

    :param parts: What the file says.
    """

    def __init__(self, parts: FormParts) -> None:
        self.parts = parts

    @classmethod
    def load(cls, path: Path | str, today: Callable[[], date] = today_in_japan) -> "Definition":
        """Read a definition.

        :param today: The clock, for limits that move with it.
        :raises InvalidInput: With every problem: file, line, key and what to do.
        """
        path = Path(path)
        return cls.read(path.read_bytes(), path.name, today)

    @classmethod
    def read(
        cls, content: bytes, name: str, today: Callable[[], date] = today_in_japan
    ) -> "Definition":
        """Read a definition that is no file of its own.

        :param name: Name for problems.
        :raises InvalidInput: As :meth:`load` does.
        """
        parts, report = read_parts(content, name, today)
        definition = cls(parts)
        definition._judge_examples(report)
        report.insist()
        return definition

    def _judge_examples(self, report: Report) -> None:
        """An example that the form itself would refuse misleads everyone."""
        tables = {field.id: index for index, field in enumerate(self.parts.fields)}
        for field in self.fields:
            reason = self.example_problem(field)
            if reason:
                report.tell(("field", tables[field.id], "example"), "wrong_example", reason=reason)

    def example_problem(self, field: FieldDefinition) -> str:
        """Why the example of a field would be refused; blank when it would not."""
        form = type("ExampleForm", (Form,), {field.id: field.declare(is_for_tables=True)})()
        cells = list(cells_of(form))
        if not field.example or len(cells) != 1:
            return ""
        sending, unreadable = sent_of(cells, [field.example])
        filled = type(form)(cast(Sent, sending))
        if unreadable or not filled.validate():
            return str(next(iter(filled[field.id].errors), "「はい」か「いいえ」"))
        return ""

    # -- what it says

    @property
    def id(self) -> str:
        """Name of the form, which never changes."""
        return self.parts.id

    @property
    def title(self) -> Text:
        """Title of the form."""
        return self.parts.title

    @property
    def pages(self) -> tuple[PageDefinition, ...]:
        """Pages in order; one page of all fields where none is defined."""
        return self.parts.pages

    @cached_property
    def fields(self) -> tuple[FieldDefinition, ...]:
        """Fields in the order of the pages."""
        by_id = {field.id: field for field in self.parts.fields}
        return tuple(by_id[name] for page in self.pages for name in page.fields)

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """Condition of every field that has one, the condition of its page included."""
        pages = {name: page.rule or ALWAYS for page in self.pages for name in page.fields}
        rules = {field.id: pages[field.id] & (field.rule or ALWAYS) for field in self.fields}
        return {name: rule for name, rule in rules.items() if rule != ALWAYS}

    # -- what it gives

    @cached_property
    def form_class(self) -> type[DefinedForm]:
        """The form of all fields on one page."""
        return self._class_of({field.id: self.rules.get(field.id) for field in self.fields})

    @cached_property
    def table_class(self) -> type[DefinedForm]:
        """The form as tables see it: the same questions, each in one text, without files."""
        rules = {
            field.id: self.rules.get(field.id) for field in self.fields if field.kind.is_in_tables
        }
        return self._class_of(rules, is_for_tables=True)

    def page_class(self, page: PageDefinition) -> type[DefinedForm]:
        """The form of one page.

        Its conditions find what was answered on other pages in ``meta={"answers": …}``.
        """
        return self._class_of(dict.fromkeys(page.fields))

    def _class_of(
        self, rules: Mapping[str, Rule | None], *, is_for_tables: bool = False
    ) -> type[DefinedForm]:
        fields = {field.id: field for field in self.fields}
        members: dict[str, Any] = {
            name: fields[name].declare(rule, is_for_tables=is_for_tables)
            for name, rule in rules.items()
        }
        members["english"] = self.english
        return cast(type[DefinedForm], type("DefinedForm", (DefinedForm,), members))

    def journey(
        self, submit: Callable[[Submission], str], language: str = "ja", **options: Any
    ) -> Journey:
        """The pages as a journey: task list, steps, check answers, receipt.

        A 個人番号 is asked for on the last page: what is on the others is kept meanwhile.

        :param submit: Receives the answers and gives the receipt number.
        :param options: Options of :class:`~govkit.forms.steps.Journey`, such as ``drafts``.
        """
        last = [field.id for field in self.fields if field.kind.is_asked_last]
        steps = []
        for page in self.pages:
            if kept := [name for name in page.fields if name not in last]:
                form = self._class_of(dict.fromkeys(kept))
                steps.append(Step(page.id, page.title.ja, form, page.rule, page.about.ja))
        return Journey(
            self.title.ja,
            steps,
            submit,
            last=self._class_of({name: self.rules.get(name) for name in last}),
            gettext=self.translator(language),
            **options,
        )

    def translator(self, language: str, gettext: Gettext | None = None) -> Gettext:
        """Translates the texts of the definition by its own English, everything else as govkit does.

        :param gettext: Translates everything else in another way.
        """
        return with_english(self.english, language, gettext)

    @cached_property
    def english(self) -> Mapping[str, str]:
        """English by Japanese text."""
        return {text.ja: text.en for text in self._texts() if text.en}

    def _texts(self) -> Iterator[Text]:
        yield from (self.parts.title, self.parts.about)
        for page in self.pages:
            yield from (page.title, page.about)
        for field in self.fields:
            yield from _texts_of(field)


def _texts_of(field: FieldDefinition) -> Iterator[Text]:
    yield from (field.label, field.help, field.support, field.row_label)
    yield from (choice.title for choice in field.choices)
    for column in field.columns:
        yield from _texts_of(column)
