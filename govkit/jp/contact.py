"""Addresses on the internet as people type them: e-mail and web.

Names of hosts are stored in ASCII (Punycode); letters of full width, and the full stops of a Japanese
keyboard, are folded.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from typing import Final, Self
from unicodedata import category, normalize
from urllib.parse import quote

from govkit.errors import InvalidValue
from govkit.jp.characters import has_private_use
from govkit.jp.digits import DASH_LIKE, tidy
from govkit.jp.text import drop_invisible, fold_width

__all__ = ["EmailAddress", "EmailProblem", "Url", "UrlProblem"]

_DOTS: Final = {ord("。"): ".", ord("｡"): ".", 0xFE52: ".", 0xFE6B: "@", 0x301C: "~"}
_KANA: Final = "\u3041-\u3096\u30a1-\u30fa\u30fc"
_DASH: Final = re.compile(
    f"(?<![{_KANA}])[{re.escape(DASH_LIKE.replace('_', '').replace('-', ''))}]"
)
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_TOP_LABEL: Final = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}")
# One label never mixes Latin, Greek and Cyrillic: that is how one host is passed off as another.
_SCRIPTS: Final = ("[A-Za-z\u00c0-\u024f]", "[\u0370-\u03ff]", "[\u0400-\u052f]")


def _is_plain_word(text: str) -> bool:
    """Whether letters alone are in it, and none that registrars map to others (ⓔ, ﬁ, ß)."""
    letters = all(
        character in "-." or character.isascii() or category(character)[0] in "LM"
        for character in text
    )
    return letters and normalize("NFKC", text) == text and not {"ß", "ς"} & set(text)


def _host(text: str) -> str | None:
    """A host name in ASCII; ``None`` when it cannot be one."""
    labels = text.split(".")
    if any(sum(bool(re.search(script, label)) for script in _SCRIPTS) > 1 for label in labels):
        return None
    if not text.isascii() and not _is_plain_word(text.lower()):
        return None
    try:
        host = text.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        return None
    return host


class EmailProblem(StrEnum):
    """Why an e-mail address cannot be read."""

    EMPTY = "email_empty"
    NO_AT = "email_no_at"
    SEVERAL_AT = "email_several_at"
    SEVERAL = "email_several"
    SPACE = "email_space"
    COMMA = "email_comma"
    TRAILING_DOT = "email_trailing_dot"
    QUOTED = "email_quoted"
    LOCAL_CHARACTER = "email_local_character"
    LOCAL_DOTS = "email_local_dots"
    LOCAL_EMPTY = "email_local_empty"
    DOMAIN = "email_domain"
    TOO_LONG = "email_too_long"


_MAIL_LABEL: Final = re.compile(
    r"(?:mailto:|(?:e-?mail|mail|メール(?:アドレス)?|電子メール)(?:アドレス)? *[:=])\s*",
    re.IGNORECASE,
)
_LONGEST_EMAIL: Final = 390
"""Characters that are still looked at: two addresses at once are told as such."""
_LOCAL: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+")
_LAST_DOTS: Final = re.compile(r"[.,、;]+$")
# Until 2009 mobile carriers gave out addresses with dots that RFC 5321 does not allow.
_CARRIER: Final = re.compile(
    r"(?:docomo\.ne\.jp|ezweb\.ne\.jp|(?:[a-z0-9-]+\.)?biz\.ezweb\.ne\.jp|au\.com|softbank\.ne\.jp"
    r"|i\.softbank\.jp|[a-z]\.vodafone\.ne\.jp|jp-[a-z]\.ne\.jp|disney\.ne\.jp|willcom\.com"
    r"|(?:[a-z0-9]+\.)?pdx\.ne\.jp|emnet\.ne\.jp|ymobile1?\.ne\.jp|emobile(?:-s)?\.ne\.jp"
    r"|(?:[a-z]+\.)?ido\.ne\.jp|(?:[a-z]{2}\.)?uqmobile\.jp)"
)
_WITHOUT_TOP: Final = {
    "docomo": "docomo.ne.jp",
    "ezweb": "ezweb.ne.jp",
    "softbank": "softbank.ne.jp",
    "i.softbank": "i.softbank.jp",
    "gmail": "gmail.com",
}

# Mail programs copy an address as 山田太郎 <taro@example.jp>.
_NAMED: Final = re.compile("[^<>@]*<([^<>]*)>")


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """An e-mail address (メールアドレス).

    :param local: What stands before the @, its case kept.
    :param domain: Lower-case ASCII.
    """

    local: str
    domain: str
    raw: str = field(default="", compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an address of any width, with ``mailto:`` or in angle brackets.

        Dots in a row, at the beginning or end of the name are allowed for the mobile carriers alone,
        which gave out such addresses. Refused with what was probably meant: spaces, a comma for a
        dot, a dot at the end. Names in quotes or in other letters than ASCII are refused (RFC 5321
        allows them, few systems can send to them).

        :raises InvalidValue: With an :class:`EmailProblem`.
        """
        plain = _mail_text(text)
        if not plain:
            raise InvalidValue(EmailProblem.EMPTY)
        if len(plain) > _LONGEST_EMAIL:
            raise InvalidValue(EmailProblem.TOO_LONG)
        found = cls._found(plain)
        if isinstance(found, EmailProblem):
            raise InvalidValue(found, cls._meant(plain, found))
        return cls(*found, text)

    @classmethod
    def _found(cls, plain: str) -> "tuple[str, str] | EmailProblem":
        """Local part and domain, or what is wrong first."""
        if problem := _shape_of(plain):
            return problem
        local, _, domain = plain.partition("@")
        host = _host(domain)
        if host is None or "." not in host or not _TOP_LABEL.fullmatch(host.rpartition(".")[2]):
            return EmailProblem.DOMAIN
        has_odd_dots = local.startswith(".") or local.endswith(".") or ".." in local
        if has_odd_dots and not _CARRIER.fullmatch(host):
            return EmailProblem.LOCAL_DOTS
        if not local.strip("."):
            return EmailProblem.LOCAL_EMPTY
        if len(local) > 64 or len(local) + len(host) + 1 > 254:
            return EmailProblem.TOO_LONG
        return local, host

    @classmethod
    def _meant(cls, plain: str, problem: EmailProblem) -> str:
        domain = plain.rpartition("@")[2].lower()
        if problem is EmailProblem.DOMAIN and domain in _WITHOUT_TOP:
            return plain[: -len(domain)] + _WITHOUT_TOP[domain]
        if problem not in {EmailProblem.SPACE, EmailProblem.COMMA, EmailProblem.TRAILING_DOT}:
            return ""
        tried = _LAST_DOTS.sub("", "".join(plain.split())).replace(",", ".").replace("、", ".")
        return tried if not isinstance(cls._found(tried), EmailProblem) else ""

    @property
    def domain_in_unicode(self) -> str:
        """The domain as people read it, a Japanese one in Japanese."""
        return self.domain.encode("ascii").decode("idna")

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"


