"""Directives that put facts of the code into the pages: nothing is copied by hand.

``govkit-settings`` · ``govkit-commands`` · ``govkit-permissions`` · ``govkit-tables`` ·
``govkit-policy`` · ``govkit-roles`` · ``govkit-columns`` · ``govkit-personal-files`` · ``govkit-glossary`` · ``govkit-components`` ·
``govkit-form-types`` · ``govkit-form-keys`` · ``govkit-requirements`` ·
``govkit-requirements-elsewhere`` · ``govkit-probes``
"""

import tomllib
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from docutils import nodes
from govkit_gallery import (
    controls,
    frame,
    journey_code,
    live_journey,
    sentences,
    write_live_pages,
)
from govkit_requirements import REQUIREMENTS, ids, proofs
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from govkit.base.columns import asset_class
from govkit.base.db import AppendOnly, Base
from govkit.base.deployment import BASE_PERMISSIONS, ROLE_TITLES
from govkit.base.encrypted_columns import is_sealed
from govkit.base.file_register import BASE_FILES
from govkit.base.module import Module, load_modules
from govkit.base.settings import Settings
from govkit.cli import main
from govkit.cli.doctor import CHECKED, PROBES
from govkit.forms.definition_keys import FIELD_KEYS, FORM_KEYS, PAGE_KEYS
from govkit.forms.definition_registry import FIELD_TYPES
from govkit.testing.form_examples import FAMILIES, Example

ROOT = Path(__file__).parents[2]
EXPLANATIONS = Path(__file__).parent / "explanations.toml"

Cell = str | nodes.Node | Sequence[nodes.Node]


def modules() -> Sequence[Module]:
    """The modules that govkit ships, in loading order."""
    return load_modules(Settings.model_fields["app"].default.modules)


def explanations() -> dict[str, dict[str, str]]:
    """Japanese explanations of settings and policies, by key."""
    return tomllib.loads(EXPLANATIONS.read_text(encoding="utf-8"))


def settings_keys() -> Iterator[tuple[str, FieldInfo]]:
    """Every setting as ``section.key``."""
    for section, field in Settings.model_fields.items():
        for key, inner in type(field.default).model_fields.items():
            yield f"{section}.{key}", inner


def policies() -> Iterator[tuple[str, type[BaseModel]]]:
    """Name of each module that has a policy, and the policy."""
    for module in modules():
        if module.policy is not None:
            yield module.name, module.policy


def commands(
    group: click.Group = main, prefix: str = "govkit"
) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by its full name."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix} {name}")
        elif command is not None:
            yield f"{prefix} {name}", command


def literal(text: str) -> nodes.literal:
    """Text as code."""
    return nodes.literal(text, text)


