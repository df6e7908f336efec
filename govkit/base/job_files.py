"""Files that jobs leave for their users, under random names in a folder of the settings (ジョブのファイル).

The folder of each municipality is its own, no web server reaches it, and a file is deleted after some
days. A file whose job was rolled back has no row, and is cleared away.
"""

import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import BinaryIO, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from govkit.base.columns import AssetClass
from govkit.base.db import Base, TenantTable, tenant_index, tenant_key
from govkit.base.settings import Settings
from govkit.base.tenancy import ScopedSession
from govkit.base.work import Work
from govkit.errors import NotFound

__all__ = ["JobFile", "JobFiles"]

_ABANDONED_SECONDS: Final = 24 * 60 * 60


class JobFile(TenantTable, Base):
    """A file that a job has made (ジョブのファイル); the row outlives the file."""

    __tablename__ = "govkit_job_file"
    __asset_class__ = AssetClass.III
    __table_args__ = (
        tenant_key("job_id", "govkit_job"),
        tenant_index("govkit_job_file", "job_id"),
        {"comment": "ジョブのファイル"},
    )

    job_id: Mapped[UUID] = mapped_column(sa.Uuid, comment="ジョブ")
    name: Mapped[str] = mapped_column(sa.String(200), comment="ファイル名")
    media_type: Mapped[str] = mapped_column(sa.String(100), comment="メディアタイプ")
    stored_as: Mapped[str] = mapped_column(sa.String(64), comment="保存した名前(乱数)")
    size: Mapped[int] = mapped_column(sa.BigInteger, comment="バイト数")
    people: Mapped[int] = mapped_column(comment="載っている人の数")
    sha256: Mapped[str] = mapped_column(sa.String(64), comment="内容のSHA-256")
    made_at: Mapped[datetime] = mapped_column(comment="作成日時")
    expires_at: Mapped[datetime] = mapped_column(comment="この日時を過ぎたら削除する")
    removed_at: Mapped[datetime | None] = mapped_column(comment="削除した日時")


class JobFiles:
    """The folder of one municipality.

    :param settings: Those of the deployment: where the folders are, how long files stay.
    """

    def __init__(self, settings: Settings, municipality_code: str) -> None:
        self._folder: Final = settings.jobs.files.resolve() / municipality_code
        self._keep: Final = timedelta(days=settings.jobs.keep_days)

    def keep(
        self,
        work: Work,
        job_id: UUID,
        named: tuple[str, str],
        chunks: Iterator[bytes],
        people: int,
    ) -> JobFile:
        """Write a file to the disk, and its row in the work.

        :param named: Name and media type.
        :param people: How many people it tells of.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        stored_as = secrets.token_hex(16)
        digest, size = hashlib.sha256(), 0
        with self._create(stored_as) as stream:
            for chunk in chunks:
                digest.update(chunk)
                size += stream.write(chunk)
            stream.flush()
            os.fsync(stream.fileno())
        row = JobFile(
            job_id=job_id,
            name=named[0],
            media_type=named[1],
            stored_as=stored_as,
            size=size,
            people=people,
            sha256=digest.hexdigest(),
            made_at=work.now,
            expires_at=work.now + self._keep,
        )
        work.session.add(row)
        return row

    def _create(self, stored_as: str) -> BinaryIO:
        handle = os.open(self._folder / stored_as, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        return os.fdopen(handle, "wb")

    def read(self, row: JobFile, now: datetime) -> bytes:
        """What a file holds.

        :raises NotFound: When it has expired, is gone, or is not what was written.
        """
        if row.removed_at is not None or row.expires_at <= now:
            raise NotFound("job file")
        try:
            content = (self._folder / row.stored_as).read_bytes()
        except FileNotFoundError:
            raise NotFound("job file") from None
        if hashlib.sha256(content).hexdigest() != row.sha256:
            raise NotFound("job file")
        return content

    def clear(self, session: ScopedSession, now: datetime) -> int:
        """Delete what has expired, and files that no row names; how many there were."""
        expired = session.scalars(
            sa.select(JobFile).where(JobFile.expires_at <= now, JobFile.removed_at.is_(None))
        ).all()
        for row in expired:
            (self._folder / row.stored_as).unlink(missing_ok=True)
            row.removed_at = now
        return len(expired) + self._clear_abandoned(session)

    def _clear_abandoned(self, session: ScopedSession) -> int:
        if not self._folder.is_dir():
            return 0
        old = time.time() - _ABANDONED_SECONDS
        names = [each.name for each in self._folder.iterdir() if each.stat().st_mtime < old]
        named = set(
            session.scalars(sa.select(JobFile.stored_as).where(JobFile.removed_at.is_(None)))
        )
        abandoned = [name for name in names if name not in named]
        for name in abandoned:
            (self._folder / name).unlink(missing_ok=True)
        return len(abandoned)
