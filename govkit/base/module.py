"""What a shared module (共同開発モジュール) declares, and the one order in which modules load.

Modules of govkit and of third parties are found alike, through the entry-point group
``govkit.modules``, and are active only if the settings name them. A module that lives inside an
application's own project needs no installation: the settings name it ``"package:attribute"``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec

from pydantic import BaseModel

from govkit.base.audit_words import Action
from govkit.base.file_register import PersonalFile
from govkit.base.typesetting import DocumentKind
from govkit.errors import InvalidSettings, Problem

__all__ = ["Module", "NavItem", "Permission", "load_modules"]


@dataclass(frozen=True, slots=True)
class Permission:
    """A right that a route or a service asks for (権限), such as ``attendance.record``.

    :param very_sensitive: Whether it can do great harm, so that it is marked and its routes ask
        for a fresh proof (再認証, ASVS 7.5.3).
    :param sensitive: Whether those who hold it need a second factor, where the settings say so.
    """

    name: str
    title: str
    very_sensitive: bool = False
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the menu, shown to those who hold the permission."""

    endpoint: str
    title: str
    permission: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Module:
    """A module as the base sees it.

    :param name: Noun, prefix of its tables, permissions, endpoints and templates.
    :param title: Japanese title, a :func:`~govkit.base.i18n.lazy_gettext` text.
    :param package: Import name of the package that holds ``migrations/`` and ``templates/``.
    :param requires: Names of the modules it calls.
    :param models: Import names of the Python modules that map its tables.
    :param blueprint: ``"package.views:pages"``, imported only when a web application starts.
    :param commands: ``"package.cli:group"``, a click command added to ``govkit``.
    :param roles: Permissions that a municipality's default roles get from this module.
    :param policy: Pydantic model of what may differ between municipalities (団体ごとの方針).
    :param actions: Every action that its audit events name, with a title.
    :param details: Titles of what it puts into the detail of its audit events.
    :param documents: Documents that it prints (帳票).
    :param personal_files: Files of personal information that its tables make up (個人情報ファイル).
    """

    name: str
    title: str
    package: str
    requires: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    blueprint: str = ""
    commands: str = ""
    permissions: tuple[Permission, ...] = ()
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    navigation: tuple[NavItem, ...] = ()
    policy: type[BaseModel] | None = None
    actions: tuple[Action, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    documents: tuple[DocumentKind, ...] = ()
    personal_files: tuple[PersonalFile, ...] = ()


def load_modules(names: Iterable[str]) -> Sequence[Module]:
    """The named modules, their tables mapped, in dependency order and then by name.

    :raises InvalidSettings: When a module is missing, requires one that is not active, or the
        modules require each other in a circle.
    """
    wanted = list(dict.fromkeys(names))
    found = dict(_installed())
    found |= {name: _local(name) for name in wanted if _is_local(name)}
    problems = [
        Problem(
            "module_missing",
            "モジュール「{name}」が見つかりません。パッケージをインストールするか、設定の modules から外してください。",
            column="app.modules",
            params={"name": name},
        )
        for name in wanted
        if name not in found
    ]
    if problems:
        raise InvalidSettings(problems)
    loaded = [found[name].load() for name in wanted]
    return _in_order({module.name: module for module in loaded})


@cache
def _installed() -> Mapping[str, EntryPoint]:
    """Modules of installed packages, looked for once: that reads every package there is."""
    return {point.name: point for point in entry_points(group="govkit.modules")}


def _local(name: str) -> EntryPoint:
    return EntryPoint(name=name, value=name, group="govkit.modules")


def _is_local(name: str) -> bool:
    package, colon, _attribute = name.partition(":")
    try:
        return bool(colon) and find_spec(package) is not None
    except ModuleNotFoundError:
        return False  # a parent package is missing


def _in_order(modules: dict[str, Module]) -> Sequence[Module]:
    problems = [
        Problem(
            "module_requires",
            "モジュール「{name}」には「{required}」が必要です。設定の modules に加えてください。",
            column="app.modules",
            params={"name": module.name, "required": required},
        )
        for module in modules.values()
        for required in module.requires
        if required not in modules
    ]
    if problems:
        raise InvalidSettings(problems)
    sorter = TopologicalSorter({name: sorted(modules[name].requires) for name in sorted(modules)})
    try:
        sorter.prepare()
    except CycleError as error:
        raise InvalidSettings(
            [
                Problem(
                    "module_cycle",
                    "モジュールが互いを必要としています: {cycle}",
                    params={"cycle": error.args[1]},
                )
            ]
        ) from error
    ordered: list[Module] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        ordered += [modules[name] for name in ready]
        sorter.done(*ready)
    for module in ordered:
        for path in module.models:
            import_module(path)
    return tuple(ordered)
