"""Reads the definition of a form and finds everything that is wrong with it at once."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from govkit.forms.choices import CheckboxField
from govkit.forms.definition_fields import YesNoField
from govkit.forms.definition_form import DefinedForm
from govkit.forms.definition_keys import FIELD_KEYS, FORM_KEYS, PAGE_KEYS, read_table, read_tables
from govkit.forms.definition_lines import KeyPath
from govkit.forms.definition_problems import Report, read_toml, suggest
from govkit.forms.definition_registry import FIELD_TYPES
from govkit.forms.definition_types import (
    COMMON_KEYS,
    Choice,
    FieldDefinition,
    FieldKind,
    Text,
    today_in_japan,
)
from govkit.forms.filekinds import KINDS
from govkit.forms.rules import InvalidRule, Rule, When, all_of, any_of, not_

__all__ = ["FormParts", "PageDefinition", "read_parts"]

_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CHOICE_VALUE: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")
_RETIRED: Final = re.compile(rf"{_ID.pattern}(\.{_CHOICE_VALUE.pattern})?")
# Pages that every journey has of its own.
_JOURNEY_PAGES: Final = frozenset({"check", "done", "save", "resume"})
_RULE_WORDS: Final = frozenset({"and", "or", "not"})
_PAIRS: Final = (("min", "max"), ("min_length", "max_length"), ("min_rows", "max_rows"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDefinition:
    """What is defined of one page.

    :param fields: Ids of its fields in their order.
    """

    id: str
    title: Text
    about: Text
    fields: tuple[str, ...]
    rule: Rule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormParts:
    """What a definition holds; :class:`govkit.forms.definition.Definition` makes it useful."""

    id: str
    title: Text
    about: Text
    addressee: str
    legal_basis: str
    contact: str
    languages: tuple[str, ...]
    retired: tuple[str, ...]
    fields: tuple[FieldDefinition, ...]
    pages: tuple[PageDefinition, ...]


def read_parts(
    content: bytes, name: str, today: Callable[[], date] = today_in_japan
) -> tuple[FormParts, Report]:
    """Read a definition; the report still takes what only the finished form can show.

    :param today: The clock, for limits that move with it.
    :raises InvalidInput: With every problem, in the order of the lines.
    """
    tree, report = read_toml(content, name)
    return _Reader(tree, report, today).read(), report


class _Reader:
    def __init__(self, tree: Mapping[str, Any], report: Report, today: Callable[[], date]) -> None:
        self._today = today
        self._tree = tree
        self._report = report
        self._paths: dict[str, KeyPath] = {}
        self._languages: tuple[str, ...] = ("ja",)
        self._retired: tuple[str, ...] = ()

    def read(self) -> FormParts:
        form = self._form()
        self._languages = self._read_languages(form)
        tables = read_tables(self._tree, ("field",), FIELD_KEYS, self._report)
        retired = self._retired = tuple(form.get("retired", ()))
        self._judge_ids(tables, retired, "field")
        self._judge_labels(tables)
        fields = [field for path, table in tables if (field := self._field(path, table))]
        if not tables:
            self._report.tell((), "no_fields")
        pages = self._pages(fields, form)
        self._texts(("form",), form, "title", "about")
        self._judge_rules(fields, pages)
        self._report.insist()
        return FormParts(
            id=form["id"],
            title=_text(form, "title"),
            about=_text(form, "about"),
            addressee=form.get("addressee", ""),
            legal_basis=form.get("legal_basis", ""),
            contact=form.get("contact", ""),
            languages=self._languages,
            retired=retired,
            fields=tuple(fields),
            pages=tuple(pages),
        )

    # -- form

    def _form(self) -> dict[str, Any]:
        for name in self._tree:
            if name not in ("form", "page", "field"):
                near = suggest(name, ("form", "page", "field"), {"様式": "form", "ページ": "page"})
                self._report.tell_near((name,), "unknown_key", near)
        table = self._tree.get("form", {})
        if not isinstance(table, dict):
            self._report.tell(("form",), "wrong_table", key="form")
            return {}
        form = read_table(table, ("form",), FORM_KEYS, self._report)
        if "id" in form and not _ID.fullmatch(form["id"]):
            self._report.tell(("form", "id"), "wrong_id")
        for index, name in enumerate(form.get("retired", ())):
            if not _RETIRED.fullmatch(name):
                self._report.tell(("form", "retired", index), "wrong_id")
        return form

    def _read_languages(self, form: Mapping[str, Any]) -> tuple[str, ...]:
        languages = tuple(form.get("languages", ("ja",)))
        if not {"ja"} <= set(languages) <= {"ja", "en"}:
            self._report.tell(("form", "languages"), "unknown_language")
        return languages

    def _texts(self, path: KeyPath, table: Mapping[str, Any], *names: str) -> None:
        """Where English is promised, every text has it."""
        for name in names:
            if "en" in self._languages and name in table and f"{name}_en" not in table:
                self._report.tell((*path, name), "missing_english", key=f"{name}_en")

    # -- ids and labels

    def _judge_ids(
        self,
        tables: list[tuple[KeyPath, dict[str, Any]]],
        retired: Collection[str],
        prefix: str,
    ) -> None:
        lines: dict[str, int] = {}
        for path, table in tables:
            name, at = table.get("id"), (*path, "id")
            if name is None:
                continue
            if not _ID.fullmatch(name):
                self._report.tell(at, "wrong_id")
            elif name in _RULE_WORDS or (
                name in _JOURNEY_PAGES if prefix == "page" else hasattr(DefinedForm, name)
            ):
                self._report.tell(at, "reserved_id", example=f"{prefix}_{name}"[:40])
            elif name in retired:
                self._report.tell(at, "retired_id")
            if name in lines:
                self._report.tell(at, "duplicate_id", line=lines[name])
            lines.setdefault(name, self._report.line(at))

    def _judge_labels(self, tables: list[tuple[KeyPath, dict[str, Any]]]) -> None:
        lines: dict[str, int] = {}
        for path, table in tables:
            label, at = table.get("label"), (*path, "label")
            if label in lines:
                self._report.tell(at, "duplicate_label", line=lines[label])
            elif label is not None:
                lines[label] = self._report.line(at)

    # -- one field

    def _field(self, path: KeyPath, table: dict[str, Any]) -> FieldDefinition | None:
        kind = self._kind(path, table)
        if kind is None:
            return None
        for key in table:
            if key not in COMMON_KEYS and key not in kind.keys:
                self._report.tell((*path, key), "key_not_for_type", type=kind.name)
        self._texts(path, table, "label", "help")
        self._judge_limits(path, table, kind)
        self._judge_files(path, table)
        if kind.needs_legal_basis and "legal_basis" not in table:
            self._report.tell(path, "no_legal_basis")
        choices = self._choices(path, table, kind)
        columns = self._columns(path, table, kind)
        if "id" not in table or "label" not in table:
            return None
        if len(path) == 2:
            self._paths[table["id"]] = path
        field = FieldDefinition(
            id=table["id"],
            kind=kind,
            label=_text(table, "label"),
            help=_text(table, "help"),
            example=table.get("example", ""),
            is_required=table.get("required", True),
            rule=self._rule(path, table),
            is_own=table.get("own", len(path) == 2),
            legal_basis=table.get("legal_basis", ""),
            choices=choices,
            options={key: table[key] for key in kind.keys if key in table},
            columns=columns,
            today=self._today,
        )
        self._judge_legal_basis(path, field)
        return field

    def _judge_legal_basis(self, path: KeyPath, field: FieldDefinition) -> None:
        """The field of the 個人番号 insists on an article that lets one ask for it."""
        if field.kind.needs_legal_basis and field.legal_basis:
            try:
                field.declare()
            except (TypeError, ValueError):
                self._report.tell((*path, "legal_basis"), "wrong_legal_basis")

    def _kind(self, path: KeyPath, table: Mapping[str, Any]) -> FieldKind | None:
        name = table.get("type", "text")
        kind = FIELD_TYPES.get(name)
        if kind is None:
            near = suggest(
                name, FIELD_TYPES, {each.title: each.name for each in FIELD_TYPES.values()}
            )
            self._report.tell_near((*path, "type"), "unknown_type", near, type=name)
        return kind

    def _judge_limits(self, path: KeyPath, table: Mapping[str, Any], kind: FieldKind) -> None:
        expected = "日付（例：2026-04-01）" if kind.limit is date else "数"
        for key in ("min", "max"):
            if key in table and key in kind.keys and not isinstance(table[key], kind.limit):
                self._report.tell(
                    (*path, key), "wrong_limit_kind", type=kind.name, expected=expected
                )
                return
        for low, high in _PAIRS:
            if low in table and high in table and table[low] > table[high]:
                params = {"low": low, "high": high, "least": table[low], "most": table[high]}
                self._report.tell((*path, low), "min_above_max", **params)

    def _judge_files(self, path: KeyPath, table: Mapping[str, Any]) -> None:
        for index, word in enumerate(table.get("accept", ())):
            if word not in KINDS:
                at = (*path, "accept", index)
                self._report.tell(at, "unknown_ending", value=word, known="、".join(KINDS))

    def _choices(
        self, path: KeyPath, table: Mapping[str, Any], kind: FieldKind
    ) -> tuple[Choice, ...]:
        if "choices" not in kind.keys:
            return ()
        titles, english = table.get("choices", {}), table.get("choices_en", {})
        if not titles:
            self._report.tell(path, "no_choices")
        seen: set[str] = set()
        for value, title in titles.items():
            at = (*path, "choices", value)
            if not _CHOICE_VALUE.fullmatch(value):
                self._report.tell(at, "wrong_choice_value")
            if f"{table.get('id')}.{value}" in self._retired:
                self._report.tell(at, "retired_id")
            if title in seen:
                self._report.tell(at, "duplicate_choice")
            if not title.strip():
                self._report.tell(at, "blank_text")
            if "en" in self._languages and value not in english:
                self._report.tell(at, "missing_english", key=f"choices_en.{value}")
            seen.add(title)
        for value in english:
            if value not in titles:
                self._report.tell((*path, "choices_en", value), "unknown_choice", value=value)
        return tuple(
            Choice(value, Text(title, english.get(value, ""))) for value, title in titles.items()
        )

    def _columns(
        self, path: KeyPath, table: Mapping[str, Any], kind: FieldKind
    ) -> tuple[FieldDefinition, ...]:
        if "column" not in kind.keys:
            return ()
        tables = read_tables(table, (*path, "column"), FIELD_KEYS, self._report)
        if not tables:
            self._report.tell(path, "no_columns")
        self._judge_ids(tables, (), "column")
        self._judge_labels(tables)
        for at, column in tables:
            inner = FIELD_TYPES.get(column.get("type", "text"))
            if inner and not inner.fits_in_rows:
                self._report.tell((*at, "type"), "nested_rows")
        return tuple(field for at, column in tables if (field := self._field(at, column)))

    # -- pages

    def _pages(
        self, fields: list[FieldDefinition], form: Mapping[str, Any]
    ) -> list[PageDefinition]:
        tables = read_tables(self._tree, ("page",), PAGE_KEYS, self._report)
        if not tables:
            whole = {"title": form.get("title", ""), "title_en": form.get("title_en", "")}
            ids = tuple(field.id for field in fields)
            return [
                PageDefinition(id="form", title=_text(whole, "title"), about=Text(), fields=ids)
            ]
        self._judge_ids(tables, (), "page")
        placed: dict[str, int] = {}
        pages = [
            PageDefinition(
                id=table["id"],
                title=_text(table, "title"),
                about=_text(table, "about"),
                fields=tuple(table["fields"]),
                rule=self._rule(path, table),
            )
            for path, table in tables
            if self._is_whole(path, table, placed)
        ]
        for field in fields:
            if field.id not in placed:
                self._report.tell((*self._paths[field.id], "id"), "field_on_no_page", id=field.id)
        return pages

    def _is_whole(self, path: KeyPath, table: Mapping[str, Any], placed: dict[str, int]) -> bool:
        """Whether a page can be made; notes which fields it has."""
        self._texts(path, table, "title", "about")
        ids = self._tree_ids()
        for index, name in enumerate(table.get("fields", ())):
            at = (*path, "fields", index)
            if name not in ids:
                self._report.tell_near(at, "page_unknown_field", suggest(name, ids), id=name)
            elif name in placed:
                self._report.tell(at, "field_on_two_pages", id=name, line=placed[name])
            placed.setdefault(name, self._report.line(at))
        if "fields" in table and not table["fields"]:
            self._report.tell((*path, "fields"), "empty_page")
        return {"id", "title", "fields"} <= table.keys()

    def _tree_ids(self) -> list[str]:
        """Ids as written, also of fields that have other problems."""
        return [each["id"] for each in self._field_tables() if isinstance(each.get("id"), str)]

    def _field_tables(self) -> list[Mapping[str, Any]]:
        return _tables_in(self._tree, "field")

    # -- rules

    def _rule(self, path: KeyPath, table: Mapping[str, Any]) -> Rule | None:
        if "show_if" not in table:
            return None
        try:
            return self._resolved(Rule.parse(table["show_if"]))
        except InvalidRule as error:
            self._report.tell((*path, "show_if"), "wrong_rule", reason=str(error))
            return None

    def _resolved(self, rule: Rule) -> Rule:
        """The rule with yes and no as the values that such fields store."""
        kinds = {
            str(each.get("id")): str(each.get("type"))
            for field in self._field_tables()
            for each in (field, *_tables_in(field, "column"))
            if each.get("type") in ("yes_no", "agreement")
        }
        return _rebuilt(rule.as_data(), kinds) if kinds.keys() & rule.names else rule

    def _judge_rules(self, fields: list[FieldDefinition], pages: list[PageDefinition]) -> None:
        known = {field.id: field for field in fields}
        before: set[str] = set()
        for index, page in enumerate(pages):
            if page.rule:
                self._judge_rule(("page", index), page.rule, known, before)
            for name in page.fields:
                if name in known and (rule := known[name].rule) is not None:
                    self._judge_rule(self._paths[name], rule, known, before)
                before.add(name)
                if name in known:
                    self._judge_column_rules(known[name], known, before)

    def _judge_column_rules(
        self, rows: FieldDefinition, known: Mapping[str, FieldDefinition], before: Collection[str]
    ) -> None:
        """Columns may depend on columns before them, and on what was asked before the rows."""
        inside = {column.id: column for column in rows.columns}
        seen: set[str] = set(before) - {rows.id}
        for index, column in enumerate(rows.columns):
            if column.rule:
                path = (*self._paths[rows.id], "column", index)
                self._judge_rule(path, column.rule, {**known, **inside}, seen)
            seen.add(column.id)

    def _judge_rule(
        self,
        path: KeyPath,
        rule: Rule,
        known: Mapping[str, FieldDefinition],
        before: Collection[str],
    ) -> None:
        at = (*path, "show_if")
        ids = [*self._tree_ids(), *known]
        for leaf in rule.leaves:
            name = leaf.name.partition(".")[0]
            if name not in ids:
                self._report.tell_near(at, "rule_unknown_field", suggest(name, ids), id=name)
            elif name not in before:
                self._report.tell(at, "rule_later_field", id=name)
            elif name in known and leaf.test == "=":
                offered = _offered(known[name])
                for value in leaf.values:
                    if offered and value not in offered:
                        written = "、".join(offered.values())
                        params = {"value": value, "id": name, "known": written}
                        self._report.tell(at, "rule_unknown_choice", **params)


def _offered(field: FieldDefinition) -> Mapping[str, str]:
    """Values that a rule can compare a field with, as stored and as written; else none."""
    if issubclass(field.kind.field_class, YesNoField | CheckboxField):
        return {"True": "yes", "False": "no"}
    return {choice.value: choice.value for choice in field.choices}


def _rebuilt(data: list[Any], kinds: Mapping[str, str]) -> Rule:
    word, *rest = data
    if word in ("and", "or"):
        return (all_of if word == "and" else any_of)(*(_rebuilt(each, kinds) for each in rest))
    if word == "not":
        return not_(_rebuilt(rest[0], kinds))
    name, *values = rest
    if word == "filled":
        return When(name, filled=True)
    if word != "=":
        return When(name, compares=(word, Decimal(values[0])))
    if kinds.get(name) == "agreement":
        ticked = When(name, filled=True)
        meant = {"yes": ticked, "no": not_(ticked)}
        return any_of(*(meant.get(value) or When(name, equals=value) for value in values))
    stored = {"yes": "True", "no": "False"} if name in kinds else {}
    return When(name, is_in=[stored.get(value, value) for value in values])


def _tables_in(tree: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    tables = tree.get(name, [])
    return [each for each in tables if isinstance(each, dict)] if isinstance(tables, list) else []


def _text(table: Mapping[str, Any], name: str) -> Text:
    return Text(table.get(name, ""), table.get(f"{name}_en", ""))
