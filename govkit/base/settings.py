"""Settings of a deployment: one TOML file, overridden by the environment.

``govkit.toml`` is looked for in the working directory or named by ``GOVKIT_SETTINGS``. Every
value can be overridden: ``GOVKIT_APP__ENVIRONMENT=production`` sets ``environment`` in ``[app]``.
All problems are reported at once, in words, when the application starts.
"""

import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, FilePath, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from govkit.errors import InvalidSettings, Problem

__all__ = [
    "AppSettings",
    "DatabaseSettings",
    "EncryptionSettings",
    "JobSettings",
    "OidcSettings",
    "SecuritySettings",
    "Settings",
    "is_guarded_address",
    "load_settings",
    "oidc_problems",
    "settings_path",
]

_MEBIBYTE = 1024 * 1024


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class AppSettings(_Section):
    """``[app]``: what the application is."""

    name: Annotated[str, Field(min_length=1)] = "校務共同システム"
    """Name on every page (サービス名)."""
    environment: Literal["development", "production"] = "development"
    """``production`` demands a real secret, secure cookies and a guarded database."""
    modules: tuple[str, ...] = (
        "schools",
        "resident_extracts",
        "enrolment",
        "attendance",
        "resident_lookup",
        "administration",
    )
    """Active modules, by entry-point name (有効にするモジュール)."""
    trusted_hosts: tuple[str, ...] = ()
    """Host names under which the application answers; blank means any, in development only."""
    proxies: Annotated[int, Field(ge=0, le=5)] = 0
    """Servers in front of the application that pass on address, host and scheme of the one who asks
    (前に立つサーバーの台数); what any other one claims is not believed."""
    max_requests: Annotated[int, Field(ge=1)] = 64
    """Requests in progress in one process, above which the next is answered 503 (同時に受ける要求の上限)."""
    max_wait_seconds: Annotated[float, Field(gt=0)] = 5
    """A request that waited longer before it reached the process is answered 503 (待ち時間の上限). Needs
    ``proxies`` and a server in front that sends ``X-Request-Start``."""
    metrics_token: SecretStr = SecretStr("")
    """Whoever sends it as ``Authorization: Bearer …`` gets the figures for monitoring, which there are
    not without it (監視の合い言葉)."""
    templates: Path | None = None
    """Directory whose templates override those of govkit by the same path (差し替えテンプレート)."""


class DatabaseSettings(_Section):
    """``[database]``: SQLite by default, PostgreSQL in production."""

    url: Annotated[str, Field(repr=False)] = "sqlite:///var/govkit.sqlite3"
    """Database of the application; on PostgreSQL a role that owns no table."""
    owner_url: Annotated[str | None, Field(repr=False)] = None
    """PostgreSQL role that owns the tables and runs the migrations."""


class SecuritySettings(_Section):
    """``[security]``: secrets, sessions and limits."""

    secret_key: SecretStr = SecretStr("")
    """At least 32 characters, different for each deployment; made by ``govkit new``."""
    idle_minutes: Annotated[int, Field(ge=5, le=60)] = 60
    """A login ends after so many minutes without use (無操作時間)."""
    absolute_hours: Annotated[int, Field(ge=1, le=24)] = 12
    """A login ends after so many hours in any case (最長時間)."""
    second_factor: Literal["required", "sensitive", "optional"] | None = None
    """Who must prove a second factor (2つ目の要素): everybody, those whose roles hold sensitive rights,
    or those who set one up. Unless given, ``sensitive`` in production and ``optional`` elsewhere."""
    initial_password_days: Annotated[int, Field(ge=1, le=31)] = 7
    """How long the password of a new account is good, until its owner has chosen another
    (初期パスワード)."""
    leaked_passwords_file: FilePath | None = None
    """Passwords that leaked elsewhere (漏れたパスワード), UTF-8, one a line: who chooses one is refused."""
    step_up_minutes: Annotated[int, Field(ge=1, le=60)] = 15
    """How old a proof may be for very sensitive acts (再認証)."""
    risk_hook: str = "govkit.base.risk:ask_new_devices"
    """Function, ``package:name``, that judges each login by account, address, device and time
    (リスクに応じた認証)."""
    max_body_bytes: Annotated[int, Field(ge=1024)] = 2 * _MEBIBYTE
    """Largest ordinary request."""
    max_upload_bytes: Annotated[int, Field(ge=1024)] = 256 * _MEBIBYTE
    """Largest request on pages that receive files."""
    local_login: bool = True
    """Whether people may log in with a password of ours; without it ``[oidc]`` is the only way."""
    audit_anchor_file: Path | None = None
    """File outside the database that keeps the newest link of the audit chain (監査記録の鎖の控え), on
    another disk or server; beside the database unless given, which PostgreSQL needs."""


