"""A worker in a process of its own, told by its standard input what time it is.

python -m tests.features.runbooks.reminding.working begin     makes the tables, people and runbooks
python -m tests.features.runbooks.reminding.working           does what is due at each moment that is read
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime

import django

FIRST = datetime(2025, 3, 26, 6, tzinfo=UTC)
PEOPLE = 6
BOOKS = 5


def begin() -> None:
    """Make an installation with a few people and runbooks."""
    from indelible.features.people.models import Organisation
    from indelible.server.prepare import bring_tables_up_to_date
    from indelible.storage.database.logbooks import create_logbook
    from tests.features.runbooks.starting.books import Schedule, document, in_force, person

    bring_tables_up_to_date()
    book = create_logbook(first_event={"action": {"verb": "create", "said": "begun"}, "outcome": "success"})
    Organisation.objects.create(pk=1, name="Northwind", zone="Europe/Madrid")
    people = [person(f"Person {n}", "", "member" if n else "owner") for n in range(PEOPLE)]
    for number in range(BOOKS):
        schedule = [Schedule(every="week", on="thu" if number % 2 else "wed", opens="P1D", covers="previous")]
        in_force(
            book,
            document(f"RB-{number}", f"Runbook {number}", schedule=schedule),
            owner=people[number],
            people={"doer": people[number + 1], "signer": people[0]},
            since=date(2025, 3, 1),
            published=FIRST,
        )


def work(now: datetime) -> None:
    """Do everything that is due at one moment."""
    from indelible.events.office import WorkCalendar
    from indelible.features.runbooks.reminding import courier, making
    from indelible.features.runbooks.starting import by_calendar
    from indelible.storage.database.models import Logbook

    office = WorkCalendar("Europe/Madrid")
    while by_calendar.open_due(now, office):
        pass
    making.make(Logbook.objects.get(), now, office)
    while courier.carry(now):
        pass


def main() -> None:
    """Do what the command line says."""
    django.setup()
    if "begin" in sys.argv:
        begin()
        print("done", flush=True)
    for line in sys.stdin:
        work(datetime.fromisoformat(line.strip()))
        print("done", flush=True)


if __name__ == "__main__":
    main()