def _mail_text(text: str) -> str:
    plain = tidy(text).translate(_DOTS)
    if label := _MAIL_LABEL.match(plain):
        plain = plain[label.end() :]
    if named := _NAMED.fullmatch(plain):
        plain = named[1].strip()
    return _DASH.sub("-", plain)


def _shape_of(plain: str) -> EmailProblem | None:
    """What is wrong before the domain is looked at."""
    ats = plain.count("@")
    if not ats:
        return EmailProblem.NO_AT
    if '"' in plain:
        return EmailProblem.QUOTED
    if ats > 1:
        pieces = [piece for piece in re.split(r"[,、;\s/]+", plain) if piece]
        is_list = len(pieces) == ats and all(piece.count("@") == 1 for piece in pieces)
        return EmailProblem.SEVERAL if is_list else EmailProblem.SEVERAL_AT
    if plain.startswith("@"):
        return EmailProblem.LOCAL_EMPTY
    if re.search(r"\s", plain):
        return EmailProblem.SPACE
    if _LAST_DOTS.search(plain):
        return EmailProblem.TRAILING_DOT
    if "," in plain or "、" in plain:
        return EmailProblem.COMMA
    return None if _LOCAL.fullmatch(plain.partition("@")[0]) else EmailProblem.LOCAL_CHARACTER


class UrlProblem(StrEnum):
    """Why the address of a web page cannot be read."""

    EMPTY = "url_empty"
    MISSING_SCHEME = "url_missing_scheme"
    SCHEME = "url_scheme"
    SPACE = "url_space"
    CREDENTIALS = "url_credentials"
    HOST = "url_host"
    PORT = "url_port"
    PRIVATE_HOST = "url_private_host"
    CHARACTER = "url_character"
    TOO_LONG = "url_too_long"


_LONGEST_URL: Final = 2000
_FULL_WIDTH_START: Final = re.compile("[^:/：／]*(?:：|:?[/／]{2})")
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_MISTYPED: Final = re.compile(
    r"(?:h?t?tps?|https?)(?::/{1,3}|//|;//|:\\\\|/)(?=[^/])", re.IGNORECASE
)
_BARE_HOST: Final = re.compile(r"[^\s/:@?#]+\.[^\s/:@?#]+(?::[0-9]+)?(?:[/?#].*)?", re.DOTALL)
_SPLIT: Final = re.compile(r"(https?)://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_AUTHORITY: Final = re.compile(r"(\[[^\]]*\]|[^:]*)(?::([0-9]*))?")
_SAFE: Final = "/?#[]@!$&'()*+,;=:~-._"
_NOT_IN_URL: Final = re.compile(r'[<>"{}|\\^`]')
_PRIVATE_NAMES: Final = re.compile(
    r"(?:.*\.)?(?:localhost|local|localdomain|internal|intranet|lan|home|corp|test|invalid|home\.arpa)"
)


