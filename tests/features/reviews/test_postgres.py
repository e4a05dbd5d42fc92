"""Reviews over PostgreSQL: workers follow the log and people answer and sign at once; nothing happens twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.services import postgres

STORY = """
import threading
import django
django.setup()
from datetime import UTC, datetime, time, timedelta
from io import BytesIO
from django.db import connections
from indelible.server.prepare import bring_tables_up_to_date
bring_tables_up_to_date()
from indelible.events.office import WorkCalendar
from indelible.features.people.models import KnownPerson, Organisation, User
from indelible.features.reviews.access import assigning, deciding, queries as access, removing, starting
from indelible.features.reviews.access.columns import guess
from indelible.features.reviews.models import AccessLine, AnswerKind, Item
from indelible.features.reviews.queue import answering, feeding, queries
from indelible.features.reviews.waiting import waiting
from indelible.features.rules import services as rules
from indelible.features.runbooks.models import Mailing
from indelible.features.runbooks.reminding import making
from indelible.features.rules.wanted import Wanted
from indelible.features.rules.world import world_of
from indelible.features.sources.origins import By
from indelible.language.reading import understand
from indelible.storage.database.append import Draft, append
from indelible.storage.database.logbooks import create_logbook
from indelible.web.acts import party_of

Organisation.objects.create(name="Northwind", zone="Europe/Madrid")
book = create_logbook(first_event={"action": {"verb": "create", "said": "begun"}, "outcome": "success"})
ana = User.objects.create_user("ana@northwind.example", "Ana Ruiz", "x", role="owner")
ben = User.objects.create_user("ben@northwind.example", "Ben Osei", "x", role="member")
by = {user: By(party_of(user), None, user) for user in (ana, ben)}
NOW = datetime.now(UTC)


def happened(verb, targets, at=NOW):
    return Draft({
        "occurred_at": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "actor": {"name": "Maria Lopez", "kind": "person"},
        "action": {"verb": verb, "said": verb}, "targets": targets, "outcome": "success",
        "source": {"name": "AccountsPro", "system": "accountspro"},
    }, source=7)


def at_once(*acts):
    def run(act):
        try:
            found.append(act())
        except Exception as wrong:
            found.append(getattr(wrong, "code", repr(wrong)))
        finally:
            connections.close_all()

    found = []
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return found


read = understand("Record changes to supplier bank details. Look at each within 2 working days.", world_of(book), NOW)
rules.add(book, [Wanted(read.text, read.pattern, read.duties)], by[ana])
append(book, [happened("change", [{"kind": "supplier.bank_account", "id": f"SUP-{n}"}]) for n in range(240)])
assert all(type(left) is int for left in at_once(*[lambda: feeding.run(book, batch=40)] * 4))
while feeding.run(book):
    pass
assert Item.objects.count() == 240 and len(set(Item.objects.values_list("entry", flat=True))) == 240
item = Item.objects.first()
given = answering.Given(AnswerKind.EXPECTED)
told = at_once(*[
    lambda user=user: len(answering.answer(book, {item.pk: 0}, given, user, by[user], NOW)) for user in (ana, ben)
])
assert sorted(map(str, told)) == ["1", "review-answered-meanwhile"], told
Item.objects.filter(pk__lt=item.pk + 200).update(due_at=NOW - timedelta(days=1))
page = queries.queue(book, "waiting", ben, NOW)
assert (page.waiting, page.overdue, len(page.lines)) == (239, 199, 30)
assert queries.queue(book, "waiting", ben, NOW, after=page.older).lines[0].row.pk > page.lines[-1].row.pk
assert sum(month.open for month in queries.months(book, NOW, "Europe/Madrid")) == 199

KnownPerson.objects.create(name="Tom Reed", email="tom@northwind.example")
row = starting.start(book, "AccountsPro", ana, by[ana], NOW, scope="all")
starting.keep_file(row, BytesIO(b"Login,Name,Role\\ntom@northwind.example,Tom Reed,Read\\n"), "users.csv", "text/csv")
names = {"login": "Login", "name": "Name", "right": "Role"}
row = starting.take(row, starting.Confirmed(names, NOW, "all", {"all": 1}), by[ana], NOW)
assert assigning.suggest(row) == 0
told = at_once(*[lambda: len(assigning.send(row, by[ana], NOW))] * 3)
assert sorted(map(str, told)) == ["1", "access-sent", "access-sent"], told
share = row.shares.get()
always = WorkCalendar("Europe/Madrid", dict.fromkeys(range(7), ((time(0), time(0)),)))
late = NOW + timedelta(days=14)
told = at_once(*[lambda: making.make(book, late, always)] * 4)
assert sum(told) == 2, told
letter = Mailing.objects.get(kind="letter")
assert {one["further"] for one in letter.facts["items"]} >= {"reviews.share", "reviews.entries"}
assert Mailing.objects.get(kind="escalated").facts["stage"] == 1
deciding.decide(share, [0], "remove", "", ana, NOW)
told = at_once(*[lambda: deciding.sign(share, ana, NOW, context={}).pk] * 3)
assert sorted(map(str, told))[1:] == ["access-part-signed", "access-part-signed"], told
later = NOW + timedelta(hours=1)
append(book, [happened("revoke", [{"kind": "user_account", "id": "tom@northwind.example"}, {"name": "Read"}], later)])
assert all(type(left) is int for left in at_once(*[lambda: removing.run(book, batch=50)] * 4))
while removing.run(book):
    pass
assert AccessLine.objects.get().proof == "entry"
row.refresh_from_db()
assert access.standing(row, NOW).removed and access.in_list([row], NOW)[0].open_removals == 0
assert len(waiting(book, ben, NOW)) == 1
print("told")
"""


@pytest.mark.postgres
def test_the_story_of_a_review_over_postgresql(
    postgres_installation: Callable[[str], str], tmp_path: Path
) -> None:
    told = postgres.tell(STORY, postgres_installation("reviews"), tmp_path / "home")
    assert told.endswith("told"), told
