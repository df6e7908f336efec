"""Tables of what people prove who they are with, beside their password (認証の要素)."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from govkit.base.columns import AssetClass
from govkit.base.db import Base, SystemTable
from govkit.base.encrypted_columns import Encrypted

__all__ = ["CountedTries", "KeptForm", "Passkey", "RecoveryCode", "SecondFactor"]


class SecondFactor(SystemTable, Base):
    """The authenticator app of an account, and how often a factor failed (2つ目の要素)."""

    __tablename__ = "govkit_second_factor"
    __asset_class__ = AssetClass.III
    __table_args__ = ({"comment": "2つ目の要素"},)

    account_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("govkit_account.id"), primary_key=True, comment="アカウント"
    )
    totp_secret: Mapped[str | None] = mapped_column(
        Encrypted(), info=AssetClass.I.info, comment="認証アプリの鍵(暗号化)"
    )
    new_totp_secret: Mapped[str | None] = mapped_column(
        Encrypted(), info=AssetClass.I.info, comment="確かめる前の認証アプリの鍵(暗号化)"
    )
    totp_step: Mapped[int] = mapped_column(comment="最後に使ったコードの時刻番号")
    failures: Mapped[int] = mapped_column(comment="続けて失敗した回数")


class RecoveryCode(SystemTable, Base):
    """A code for one login without the phone (回復コード)."""

    __tablename__ = "govkit_recovery_code"
    __asset_class__ = AssetClass.III
    __table_args__ = ({"comment": "回復コード"},)

    account_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("govkit_account.id"), primary_key=True, comment="アカウント"
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="番号")
    code_hash: Mapped[str] = mapped_column(
        sa.String(200), info=AssetClass.I.info, comment="コードのハッシュ(argon2id)"
    )
    used_at: Mapped[datetime | None] = mapped_column(comment="使った日時")


class Passkey(SystemTable, Base):
    """A key pair of WebAuthn, of which the public half is here (パスキー)."""

    __tablename__ = "govkit_passkey"
    __asset_class__ = AssetClass.III
    __table_args__ = ({"comment": "パスキー"},)

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="識別子")
    account_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("govkit_account.id"), index=True, comment="アカウント"
    )
    credential_id: Mapped[str] = mapped_column(
        sa.String(1400), unique=True, comment="資格情報ID(base64url)"
    )
    public_key: Mapped[str] = mapped_column(sa.String(4000), comment="公開鍵(base64url)")
    sign_count: Mapped[int] = mapped_column(sa.BigInteger, comment="署名回数")
    title: Mapped[str] = mapped_column(sa.String(60), comment="名前")
    added_at: Mapped[datetime] = mapped_column(comment="登録日時")
    used_at: Mapped[datetime | None] = mapped_column(comment="最後に使った日時")


class KeptForm(SystemTable, Base):
    """What somebody sent too late, kept until they have logged in again (預かった入力); one each."""

    __tablename__ = "govkit_kept_form"
    __asset_class__ = AssetClass.II
    __table_args__ = ({"comment": "預かった入力"},)

    account_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("govkit_account.id"), primary_key=True, comment="アカウント"
    )
    municipality_code: Mapped[str] = mapped_column(sa.String(6), comment="仕事をしていた団体")
    endpoint: Mapped[str] = mapped_column(sa.String(120), comment="送り先の処理")
    page: Mapped[str] = mapped_column(sa.String(2000), comment="入力した画面")
    action: Mapped[str] = mapped_column(sa.String(2000), comment="送り先")
    fields: Mapped[list[tuple[str, str]]] = mapped_column(
        Encrypted(), comment="入力した内容(暗号化)"
    )
    kept_at: Mapped[datetime] = mapped_column(comment="預かった日時")


class CountedTries(SystemTable, Base):
    """How often something was tried until a moment (試した回数), see :mod:`govkit.base.rate_limit`."""

    __tablename__ = "govkit_counted_tries"
    __asset_class__ = AssetClass.III
    __table_args__ = ({"comment": "試した回数"},)

    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True, comment="対象のハッシュ")
    count: Mapped[int] = mapped_column(comment="回数")
    until: Mapped[datetime] = mapped_column(index=True, comment="数え終わる日時")