class OidcSettings(_Section):
    """``[oidc]``: login at an OpenID Connect provider (認証基盤); off without an issuer."""

    issuer: str = ""
    """Address of the provider, exactly as it names itself in its tokens (発行者)."""
    client_id: str = ""
    """Name of this application at the provider."""
    client_secret: SecretStr = SecretStr("")
    """Secret of this application at the provider."""
    scopes: tuple[str, ...] = ("openid", "profile")
    """What is asked for; ``openid`` is a must."""
    button: str = ""
    """Words on the button of the login page; a general text when blank."""
    link_by: str = ""
    """Claim that holds the login name, such as ``preferred_username``: whoever logs in for the first
    time is linked by it. Blank when operators link with ``govkit account link``. Only for claims
    that people cannot change themselves."""
    required_acr: tuple[str, ...] = ()
    """Classes of authentication (acr), one of which a login must have."""
    required_amr: tuple[str, ...] = ()
    """Methods of authentication (amr, RFC 8176) that a login must all have, such as ``mfa``."""
    max_age: Annotated[int | None, Field(ge=0, le=86400)] = None
    """Seconds for which the provider may trust an earlier authentication (auth_time)."""
    requires_at_hash: bool = False
    """Whether a token without ``at_hash`` is refused; a wrong one always is. The code flow leaves it
    to the provider (Core 1.0, 3.1.3.6), and no access token is ever used here."""
    allows_rs256: bool = False
    """Whether tokens signed with RS256, and RSA keys of 2048 bits, will do: for a provider that can do
    no better than 112 bits."""
    ca_file: Path | None = None
    """Certificates to trust when calling the provider, instead of the system's (PEM)."""


_ENCRYPTION_KEY: Final = re.compile("(?!secret:)[a-z0-9-]{1,20}:[A-Za-z0-9_-]{43}")


class EncryptionSettings(_Section):
    """``[encryption]``: keys of the columns that are encrypted (列の暗号化の鍵)."""

    keys: tuple[SecretStr, ...] = ()
    """Lines of ``govkit encryption new-key``; the first encrypts, the others only decrypt."""


class JobSettings(_Section):
    """``[jobs]``: long work outside requests (ジョブ)."""

    workers: Annotated[int, Field(ge=1, le=64)] = 2
    """Jobs that one ``govkit worker`` does side by side (同時に進める数)."""
    worker_kind: Literal["thread", "process"] = "thread"
    """``process`` uses several processors, on PostgreSQL and systems that can fork."""
    lease_seconds: Annotated[int, Field(ge=5, le=3600)] = 60
    """A job whose worker has been silent for so long is taken up by another one."""
    files: Path = Path("var/job-files")
    """Folder for the files that jobs make; no web server may serve it."""
    keep_days: Annotated[int, Field(ge=1, le=365)] = 7
    """Files of jobs are deleted after so many days (保存日数)."""
    redis_url: Annotated[str | None, Field(repr=False)] = None
    """Redis for the queue, instead of the database: ``redis://host:6379/0``."""


class UploadSettings(_Section):
    """``[uploads]``: files that people send, see :mod:`govkit.base.uploads`."""

    folder: Path = Path("var/uploads")
    """Quarantine of uploaded files, a folder per municipality; no web server may serve it (隔離フォルダー)."""
    keep_hours: Annotated[int, Field(ge=1, le=720)] = 24
    """What was refused by the scanner, or left behind, is deleted after so many hours (保存時間)."""
    scanner: tuple[str, ...] = ()
    """Command that looks for malware; the file's path is put behind it (ウイルス検査のコマンド)."""
    scanner_seconds: Annotated[int, Field(ge=1, le=600)] = 60
    """A scanner that takes longer has failed."""
    max_user_files: Annotated[int, Field(ge=1)] = 20
    """Files that one person may have in quarantine (1人の数)."""
    max_user_bytes: Annotated[int, Field(ge=1024)] = 1024 * _MEBIBYTE
    """Their size together (1人の合計)."""
    max_city_bytes: Annotated[int, Field(ge=1024)] = 4096 * _MEBIBYTE
    """Size of all files of a municipality in quarantine (団体の合計)."""
    max_unpacked_bytes: Annotated[int, Field(ge=1024)] = 100 * _MEBIBYTE
    """Size of an Excel workbook when it is unpacked (展開後の大きさ)."""
    max_rows: Annotated[int, Field(ge=1)] = 200_000
    """Rows of an Excel workbook (ブックの行数)."""
    max_cells: Annotated[int, Field(ge=1)] = 1_000_000
    """Cells of an Excel workbook, blank ones between others included (ブックのセル数)."""
    max_seconds: Annotated[int, Field(ge=1, le=600)] = 5
    """Processor time for reading an Excel workbook (ブックを読む時間)."""
    max_memory_bytes: Annotated[int, Field(ge=64 * _MEBIBYTE)] = 256 * _MEBIBYTE
    """Memory for reading an Excel workbook (ブックを読むメモリー)."""


