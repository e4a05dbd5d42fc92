"""The page of a list as it was shown, and the page of a signature with its check."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.features.signoffs.conftest import NOON, Put, minutes, told

Sign = Callable[..., Any]
Signers = Callable[[Any], Any]


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return " ".join(unescape(answer.content.decode()).split())


def test_a_list_shows_its_rows_decisions_and_how_it_was_made(
    frozen: Any,
    chloe: Any,
    as_signer: Signers,
    sign: Sign,
    signed_in: Client,
    sentences: Callable[[], list[str]],
) -> None:
    from indelible.features.record.looks import tell_due
    from indelible.features.signoffs.deciding import decide

    decide(frozen, [1], "ask", "Who is <this>?", as_signer(chloe), NOON)
    made = sign(chloe, frozen)
    page = text(signed_in.get(f"/lists/{frozen.pk}/"))
    for words in (
        "5 rows, as they were shown",
        "Rows 1 to 5 of 5",
        "How this list was made",
        "things: supplier.bank_account; verbs: change",
        "Gaps of sources within it</dt><dd>none known",
        "Chloe Martin: checked",
        f"/sign-offs/{made.pk}/",
        "“Who is <this>?”",
    ):
        assert words in page, words
    raw = signed_in.get(f"/lists/{frozen.pk}/").content.decode()
    assert "<this>" not in raw
    from datetime import UTC, datetime

    assert tell_due(frozen.logbook, datetime.now(UTC) + minutes(2)) == 1
    assert (
        sentences()[-1] == "Ana Ruiz looked at 5 entries of the record, asking for “Changes of bank details”"
    )


def test_a_long_list_is_paged_and_shows_what_was_altered(
    book: Any, put: Put, ana: Any, signed_in: Client
) -> None:
    from indelible.features.signoffs.freezing import freeze_indexes
    from indelible.features.signoffs.sampling import draw

    rows = put([told(thing=("invoice.sales", f"INV-{n}")) for n in range(101)])
    frozen = freeze_indexes(book, rows, ana, NOON, title="Invoices")
    with connection.cursor() as cursor:
        cursor.execute('DELETE FROM "entry" WHERE "index" = %s', [rows[60]])
        cursor.execute('UPDATE "entry" SET "content" = \'{}\' WHERE "index" = %s', [rows[61]])
    page = text(signed_in.get(f"/lists/{frozen.pk}/?from=51"))
    assert "Rows 51 to 100 of 101" in page and "?from=1" in page and "?from=101" in page
    assert "Removed" in page and "Altered" in page and "INV-100" not in page
    assert "Rows 101 to 101 of 101" in text(signed_in.get(f"/lists/{frozen.pk}/?from=101"))
    for odd in ("0", "-1", "x", "9" * 30, "102"):
        assert "Rows 1 to 50 of 101" in text(signed_in.get(f"/lists/{frozen.pk}/?from={odd}"))
    drawn = draw(book, frozen, 3, "audit 7", ana, NOON, title="Three invoices")
    page = text(signed_in.get(f"/lists/{drawn.pk}/"))
    assert "3 of 101 rows, with the seed audit 7" in page


def test_lines_from_elsewhere_are_shown_as_text(book: Any, ana: Any, signed_in: Client) -> None:
    from indelible.features.signoffs.freezing import freeze_lines

    lines = [
        {"account": "<b>zoe</b>", "rights": ["read", "pay"], "seen": None},
        {"account": "åsa", "extra": 3},
    ]
    frozen = freeze_lines(book, lines, ana, NOON, title="Accounts of Xero", code={"from": "Xero"})
    raw = signed_in.get(f"/lists/{frozen.pk}/").content.decode()
    assert "&lt;b&gt;zoe&lt;/b&gt;" in raw and "[&quot;read&quot;, &quot;pay&quot;]" in raw and "extra" in raw
    empty = freeze_lines(book, [], ana, NOON, title="No accounts", code={})
    assert "Nothing answered the question" in text(signed_in.get(f"/lists/{empty.pk}/"))


def test_a_signature_is_checked_on_its_page_and_that_goes_on_record(
    frozen: Any, five: list[int], chloe: Any, as_signer: Signers, sign: Sign, signed_in: Client,
    sentences: Callable[[], list[str]],
) -> None:  # fmt: skip
    from indelible.features.signoffs.deciding import decide
    from indelible.features.signoffs.looking import look

    look(frozen, as_signer(chloe), NOON)
    decide(frozen, [1], "ask", "Who is this?", as_signer(chloe), NOON)
    made = sign(chloe, frozen, at=NOON + minutes(5))
    page = text(signed_in.get(f"/sign-offs/{made.pk}/"))
    for words in (
        "for 5 minutes; rows opened: 0",
        "1 ask",
        "Check it now",
        "opened none of the 5 rows",
        "nothing odd",
    ):
        assert words in page, words
    entry = text(signed_in.get(f"/record/{made.entry + 1}/"))
    assert f"/sign-offs/of-entry/{made.entry + 1}/" in entry and "of-entry" not in text(
        signed_in.get("/record/1/")
    )
    led = signed_in.get(f"/sign-offs/of-entry/{made.entry + 1}/")
    assert (led.status_code, led.headers["Location"]) == (302, f"/sign-offs/{made.pk}/")
    page = text(signed_in.post(f"/sign-offs/{made.pk}/check/"))
    assert "What was signed is still what is there: all 5 rows are as they were." in page
    assert sentences()[-1] == (
        f"Ana Ruiz checked part of the record (what Chloe Martin signed in entry {made.entry + 1}): 6 entries, nothing"
        " altered"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            'UPDATE "entry" SET "content" = replace("content", %s, %s) WHERE "index" = %s',
            ["Lopez", "Lopes", five[1]],
        )
    page = text(signed_in.post(f"/sign-offs/{made.pk}/check/"))
    assert (
        "What was signed is not what is there now." in page
        and f"(entry {five[1] + 1}) is not what it was" in page
    )
    assert signed_in.get(f"/sign-offs/{made.pk}/check/").status_code == 405


def test_a_signature_whose_entry_is_gone_is_still_shown_with_a_warning(
    frozen: Any, chloe: Any, sign: Sign, signed_in: Client
) -> None:
    made = sign(chloe, frozen)
    with connection.cursor() as cursor:
        cursor.execute('DELETE FROM "entry" WHERE "index" = %s', [made.entry])
    assert "Do not rely on what stands below" in text(signed_in.get(f"/sign-offs/{made.pk}/"))
    assert "which seals this signature, is gone" in text(signed_in.post(f"/sign-offs/{made.pk}/check/"))


@pytest.mark.parametrize(
    "path",
    [
        "/lists/999/",
        "/sign-offs/999/",
        "/sign-offs/of-entry/1/",
        f"/lists/{10**30}/",
        f"/sign-offs/{10**30}/",
        f"/sign-offs/of-entry/{10**30}/",
    ],
)
def test_what_is_not_there_is_said_to_be_missing(signed_in: Client, path: str) -> None:
    assert signed_in.get(path).status_code == 404


def test_everybody_who_may_read_the_record_sees_it_and_strangers_do_not(
    frozen: Any, chloe: Any, browser_of: Callable[[Any], Client], stranger: Client
) -> None:
    assert browser_of(chloe).get(f"/lists/{frozen.pk}/").status_code == 200
    assert stranger.get(f"/lists/{frozen.pk}/").status_code == 302


def test_pages_stay_up_whatever_stands_in_the_tables(
    frozen: Any, chloe: Any, sign: Sign, signed_in: Client
) -> None:
    made = sign(chloe, frozen)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE signoffs_frozenlist SET how = %s, sample = %s, code = %s",
            [
                '{"gaps": [3], "period": 4, "totals": 5, "altered": "x", "first": "a"}',
                '{"of": "x"}',
                '{"a": [{}]}',
            ],
        )
        cursor.execute("UPDATE signoffs_signoff SET covers = '[]'")
    assert signed_in.get(f"/lists/{frozen.pk}/").status_code == 200
    assert "What was signed is not what is there now" in text(signed_in.post(f"/sign-offs/{made.pk}/check/"))


def test_a_page_of_fifty_rows_asks_the_database_no_more_often_than_one_of_five(
    book: Any, put: Put, chloe: Any, as_signer: Signers, sign: Sign, signed_in: Client
) -> None:
    from django.test.utils import CaptureQueriesContext

    from indelible.features.signoffs.deciding import decide
    from indelible.features.signoffs.freezing import freeze_indexes

    rows = put([told() for _each in range(50)])
    asked = []
    for count in (5, 5, 50):
        frozen = freeze_indexes(book, rows[:count], None, NOON, title="Changes")
        decide(frozen, range(count), "fine", "Called", as_signer(chloe), NOON)
        made = sign(chloe, frozen)
        with CaptureQueriesContext(connection) as queries:
            text(signed_in.get(f"/lists/{frozen.pk}/"))
            text(signed_in.get(f"/sign-offs/{made.pk}/"))
            text(signed_in.post(f"/sign-offs/{made.pk}/check/"))
        asked.append(len(queries))
    assert asked[2] <= asked[1] + 5, asked
