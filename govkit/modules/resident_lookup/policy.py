"""For which purposes a municipality looks residents up (利用目的)."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from govkit.base.i18n import lazy_gettext as _
from govkit.base.work import Work
from govkit.errors import InvalidInput, Refused
from govkit.residents.policy import PurposeRule, read_policy

__all__ = ["DEFAULT_TITLES", "ResidentLookupPolicy", "default_purposes", "purposes"]

_DEFAULT: Final = Path(__file__).with_name("default_policy.toml")
DEFAULT_TITLES: Final = (
    _("学齢簿の確認"),
    _("就学通知と学校の指定"),
    _("指定校の変更と区域外就学"),
    _("就学援助の認定"),
    _("就学していない子どもの確認"),
)
"""Titles of ``default_policy.toml``, for the catalogue."""


def _readable(path: str) -> str:
    if path:
        try:
            read_policy(Path(path))
        except OSError as error:
            raise ValueError(f"{path}: {error.strerror}") from error
        except InvalidInput as refused:
            raise ValueError(" ".join(map(str, refused.problems))) from refused
    return path


class ResidentLookupPolicy(BaseModel):
    """What a municipality decides about looking residents up (住民照会の方針).

    :param policy_file: File with the purposes, as :func:`~govkit.residents.policy.read_policy` reads
        it; blank for the one of this module.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    policy_file: Annotated[str, AfterValidator(_readable)] = ""


@cache
def default_purposes() -> Mapping[str, PurposeRule]:
    """The purposes of a municipality that has not decided otherwise."""
    return read_policy(_DEFAULT)


def purposes(work: Work) -> Mapping[str, PurposeRule]:
    """The purposes of the municipality by name.

    :raises Refused: When the municipality's file cannot be read any more: nobody is looked up then.
    """
    try:
        path = work.policy(ResidentLookupPolicy).policy_file
        return read_policy(Path(path)) if path else default_purposes()
    except (OSError, InvalidInput, ValidationError) as error:
        raise Refused(
            "住民照会の方針のファイルを読めないため、照会できません。システム管理者に知らせてください。"
        ) from error