class DocumentSettings(_Section):
    """``[documents]``: layouts of the municipalities, fonts, and where documents are verified."""

    folder: Path | None = None
    """Own layouts, ``<団体コード>/<帳票>.typ``, with their pictures (団体ごとの様式)."""
    font_paths: tuple[Path, ...] = ()
    """Fonts beyond the standard ones, files or folders, such as that of IPAmj明朝 (外字の書体)."""
    public_url: str = ""
    """Address of this application for the public, without a slash at the end, such as
    ``https://www.example.lg.jp``; where it is blank, documents bear no verification code."""


class Settings(BaseSettings):
    """All settings of a deployment; unknown keys are refused."""

    model_config = SettingsConfigDict(
        env_prefix="GOVKIT_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,  # what is refused may be a secret
    )

    app: AppSettings = AppSettings()
    database: DatabaseSettings = DatabaseSettings()
    security: SecuritySettings = SecuritySettings()
    jobs: JobSettings = JobSettings()
    uploads: UploadSettings = UploadSettings()
    encryption: EncryptionSettings = EncryptionSettings()
    oidc: OidcSettings = OidcSettings()
    documents: DocumentSettings = DocumentSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file; values given in code win over both."""
        return (init_settings, _Environment(settings_cls), _File(settings_cls, settings_path()))


class _Environment(EnvSettingsSource):
    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        """The value read as JSON; what is none is reported like any other wrong value."""
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value


class _File(TomlConfigSettingsSource):
    def _read_file(self, file_path: Any) -> dict[str, Any]:
        return tomllib.loads(file_path.read_text(encoding="utf-8-sig"))  # editors may write a BOM


_PREFIX: Final = "GOVKIT_"
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_OTHER_VARIABLES: Final = ("GOVKIT_SETTINGS", "GOVKIT_SUPERUSER_URL", "GOVKIT_KILLS", "GOVKIT_SOAK")


def settings_path() -> Path:
    """The file that settings are read from."""
    return Path(os.environ.get("GOVKIT_SETTINGS", "govkit.toml"))


def _variables() -> Iterator[str]:
    """Environment variables that are meant to be settings."""
    for name in map(str.upper, os.environ):
        is_other = name in _OTHER_VARIABLES or name.startswith("GOVKIT_TEST_")
        if name.startswith(_PREFIX) and not is_other:
            yield name


def _unknown_variables() -> list[Problem]:
    sections = {name.upper() for name in Settings.model_fields}
    return [
        Problem("unknown_variable", _REASONS["extra_forbidden"], column=name)
        for name in sorted(_variables())
        if name.removeprefix(_PREFIX).partition("__")[0] not in sections
    ]


def load_settings() -> Settings:
    """Read and check the settings.

    :raises InvalidSettings: With every problem found, each naming its key.
    """
    path = settings_path()
    if not path.is_file() and ("GOVKIT_SETTINGS" in os.environ or not any(_variables())):
        raise InvalidSettings([_no_file(path)])
    problems = _unknown_variables()
    try:
        settings = Settings()
    except ValueError as error:
        raise InvalidSettings([*problems, *_problems(error, path)]) from error
    problems += [*_key_problems(settings), *oidc_problems(settings)]
    if settings.app.environment == "production":
        problems += production_problems(settings)
    if problems:
        raise InvalidSettings(problems)
    return settings


def is_guarded_address(url: str, *, allows_loopback: bool) -> bool:
    """Whether an address is ``https://``, or ``http://`` on this very machine where that is allowed."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.password is not None:
        return False
    return parts.scheme == "https" or (
        allows_loopback and parts.scheme == "http" and host in _LOOPBACK
    )


def _key_problems(settings: Settings) -> Iterator[Problem]:
    texts = [each.get_secret_value() for each in settings.encryption.keys]
    if not all(map(_ENCRYPTION_KEY.fullmatch, texts)):
        text = "鍵は govkit encryption new-key が示す形（名前:43文字）で書いてください。"
        yield Problem("encryption_key", text, column="encryption.keys")
    if len({text.partition(":")[0] for text in texts}) < len(texts):
        text = "同じ名前の鍵が2つあります。鍵ごとに別の名前にしてください。"
        yield Problem("encryption_key_twice", text, column="encryption.keys")