def table(headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> nodes.table:
    """A plain table."""
    group = nodes.tgroup(cols=len(headings))
    group += [nodes.colspec(colwidth=1) for _ in headings]
    head, body = nodes.thead(), nodes.tbody()
    for part, lines in ((head, [headings]), (body, rows)):
        for line in lines:
            row = nodes.row()
            for cell in line:
                row += _entry(cell)
            part += row
    group += [head, body]
    made = nodes.table()
    made += group
    return made


def _entry(cell: Cell) -> nodes.entry:
    paragraph = nodes.paragraph()
    for part in [cell] if isinstance(cell, str | nodes.Node) else cell:
        paragraph += nodes.Text(part) if isinstance(part, str) else part
    entry = nodes.entry()
    entry += paragraph
    return entry


def _default(field: FieldInfo) -> Cell:
    value = field.get_default(call_default_factory=True)
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if value is PydanticUndefined:
        return "（必須）"
    if value is None or value == "" or value == () or value == {}:
        return "（なし）"
    if isinstance(value, bool):
        return literal(str(value).lower())
    if isinstance(value, tuple):
        # One literal per value, so that the column can break.
        words = [[literal(str(each)), nodes.Text(" ")] for each in value]
        return [part for word in words for part in word]
    return literal(str(value))


class _Facts(SphinxDirective):
    """A directive whose answer depends on the code."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """The nodes; the page is read again whenever the explanations change."""
        self.env.note_dependency(str(EXPLANATIONS))
        return list(self.facts())

    def facts(self) -> Iterator[nodes.Node]:
        """What to show."""
        raise NotImplementedError


class SettingsTable(_Facts):
    """Settings: key, default, meaning."""

    def facts(self) -> Iterator[nodes.Node]:
        """One table."""
        told = explanations()["settings"]
        rows = [(literal(key), _default(field), told[key]) for key, field in settings_keys()]
        yield table(("設定", "既定", "意味"), rows)


class CommandsList(_Facts):
    """Commands with their arguments and options, told by themselves."""

    def facts(self) -> Iterator[nodes.Node]:
        """A section per command."""
        for name, command in commands():
            context = click.Context(command, info_name=name)
            section = nodes.section(ids=[name.replace(" ", "-")])
            section += nodes.title(text=name)
            section += nodes.paragraph(text=(command.help or "").strip())
            usage = " ".join(command.collect_usage_pieces(context))
            section += nodes.literal_block(text=f"{name} {usage}", language="text")
            rows = [
                (literal(found[0]), found[1])
                for option in command.params
                if isinstance(option, click.Option) and (found := option.get_help_record(context))
            ]
            if rows:
                section += table(("オプション", "意味"), rows)
            self.state.document.note_explicit_target(section)
            yield section


class PermissionsTable(_Facts):
    """Permissions of a module and the default roles that get them."""

    required_arguments = 1

    def facts(self) -> Iterator[nodes.Node]:
        """One table."""
        module = next(each for each in modules() if each.name == self.arguments[0])
        rows = []
        for permission in module.permissions:
            holders = [
                str(title)
                for role, title in ROLE_TITLES.items()
                if permission.name in module.roles.get(role, ())
            ]
            rows.append((literal(permission.name), str(permission.title), "、".join(holders)))
        yield table(("権限", "できること", "はじめから持つ役割"), rows)


class TablesList(_Facts):
    """Tables of a module."""

    required_arguments = 1

    def facts(self) -> Iterator[nodes.Node]:
        """One table, append-only rows marked."""
        modules()
        rows = [
            (
                literal(mapper.class_.__tablename__),
                str(mapper.local_table.comment),
                "追記のみ" if issubclass(mapper.class_, AppendOnly) else "",
            )
            for mapper in sorted(Base.registry.mappers, key=lambda each: each.class_.__tablename__)
            if mapper.class_.__tablename__.startswith(f"{self.arguments[0]}_")
        ]
        yield table(("表", "内容", "書き方"), rows)


class PolicyTable(_Facts):
    """What a municipality may decide about a module."""

    required_arguments = 1

    def facts(self) -> Iterator[nodes.Node]:
        """One table."""
        name = self.arguments[0]
        told = explanations()["policies"]
        model = dict(policies())[name]
        rows = [
            (literal(key), _default(field), told[f"{name}.{key}"])
            for key, field in model.model_fields.items()
        ]
        yield table(("方針", "既定", "意味"), rows)


class RolesTable(_Facts):
    """Default roles and the permissions of the base."""

    def facts(self) -> Iterator[nodes.Node]:
        """Roles by code, then the permissions that no module declares."""
        yield table(
            ("役割コード", "役割名"),
            [(literal(code), str(title)) for code, title in ROLE_TITLES.items()],
        )
        yield table(
            ("権限", "できること"),
            [(literal(each.name), str(each.title)) for each in BASE_PERMISSIONS],
        )


class ColumnsTable(_Facts):
    """The asset class of every table, and the columns that have another one."""

    def facts(self) -> Iterator[nodes.Node]:
        """A row per table."""
        modules()
        yield table(
            ("表", "内容", "分類", "分類の違う列", "暗号化する列"),
            [
                (literal(name), str(each.comment), *self._columns(each))
                for name, each in sorted(Base.metadata.tables.items())
            ],
        )

    def _columns(self, each: Any) -> tuple[str, str, str]:
        usual = each.info.get("asset_class", "")
        others = [
            f"{column.comment}（{found}）"
            for column in each.columns
            if (found := asset_class(column)) != usual
        ]
        sealed = [str(column.comment) for column in each.columns if is_sealed(column)]
        return str(usual), "、".join(others), "、".join(sealed)


class PersonalFilesTable(_Facts):
    """The files of personal information that the tables make up."""

    def facts(self) -> Iterator[nodes.Node]:
        """A row per file."""
        own = (each for module in modules() for each in module.personal_files)
        rows = [
            (each.name, each.purpose, each.people, [literal(f"{name} ") for name in each.tables])
            for each in (*own, *BASE_FILES)
        ]
        yield table(("ファイルの名称", "利用目的", "記録範囲", "表"), rows)


class GlossaryTable(_Facts):
    """The terms of GLOSSARY.toml."""

    def facts(self) -> Iterator[nodes.Node]:
        """One table."""
        path = ROOT / "GLOSSARY.toml"
        self.env.note_dependency(str(path))
        terms = tomllib.loads(path.read_text(encoding="utf-8"))["term"]
        rows = [
            (each["japanese"], each["english"], each["source"])
            for each in sorted(terms, key=lambda each: each["english"].lower())
        ]
        yield table(("日本語", "コードでの英語", "出典"), rows)


class ComponentSections(_Facts):
    """The fields of a family of examples: live, as code, with tokens and errors."""

    required_arguments = 1

    def facts(self) -> Iterator[nodes.Node]:
        """A section per field."""
        for example in FAMILIES[self.arguments[0]].EXAMPLES:
            section = nodes.section(ids=[example.name.replace("_", "-")])
            section += nodes.title(text=f"{example.title}（{example.shows.__name__}）")
            section += list(self._parts(example))
            self.state.document.note_explicit_target(section)
            yield section

    def _parts(self, example: Example) -> Iterator[nodes.Node]:
        for text in filter(None, example.explanation.split("\n\n")):
            yield nodes.paragraph(text=text.replace("\n", ""))
        yield nodes.raw("", frame(example.name, example.title), format="html")
        yield nodes.literal_block(text=example.code, language="python")
        yield table(
            ("送られる名前", "種類", "autocomplete", "inputmode"),
            [[literal(cell) if cell else "" for cell in row] for row in controls(example)],
        )
        rows = [(literal(code), text) for code, text in sentences(example)]
        if rows:
            yield table(("エラーのコード", "文"), rows)


class FormTypesTable(_Facts):
    """The types of field that a definition of a form can name."""

    def facts(self) -> Iterator[nodes.Node]:
        """One table."""
        rows = []
        for kind in FIELD_TYPES.values():
            about = kind.about + (
                "。根拠となる法令（legal_basis）が要ります" if kind.needs_legal_basis else ""
            )
            rows.append([literal(kind.name), kind.title, about, literals(kind.keys)])
        yield table(("種類", "名前", "受け取るもの", "ほかに使えるキー"), rows)


class FormKeysTable(_Facts):
    """The keys of a definition of a form."""

    def facts(self) -> Iterator[nodes.Node]:
        """A table per heading."""
        for heading, keys in (
            ("[form]", FORM_KEYS),
            ("[[page]]", PAGE_KEYS),
            ("[[field]]", FIELD_KEYS),
        ):
            yield nodes.paragraph("", "", literal(heading))
            rows = [
                [
                    literal(key.name),
                    "必須" if key.is_required else "",
                    key.about,
                    key.default,
                ]
                for key in keys.values()
            ]
            yield table(("キー", "", "意味", "書かないとき"), rows)


def literals(words: Sequence[str]) -> list[nodes.Node]:
    """Words as code, with spaces between them."""
    parts = [part for word in words for part in (literal(word), nodes.Text(" "))]
    return [nodes.paragraph("", "", *parts)] if parts else []


class JourneySections(_Facts):
    """The pages of a journey, live, and the code that makes them."""

    def facts(self) -> Iterator[nodes.Node]:
        """The code, then a section per page."""
        yield nodes.literal_block(text=journey_code(), language="python")
        for name, title, _page in live_journey():
            section = nodes.section(ids=[name])
            section += nodes.title(text=title)
            section += nodes.raw("", frame(name, title), format="html")
            self.state.document.note_explicit_target(section)
            yield section


class ProbesTable(_Facts):
    """What ``govkit doctor`` looks at."""

    def facts(self) -> Iterator[nodes.Node]:
        """One table."""
        rows = [(literal(code), title, "✘") for code, title in CHECKED.values()]
        rows += [(literal(each.code), each.title, "✘" if each.is_error else "△") for each in PROBES]
        yield table(("番号", "こうなっていること", "重さ"), rows)


class RequirementsTable(_Facts):
    """The requirements of a section, each with the tests that prove it."""

    required_arguments = 1

    def facts(self) -> Iterator[nodes.Node]:
        """How many are proved, and one table."""
        self.env.note_dependency(str(REQUIREMENTS))
        wanted, found = ids(self.arguments[0]), proofs()
        proved = sum(key in found for key in wanted)
        yield nodes.paragraph(text=f"{len(wanted)}件のうち{proved}件に検査があります。")
        rows = [
            [literal(key), words, literals(found[key]) if key in found else "—"]
            for key, words in wanted.items()
        ]
        yield table(("番号", "約束", "検査"), rows)


class RequirementsList(_Facts):
    """The requirements of a section that no test can prove here."""

    required_arguments = 1

    def facts(self) -> Iterator[nodes.Node]:
        """One table."""
        self.env.note_dependency(str(REQUIREMENTS))
        rows = [(literal(key), words) for key, words in ids(self.arguments[0]).items()]
        yield table(("番号", "内容"), rows)


DIRECTIVES: dict[str, type[_Facts]] = {
    "govkit-settings": SettingsTable,
    "govkit-commands": CommandsList,
    "govkit-permissions": PermissionsTable,
    "govkit-tables": TablesList,
    "govkit-policy": PolicyTable,
    "govkit-roles": RolesTable,
    "govkit-columns": ColumnsTable,
    "govkit-personal-files": PersonalFilesTable,
    "govkit-glossary": GlossaryTable,
    "govkit-components": ComponentSections,
    "govkit-journey": JourneySections,
    "govkit-form-types": FormTypesTable,
    "govkit-form-keys": FormKeysTable,
    "govkit-probes": ProbesTable,
    "govkit-requirements": RequirementsTable,
    "govkit-requirements-elsewhere": RequirementsList,
}


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives."""
    import_module("govkit.base.app")
    for name, directive in DIRECTIVES.items():
        app.add_directive(name, directive)
    app.connect("builder-inited", write_live_pages)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
