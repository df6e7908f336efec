"""P12 and P13: every read of a person is on record and nothing else; no bending of the record goes unseen.

The short forms run always; with ``GOVKIT_SOAK=1`` the same tests run 10,000 requests and 900 manipulations.
"""

import os
import random
import re
from datetime import UTC, date, datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest
import sqlalchemy as sa

from govkit.base import db
from govkit.base.audit import AuditEvent, AuditHead
from govkit.base.audit_chain import head, link_of, verify
from govkit.base.identity import Account, Actor
from govkit.modules import schools
from govkit.modules.enrolment import RegisterEntry
from govkit.modules.resident_extracts import ResidentRow
from govkit.modules.resident_extracts.source import stored_values
from govkit.modules.schools import NewPupil
from govkit.testing.plugin import PASSWORD, appoint
from tests.modules.enrolment.people import child as resident
from tests.modules.enrolment.people import compiled

IS_SOAK = os.environ.get("GOVKIT_SOAK") == "1"
CITY = "132021"
OPERATOR = Actor.operator("test")
SHOWN = re.compile(r"(児|学|住)(\d{4})人")
NAMED = {"Pupil": "児", "RegisterEntry": "学", "AddresseeNumber": "住", "PersonId": "住"}


def pupil(number):
    return NewPupil(
        addressee_number=f"1{number:014d}",
        family_name=f"児{number:04d}人",
        given_name="花",
        kana_family_name="ジドウ",
        kana_given_name="ハナ",
        birth_date=date(2019, 6, 1),
        sex="2",
        is_protected=False,
    )


class Replay:
    """A city with three classes, sixty children and people who look at them."""

    def __init__(self, deployment, app, clock):
        self.deployment, self.app = deployment, app
        clock.move_to(date(2026, 10, 20))
        with deployment.work(deployment.municipality(CITY), OPERATOR) as work:
            school = schools.add_school(work, "B113299999911", "試験第一小学校")
            self.groups = [
                schools.add_class_group(work, school, 2026, 1, f"{n}組") for n in (1, 2, 3)
            ]
            self.pupils = []
            for place, group in enumerate(self.groups):
                new = [pupil(place * 100 + number) for number in range(12)]
                self.pupils.append(schools.admit(work, group, new, date(2026, 4, 1)))
            children = [resident(n, name=f"学{n:04d}人　花", head_name="") for n in range(24)]
            compiled(work, *children)
            for number in range(24):
                person = resident(9000 + number, name=f"住{number:04d}人　花", head_name="")
                row = ResidentRow(**stored_values(person), content_hash="x")
                work.session.add(row)
            work.session.flush()
            self.entries = work.session.scalars(sa.select(RegisterEntry)).all()
            self.people = self._people(work)
        self.readers = [
            self._reader("homeroom_teacher", self.groups[0].id, self.teacher_pages),
            self._reader("principal", school.id, self.school_pages),
            self._reader("board_clerk", None, self.board_pages),
            self._reader("auditor", None, self.audit_pages),
        ]

    def _people(self, _work):
        found = {str(each.id): each.family_name for group in self.pupils for each in group}
        found |= {str(each.id): each.official_name for each in self.entries}
        return found | {f"{9000 + n:015d}": f"住{n:04d}人" for n in range(24)}

    def _reader(self, role, unit_id, pages):
        login = appoint(self.deployment, CITY, role, unit_id=unit_id)
        client = self.app.test_client()
        client.post("/login", data={"login": login, "password": PASSWORD})
        with self.deployment.system(writes=False) as session:
            account = session.scalars(sa.select(Account.id).where(Account.login == login)).one()
        return client, str(account), pages

    def teacher_pages(self, chance):
        group, member = chance.choice(self.groups), chance.choice(chance.choice(self.pupils))
        yield "/attendance/"
        yield f"/attendance/{group.id}/2026-10-{chance.randint(1, 20):02d}"
        yield f"/attendance/{group.id}/months/2026-{chance.randint(4, 10):02d}-01"
        yield f"/schools/classes/{group.id}"
        yield f"/schools/pupils/{member.id}"
        yield f"/schools/pupils/{uuid4()}"

    def school_pages(self, chance):
        yield from self.teacher_pages(chance)
        yield f"/attendance/{chance.choice(self.groups).id}/months/2026-09-01/close"

    def board_pages(self, chance):
        yield from self.teacher_pages(chance)
        yield "/enrolment/entries"
        yield f"/enrolment/entries/{chance.choice(self.entries).id}"
        yield "/enrolment/entries?entry_school_year=2027&page=2"
        number = f"{9000 + chance.randrange(30):015d}"
        yield "/resident_lookup/search", {"number": number}
        yield "/resident_lookup/resident", {"person": number}

    def audit_pages(self, chance):
        yield (
            "/administration/audit",
            {
                "first": "2026-10-01",
                "last": "2026-10-31",
                "subject": f"{9000 + chance.randrange(30):015d}",
            },
        )
        yield f"/schools/classes/{chance.choice(self.groups).id}"

    def ask(self, client, page):
        """The answer to a page, or to a form with what is sent."""
        if isinstance(page, str):
            return client.get(page)
        return client.post(page[0], data=page[1])

    def recorded(self):
        """By request: who acted, and whom the records name."""
        with self.deployment.session(CITY, writes=False) as session:
            events = session.scalars(sa.select(AuditEvent)).all()
        found = {}
        for event in events:
            if event.action == "audit.searched":
                continue  # it names who was searched for, although nobody is shown
            actors, people = found.setdefault(event.request_id, (set(), set()))
            actors.add(event.actor)
            if event.subject_kind in NAMED:
                names = [self.people.get(each, each) for each in event.subject_ids]
                people.update(match.group() for each in names if (match := SHOWN.search(each)))
        return found


