"""Sign-offs over PostgreSQL: frozen, decided at once by many, signed once, altered by SQL and found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.services import postgres

STORY = """
import threading
import django
django.setup()
from django.db import connection, connections
from indelible.server.prepare import bring_tables_up_to_date
bring_tables_up_to_date()
from indelible.features.people.models import User
from indelible.features.signoffs.deciding import decide
from indelible.features.signoffs.errors import SignOffError
from indelible.features.signoffs.freezing import freeze_entries, freeze_lines
from indelible.features.signoffs.looking import look
from indelible.features.signoffs.models import Decision, Look, SignOff
from indelible.features.signoffs.sampling import draw
from indelible.features.signoffs.signing import Signer, sign, state_of
from indelible.features.signoffs.still import all_of, still_there
from indelible.language.world import NOWHERE
from indelible.storage.database.append import Draft, append
from indelible.storage.database.logbooks import create_logbook
from tests.features.signoffs.conftest import NOON, bank_changes, minutes, told

book = create_logbook(first_event={"action": {"verb": "create", "said": "begun"}, "outcome": "success"})
chloe = User.objects.create_user("chloe@northwind.example", "Chloe Martin", "violet seal harbour 7", role="reviewer")
who, outsider = Signer.of_user(chloe), Signer(outsider_tag="outsider 7", name="Holm")
append(book, [Draft(told(), source=7) for _ in range(300)])
frozen = freeze_entries(book, bank_changes(), NOWHERE, chloe, NOON, title="Changes")
lines = freeze_lines(book, [{"account": f"user{n}"} for n in range(40)], chloe, NOON, title="Accounts", code={})
assert draw(book, frozen, 25, "audit 7", chloe, NOON, title="Some").count == 25


def at_once(act):
    def run(number):
        try:
            found.append(act(number))
        except SignOffError as refusal:
            found.append(refusal.code)
        except Exception as wrong:
            found.append(repr(wrong))
        finally:
            connections.close_all()

    found = []
    threads = [threading.Thread(target=run, args=[number]) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return found


at_once(lambda number: look(frozen, outsider, NOON + minutes(number)).pk)
assert Look.objects.count() == 1, "an outsider has one look, however many tabs they open"
assert at_once(lambda number: decide(frozen, range(300), "fine", f"All called {number}", who, NOON)) == [300] * 4
assert Decision.objects.filter(frozen=frozen).count() == 300
decide(lines, range(10), "keep", "Known", who, NOON, in_bulk=True)
seen = state_of([frozen, lines])
facts = {"subject": "run 1 step look", "title": "Review", "means": "checked", "covers": {"step": "look"}}
look(frozen, who, NOON)


def race(number):
    if number == 0:
        return decide(frozen, [7], "ask", "Who?", who, NOON)
    return sign(book, who, NOON + minutes(3), lists=[frozen, lines], seen=seen, **facts).entry


# Whoever comes first, nothing is signed in another state than was seen, and what was signed is not decided anew.
results = at_once(race)
signed = list(SignOff.objects.order_by("pk"))
assert not any("Error(" in str(each) for each in results), results
if signed:
    assert len(signed) == 3 and "decide-signed" in results, results
else:
    assert results.count("sign-changed-meanwhile") == 3, results
    signed = [sign(book, who, NOON + minutes(3), lists=[frozen, lines], **facts)]
made = SignOff.objects.get(pk=signed[0].pk)
assert still_there(made).verdict == "matches", still_there(made).troubles
with connection.cursor() as cursor:
    cursor.execute('UPDATE entry SET content = replace(content::text, %s, %s) WHERE "index" = 200', ["Lopez", "Lopes"])
    cursor.execute("UPDATE signoffs_decision SET reason = 'x' WHERE frozen_id = %s AND place = 3", [frozen.pk])
    cursor.execute("UPDATE signoffs_frozenline SET data = '{\\"account\\": \\"eve\\"}' WHERE place = 5")
texts = [trouble.text for trouble in still_there(made).troubles]
assert texts == [
    "Row 200 of “Changes” (entry 201) is not what it was when it was signed.",
    "The tables say another decision about row 4 of “Changes” than was signed.",
    "Row 6 of “Accounts” is not what it was when it was signed.",
], texts
checked, after = all_of(book)
assert after is None and {each.still.verdict for each in checked} == {"does not match"}
print("told")
"""


@pytest.mark.postgres
def test_the_story_of_a_sign_off_over_postgresql(
    postgres_installation: Callable[[str], str], tmp_path: Path
) -> None:
    told = postgres.tell(STORY, postgres_installation("signoffs"), tmp_path / "home")
    assert told.endswith("told"), told
