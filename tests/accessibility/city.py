"""A filled city, an empty one, and somebody who may do everything in both."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa
from flask.testing import FlaskClient

from govkit.base.credentials import Passkey
from govkit.base.deployment import Deployment
from govkit.base.exports import Given, Outgoing, hand_out
from govkit.base.identity import Account, Actor, Role, find_actor
from govkit.base.job_files import JobFile
from govkit.base.jobs import Job, JobState, enqueue
from govkit.base.notices import tell
from govkit.base.work import JAPAN, Work
from govkit.cli.demo import load_demo
from govkit.modules.schools import Pupil
from govkit.testing.module_suite.forms import forms_of
from govkit.testing.module_suite.world import EVERYTHING, OWN, World
from govkit.testing.plugin import PASSWORD, FixedClock, appoint
from tests.accessibility.album import Album

EMPTY = "132047"
"""A city that has just joined."""
RESIDENTS = 300
SAMPLES = {
    "passkey_id": Passkey,
    "name": "schools.enrolment_certificate",
    "key": Pupil.id,
    "code": "K7M2P9QXR4TV",
    "number": 1,
}


class City:
    """The demo's city with a row of every table besides.

    :ivar client: Somebody who holds every permission there.
    """

    def __init__(self, deployment: Deployment, clock: FixedClock, folder: Path) -> None:
        self.deployment, self.clock, self.files = deployment, clock, folder / "data"
        with _inside(folder):
            load_demo(deployment, RESIDENTS)
        deployment.add_municipality(EMPTY, "三鷹市")
        self.world = World(deployment, samples=SAMPLES)
        self.album = Album(self.world.app)
        with deployment.session(EMPTY) as session:
            everything = [each.name for each in deployment.permissions]
            session.add(Role(name=EVERYTHING, title="すべて", permissions=everything))
            session.commit()
        self.world.remember()
        self.world.client("board_clerk")
        self.client = self.world.client(EVERYTHING)
        self._add_passkey()
        self._compile()
        self._leave_traces()
        self.world.remember()

    def _add_passkey(self) -> None:
        key = Passkey(
            id=uuid4(),
            account_id=self.actor().account_id,
            credential_id="AAAA",
            public_key="AAAA",
            sign_count=1,
            title="職員室のパソコン",
            added_at=self.clock(),
            used_at=None,
        )
        with self.deployment.system() as session:
            session.add(key)
            session.flush()
            session.expunge(key)
        self.world.rows["own"][Passkey] = key

    def _compile(self) -> None:
        """The register of next year's entrants, with a school for each."""
        for page, endpoint in (
            ("/enrolment/compile", "enrolment.compile_now"),
            ("/enrolment/entries?year=2027", "enrolment.assign"),
        ):
            self.send(self.client, page, endpoint)

    def send(self, client: FlaskClient, page: str, endpoint: str, **typed: str) -> str:
        """Send a form of a page; where its answer leads to."""
        found = forms_of(client.get(page).text)
        form = next(
            each for each in found if self.album.endpoint(each.action or page, "POST") == endpoint
        )
        values = form.values | {name: [text] for name, text in typed.items()}
        answer = client.post(form.action or page, data=values)
        return answer.headers.get("Location", "")

    @property
    def typed(self) -> dict[str, dict[str, str]]:
        """What to type into forms where a guess finds nobody."""
        with self.work() as work:
            pupil = work.session.scalars(sa.select(Pupil).where(Pupil.sex == "1")).first()
            assert pupil is not None
            name = pupil.family_name
        blank = dict.fromkeys(
            ("birth_from", "birth_to", "sex", "address", "building", "number"), ""
        )
        return {"resident_lookup.search": blank | {"name": name}}

    @contextmanager
    def work(self, actor: Actor | None = None) -> Iterator[Work]:
        """A unit of work of the one who may do everything."""
        city = self.deployment.municipality(OWN)
        with self.deployment.work(city, actor or self.actor()) as work:
            yield work

    def actor(self, role: str = EVERYTHING) -> Actor:
        """The one who is logged in with a role."""
        with self.deployment.system(writes=False) as session:
            mine = Account.login.like(f"{role}-{OWN}-%")
            account_id = session.scalars(sa.select(Account.id).where(mine)).one()
        today = self.deployment.clock().astimezone(JAPAN).date()
        with self.deployment.session(OWN, writes=False) as session:
            found = find_actor(session, account_id, today)
        assert found is not None
        return found

    def _leave_traces(self) -> None:
        """Jobs in every state, notices of every kind, files that leave."""
        with self.work() as work:
            for state in JobState:
                self._add_job(work, state)
            for kind in ("info", "success", "warning", "error"):
                tell(work, work.actor.staff_id, "{title}が終わりました。", kind=kind, title=kind)
            tell(work, work.actor.staff_id, "ページのあるお知らせ", path="/jobs")
            for rows in (3, 400):
                hand_out(work, _file(rows), Given("duty", "就学時健康診断の案内を送るため"))
        with self.work(self.actor("board_clerk")) as work:
            hand_out(work, _file(500), Given("duty", "学校への名簿の引き渡し"))

    @staticmethod
    def _add_job(work: Work, state: JobState) -> None:
        row = enqueue(work, "enrolment.school_notices", {"year": 2027}, title="就学通知書の作成")
        row.state, row.done, row.total = state, 3, 10
        if state in (JobState.FAILED, JobState.CANCELLED):
            problem = {"code": "x", "text": "{what}を直してください。", "params": {"what": "日付"}}
            row.problems = [problem | {"file": "", "row": 3, "column": ""}]
        if state is JobState.DONE:
            row.result = {"text": "{count}通を作りました。", "params": {"count": "3"}, "path": "/"}
            for days in (-1, 30):
                work.session.add(_job_file(work, row, days))

    def appointed(self, role: str, *cities: str) -> FlaskClient:
        """Somebody new who has just logged in, appointed in the cities."""
        login = ""
        for city in cities:
            login = appoint(self.deployment, city, role, login=login or None)
        return self.log_in(login)

    def log_in(self, login: str, password: str = PASSWORD) -> FlaskClient:
        """A browser in which somebody has given name and password."""
        client = self.world.app.test_client()
        client.post("/login", data={"login": login, "password": password})
        return client


def _file(rows: int) -> Outgoing:
    return Outgoing(
        kind="enrolment.register",
        title="学齢簿の一覧",
        permission="enrolment.export",
        file_name="学齢簿_2027年度入学.csv",
        media_type="text/csv",
        content=b"x",
        rows=rows,
        people=[str(number) for number in range(rows)],
    )


def _job_file(work: Work, row: Job, days: int) -> JobFile:
    ends = work.now + timedelta(days=days)
    return JobFile(
        id=uuid4(),
        job_id=row.id,
        name="入学通知書.pdf",
        media_type="application/pdf",
        size=4096,
        people=3,
        sha256="0" * 64,
        stored_as=uuid4().hex,
        made_at=work.now,
        expires_at=ends,
        removed_at=None,
    )


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    here = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(here)