@pytest.mark.requirement("P12", "LOG-1", "ASVS-16.3.2", "ASVS-16.2.1")
def test_whoever_is_shown_is_on_record_and_nobody_else(deployment, app, clock):
    app.config["WTF_CSRF_ENABLED"] = False
    replay, chance, requests = Replay(deployment, app, clock), random.Random(12), []
    for client, _account, _pages in replay.readers:
        client.post(
            "/resident_lookup/purpose", data={"purpose": _purpose(client), "reason": "窓口"}
        )
    saturday = f"/attendance/{replay.groups[0].id}/2026-10-17"  # tells that nobody is called
    asked = [(replay.readers[0], saturday)]
    for _number in range(10_000 if IS_SOAK else 80):
        reader = chance.choice(replay.readers)
        asked.append((reader, chance.choice([*reader[2](chance)])))
    for (client, account, _pages), page in asked:
        answer = replay.ask(client, page)
        shown = {match.group() for match in SHOWN.finditer(answer.text)}
        requests.append((answer.headers["X-Request-Id"], account, shown, page))
    recorded = replay.recorded()
    wrong, strangers, people = [], 0, 0
    for request_id, account, shown, page in requests:
        actors, named = recorded.get(request_id, (set(), set()))
        people += len(shown)
        if shown != named:
            wrong.append((page, sorted(shown - named), sorted(named - shown)))
        strangers += bool(actors - {account})
    missing, extra = (sum(len(each[place]) for each in wrong) for place in (1, 2))
    print(f"P12: {len(requests)} requests, {people} people shown, {missing} missing, {extra} extra")
    assert people > len(requests)
    assert (wrong, strangers) == ([], 0)


def _purpose(client):
    page = client.get("/resident_lookup/purpose").text
    found = re.search(r'name="purpose"[^>]*value="([^"]+)"', page)
    return found.group(1) if found else ""


EVENTS = 12


class Forger:
    """Somebody who may write anything to the database, but not to the anchor file."""

    def __init__(self, deployment):
        self.deployment = deployment
        with deployment.owner_engine() as engine:
            self.engine = db.create_engine(engine.url)
        self.events, self.heads = AuditEvent.__table__, AuditHead.__table__
        with self.engine.begin() as connection:
            for table in (self.events.name, self.heads.name):
                if connection.dialect.name == "sqlite":
                    for act in ("update", "delete"):
                        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_no_{act}")
                else:
                    connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
            self.kept = [
                (table, [dict(row) for row in connection.execute(sa.select(table)).mappings()])
                for table in (self.events, self.heads)
            ]

    def rows(self):
        """The chain as it was, to be bent."""
        return [dict(row) for row in sorted(self.kept[0][1], key=lambda each: each["number"])]

    def write(self, rows, *, moves_head=False, has_head=True):
        """Let the rows be all there is; the head follows the last one, or stays, or goes."""
        ((newest, *_),) = ([dict(each) for each in self.kept[1][1]],)
        if moves_head and rows:
            last = max(rows, key=lambda each: each["number"] or 0)
            newest |= {"number": last["number"], "chain_hash": last["chain_hash"]}
        with self.engine.begin() as connection:
            connection.execute(sa.delete(self.events))
            connection.execute(sa.delete(self.heads))
            if rows:
                connection.execute(sa.insert(self.events), rows)
            if has_head:
                connection.execute(sa.insert(self.heads), [newest])

    def restore(self):
        self.write(self.rows())

    def close(self):
        self.engine.dispose()