@dataclass(frozen=True, slots=True)
class Url:
    """Address of a web page (URL): ``http`` or ``https``, without user name and password.

    :param text: ASCII; host and scheme lower-case, other letters in ``%XX``.
    """

    text: str
    raw: str = field(default="", compare=False, repr=False)

    @classmethod
    def parse(cls, text: str, *, allows_private: bool = False) -> Self:
        """Read an address; one typed in full width is folded as a whole, else the host alone.

        An address without ``https://`` is refused with it added.

        :param allows_private: Whether hosts inside a network are read: ``localhost``, single names,
            ``.local`` and the like, private and reserved IP addresses.
        :raises InvalidValue: With a :class:`UrlProblem`.
        """
        plain = _url_text(text)
        if not plain:
            raise InvalidValue(UrlProblem.EMPTY)
        if len(plain) > _LONGEST_URL:
            raise InvalidValue(UrlProblem.TOO_LONG)
        if re.search(r"\s", plain):
            raise InvalidValue(UrlProblem.SPACE)
        split = _SPLIT.fullmatch(plain)
        if split is None:
            raise _without_scheme(plain, allows_private=allows_private)
        scheme = split[1].lower()
        authority = _authority(scheme, split[2], allows_private=allows_private)
        url = f"{scheme}://{authority}{_tail(split[3])}"
        if len(url) > _LONGEST_URL:
            raise InvalidValue(UrlProblem.TOO_LONG)
        return cls(url, text)

    @property
    def host(self) -> str:
        """The host in ASCII, without the port."""
        authority = self.text.partition("://")[2]
        found = _AUTHORITY.match(re.split("[/?#]", authority)[0])
        return found[1] if found else ""

    def __str__(self) -> str:
        return self.text


def _url_text(text: str) -> str:
    plain = drop_invisible(text).strip().removeprefix("'")
    if len(plain) > _LONGEST_URL:
        return plain
    start = _FULL_WIDTH_START.match(plain)
    if start and not start[0].isascii():
        plain = fold_width(plain)
    plain = plain.removeprefix("<").removesuffix(">") if plain.startswith("<") else plain
    return re.sub(r"^URL *[:：] *(?=\S)", "", plain, flags=re.IGNORECASE)


def _without_scheme(plain: str, *, allows_private: bool) -> InvalidValue:
    if mistyped := _MISTYPED.match(plain):
        rest = plain[mistyped.end() :]
    elif _SCHEME.match(plain) and not _BARE_HOST.fullmatch(plain):
        return InvalidValue(UrlProblem.SCHEME)
    else:
        rest = plain.removeprefix("//")
    meant = f"https://{rest}"
    try:
        Url.parse(meant, allows_private=allows_private)
    except InvalidValue:
        meant = ""
    return InvalidValue(UrlProblem.MISSING_SCHEME, meant)


def _authority(scheme: str, text: str, *, allows_private: bool) -> str:
    folded = fold_width(text).translate(_DOTS)
    if "@" in folded:
        raise InvalidValue(UrlProblem.CREDENTIALS)
    found = _AUTHORITY.fullmatch(folded)
    if found is None:
        raise InvalidValue(UrlProblem.PORT if folded.count(":") == 1 else UrlProblem.HOST)
    name, is_private = _web_host(found[1].removesuffix("."))
    if is_private and not allows_private:
        raise InvalidValue(UrlProblem.PRIVATE_HOST)
    port = (found[2] or "").lstrip("0")
    if port and int(port[:6]) > 65535:
        raise InvalidValue(UrlProblem.PORT)
    return name if port in {"", {"http": "80", "https": "443"}[scheme]} else f"{name}:{port}"


def _web_host(text: str) -> tuple[str, bool]:
    """The host in ASCII, and whether it lies inside a network."""
    if re.fullmatch(r"\[[0-9A-Fa-f:.]+\]|[0-9.]+", text):
        try:
            address = ip_address(text.strip("[]"))
        except ValueError:
            raise InvalidValue(UrlProblem.HOST) from None
        return (f"[{address}]" if address.version == 6 else str(address)), not address.is_global
    host = _host(_DASH.sub("-", text)) if text else None
    if host is None:
        raise InvalidValue(UrlProblem.HOST)
    is_private = "." not in host or _PRIVATE_NAMES.fullmatch(host) is not None
    if not is_private and not _TOP_LABEL.fullmatch(host.rpartition(".")[2]):
        raise InvalidValue(UrlProblem.HOST)
    return host, is_private


def _tail(text: str) -> str:
    """Path, query and fragment in ASCII; what is in ``%XX`` already stays."""
    if _NOT_IN_URL.search(text) or has_private_use(text):
        raise InvalidValue(UrlProblem.CHARACTER)
    try:
        pieces = re.split("(%[0-9A-Fa-f]{2})", text)
        return "".join(
            piece if index % 2 else quote(piece, safe=_SAFE) for index, piece in enumerate(pieces)
        )
    except UnicodeEncodeError:
        raise InvalidValue(UrlProblem.CHARACTER) from None