def oidc_problems(settings: Settings) -> list[Problem]:
    """What is wrong with ``[oidc]``, and with how people are to log in at all."""
    oidc = settings.oidc
    is_development = settings.app.environment == "development"
    if not oidc.issuer:
        found = []
        if oidc.client_id or oidc.client_secret.get_secret_value():
            found.append(
                _oidc_problem("issuer", "認証基盤のアドレス（発行者）を設定してください。")
            )
        if not settings.security.local_login:
            text = "ログインの方法がありません。[oidc] を設定するか、true にしてください。"
            found.append(Problem("no_login", text, column="security.local_login"))
        return found
    checks = (
        (
            "issuer",
            is_guarded_address(oidc.issuer, allows_loopback=is_development)
            and not set("?#") & set(oidc.issuer),
            "https:// で始まる、? や # や利用者名のないアドレスにしてください。",
        ),
        ("client_id", oidc.client_id, "認証基盤に登録したクライアントIDを設定してください。"),
        (
            "client_secret",
            oidc.client_secret.get_secret_value(),
            "認証基盤が発行したシークレットを、環境変数 GOVKIT_OIDC__CLIENT_SECRET で設定してください。",
        ),
        ("scopes", "openid" in oidc.scopes, "openid を入れてください。"),
        (
            "ca_file",
            oidc.ca_file is None or oidc.ca_file.is_file(),
            "証明書のファイルがありません。パスを確かめてください。",
        ),
    )
    return [_oidc_problem(key, text) for key, is_right, text in checks if not is_right]


def _oidc_problem(key: str, text: str) -> Problem:
    return Problem(f"oidc_{key}", text, column=f"oidc.{key}")


def _no_file(path: Path) -> Problem:
    return Problem(
        "settings_missing",
        "設定ファイルがありません。govkit new app でアプリを作り、そのフォルダーで実行するか、"
        "環境変数 GOVKIT_SETTINGS で設定ファイルを指してください。",
        file=str(path),
    )


def production_problems(settings: Settings) -> list[Problem]:
    """What must be mended before the settings may serve real people."""
    found = []
    secret = settings.security.secret_key.get_secret_value()
    if len(secret) < 32 or len(set(secret)) < 8:
        found.append(
            Problem(
                "short_secret",
                "本番では32文字以上の、でたらめに作った秘密鍵を設定してください。",
                column="security.secret_key",
            )
        )
    if not settings.encryption.keys:
        found.append(
            Problem(
                "no_encryption_keys",
                "本番では列の暗号化の鍵を設定してください。govkit encryption new-key で作れます。",
                column="encryption.keys",
            )
        )
    if not settings.app.trusted_hosts or "*" in settings.app.trusted_hosts:
        found.append(
            Problem(
                "no_trusted_hosts",
                "本番では応答するホスト名を1つずつ設定してください。",
                column="app.trusted_hosts",
            )
        )
    if settings.database.url.startswith("postgresql") and not settings.database.owner_url:
        found.append(
            Problem(
                "no_owner_url",
                "PostgreSQLでは表の所有者の接続先も設定してください。アプリは所有者ではないロールで接続します。",
                column="database.owner_url",
            )
        )
    if settings.database.url.startswith("postgresql") and not settings.security.audit_anchor_file:
        found.append(
            Problem(
                "no_anchor_file",
                "監査記録の鎖の控えを書くファイルを、データベースとは別のディスクかサーバーに設定してください。",
                column="security.audit_anchor_file",
            )
        )
    return found


_REASONS = {
    "extra_forbidden": "知らない設定です。つづりを確かめてください。",
    "missing": "設定してください。",
    "tuple_type": '["a.jp", "b.jp"] のような一覧の形で書いてください。環境変数では {variable} です。',
}


def _problems(error: Exception, path: Path) -> list[Problem]:
    if isinstance(error, UnicodeDecodeError):
        return [Problem("unreadable_settings", "UTF-8で保存してください。", file=str(path))]
    if not isinstance(error, ValidationError):
        return [
            Problem(
                "unreadable_settings",
                "TOMLとして読めません: {detail}",
                file=str(path),
                params={"detail": str(error)},
            )
        ]
    return [
        Problem(
            "invalid_setting",
            _REASONS.get(each["type"], "値が正しくありません: {detail}"),
            file=str(path),
            column=".".join(str(part) for part in each["loc"]),
            params={
                "detail": each["msg"],
                "variable": _PREFIX + "__".join(str(part) for part in each["loc"]).upper(),
            },
        )
        for each in error.errors()
    ]