def linked(rows, start):
    """The rows with hashes computed anew from a place on."""
    link = rows[start - 1]["chain_hash"] if start else "0" * 64
    for number, row in enumerate(rows[start:], start + 1):
        row["number"] = number
        row["chain_hash"] = link = link_of(link, SimpleNamespace(**row))
    return rows


def changed(row, chance):
    """Something in the row that was not so."""
    forged = {
        "actor": "nobody",
        "action": "demo.other",
        "subject_ids": ["9"],
        "reason": "別の理由",
        "request_id": "x",
        "at": datetime(2020, 1, 1, tzinfo=UTC),
    }
    key = chance.choice(sorted(forged))
    return row | {key: forged[key]}


def change(forger, rows, place, chance):
    rows[place] = changed(rows[place], chance)
    forger.write(rows)
    return place + 1


def change_with_its_hash(forger, rows, place, chance):
    rows[place] = changed(rows[place], chance)
    before = rows[place - 1]["chain_hash"] if place else "0" * 64
    rows[place]["chain_hash"] = link_of(before, SimpleNamespace(**rows[place]))
    forger.write(rows, moves_head=True)
    return (
        place + 2 if place + 1 < len(rows) else place + 1
    )  # told by the link after, or the anchor


def take_out(forger, rows, place, _chance):
    del rows[place]
    forger.write(rows, moves_head=True)
    return place + 1


def swap(forger, rows, place, _chance):
    other = place + 1 if place + 1 < len(rows) else place - 1
    rows[place]["number"], rows[other]["number"] = rows[other]["number"], rows[place]["number"]
    forger.write(rows)
    return min(place, other) + 1


def slip_in(forger, rows, place, _chance):
    """A forged event before another one, the numbers moved on."""
    for row in rows[place:]:
        row["number"] += 1
    forged = rows[place] | {"id": uuid4(), "number": place + 1, "actor": "nobody"}
    forger.write([*rows, forged], moves_head=True)
    return place + 1


def slip_in_without_number(forger, rows, place, _chance):
    forged = rows[place] | {"id": uuid4(), "number": None, "chain_hash": None}
    forger.write([*rows, forged])
    return 0


def cut(forger, rows, place, _chance):
    forger.write(rows[:place], moves_head=True, has_head=place > 0)
    return EVENTS


def drop_all(forger, _rows, _place, _chance):
    forger.write([], has_head=False)
    return EVENTS


def compute_anew(forger, rows, place, chance):
    rows[place] = changed(rows[place], chance)
    forger.write(linked(rows, place), moves_head=True)
    return EVENTS


BENDINGS = (
    *(change, change_with_its_hash, take_out, swap, slip_in, slip_in_without_number),
    *(cut, drop_all, compute_anew),
)


@pytest.mark.requirement("P13", "LOG-2", "ASVS-16.4.2")
def test_no_bending_of_the_record_goes_unseen(deployment):
    for number in range(EVENTS):
        with deployment.work(deployment.municipality(CITY), OPERATOR) as work:
            work.record("demo.acted", f"{number:015d}", "理由", number=number)
    with deployment.session(CITY, writes=False) as session:
        anchor = head(session, datetime(2026, 11, 24, tzinfo=UTC))
    forger, chance, tried, unseen = Forger(deployment), random.Random(13), 0, []
    for bending in BENDINGS:
        places = [chance.randrange(EVENTS) for _place in range(100 if IS_SOAK else 2)]
        for place in places:
            first = bending(forger, forger.rows(), place, chance)
            with deployment.session(CITY, writes=False) as session:
                faults = verify(session, [anchor]).faults
            tried += 1
            if not faults or faults[0].number != first:
                unseen.append((bending.__name__, place, first, faults))
    forger.restore()
    forger.close()
    with deployment.session(CITY, writes=False) as session:
        assert verify(session, [anchor]).faults == ()
    print(f"P13: {tried - len(unseen)} of {tried} manipulations told with their first number")
    assert unseen == []
