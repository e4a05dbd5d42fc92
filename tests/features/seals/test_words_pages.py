"""Seal words on pages: shown, copied for the minutes, printed on a card, compared, and withheld."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from indelible.features.seals import card, compared_words, minutes
from indelible.ledger.checkpoints import Checkpoint
from indelible.ledger.words import WORDS, seal_words
from indelible.storage.database import reads
from tests.features.record.conftest import text_of
from tests.features.seals.conftest import told

pytestmark = pytest.mark.django_db(transaction=True)

MADRID = ZoneInfo("Europe/Madrid")
WITHHELD = "We give no seal words while the record does not fit its seals."


def words_of(book: Any, size: int | None = None) -> list[str]:
    seal = reads.get_checkpoint(book, size)
    return seal_words(Checkpoint(book.origin, seal.size, seal.root).text)


def listed(page: Any) -> list[str]:
    found = re.search(r'<ol class="words"[^>]*>(.*?)</ol>', page.content.decode(), re.DOTALL)
    return re.findall(r"<li>([a-z]+)</li>", found[1]) if found else []


def made_at(size: int, at: str) -> None:
    """Say of the entries up to `size` and of that seal that they were made then."""
    with connection.cursor() as cursor:
        cursor.execute('UPDATE "checkpoint" SET "made_at" = %s WHERE "size" = %s', [at, size])
        cursor.execute(
            'UPDATE "entry" SET "recorded_at" = %s WHERE "index" < %s AND "recorded_at" > %s', [at, size, at]
        )


def compare(client: Client, words: str, seal: str = "") -> str:
    return text_of(client.post("/seals/words/", {"words": words, "seal": seal}))


def test_the_words_of_a_seal_stand_on_its_page_and_on_the_overview(
    signed_in: Client, book: Any, grow: Callable[[int], None]
) -> None:
    grow(3)
    size = reads.head(book).size
    words = words_of(book)
    assert len(words) == 12
    for path in ("/seals/", f"/seals/{size}/"):
        page = signed_in.get(path)
        assert listed(page) == words, path
        assert "public, not a password" in text_of(page)
    assert listed(signed_in.get("/seals/1/")) == words_of(book, 1)


def test_words_are_made_once_and_what_is_kept_of_them_is_not_believed_unsigned(
    signed_in: Client, book: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    monkeypatch.setattr(minutes, "_make", lambda text: made.append(text) or tuple(seal_words(text)))
    for _look in range(3):
        assert listed(signed_in.get("/seals/")) == words_of(book)
    assert len(made) == 1
    with connection.cursor() as cursor:  # somebody writes other words where ours are kept
        cursor.execute("SELECT cache_key, value FROM cache WHERE cache_key LIKE %s", ["%seal-words:%"])
        ((key, _value),) = cursor.fetchall()
    other = {"text": made[0], "words": ["lantern"] * 12}
    for forged in (other, "x:y", str(other)):
        cache.set(key.partition(":1:")[2], forged)
        assert listed(signed_in.get("/seals/")) == words_of(book)


def test_a_busy_record_makes_words_at_most_every_ten_seconds(
    signed_in: Client, book: Any, grow: Callable[[int], None]
) -> None:
    first = reads.head(book).size
    assert f"Words of seal {first}" in text_of(signed_in.get("/seals/"))
    grow(5)
    page = signed_in.get("/seals/")
    assert f"Words of seal {first}" in text_of(page)
    assert listed(page) == words_of(book, first)
    cache.clear()
    assert f"Words of seal {first + 5}" in text_of(signed_in.get("/seals/"))


def test_the_paragraph_for_the_minutes_is_told_in_the_zone_of_the_organisation(
    signed_in: Client, book: Any, grow: Callable[[int], None]
) -> None:
    grow(4)
    size = reads.head(book).size
    made_at(size, "2026-05-31T21:59:00.000000Z")
    page = signed_in.get(f"/seals/{size}/minutes/").content.decode()
    written = re.search(r"<textarea[^>]*\breadonly\b[^>]*>([^<]*)</textarea>", page)
    assert written is not None
    assert written[1] == (
        f"The record of Northwind Trading Ltd was sealed on 31 May 2026 at 23:59 (UTC+02:00) with {size} entries."
        f" Words: {', '.join(words_of(book, size))}."
    )


def test_the_last_seal_of_last_month_is_offered_beside_the_newest(
    signed_in: Client, book: Any, grow: Callable[[int], None]
) -> None:
    now = datetime.now(UTC).astimezone(MADRID)
    this_month = datetime(now.year, now.month, 1, tzinfo=MADRID)
    grow(3)
    last = reads.head(book).size
    made_at(last, datetime.fromtimestamp(this_month.timestamp() - 60, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    grow(2)
    page = text_of(signed_in.get("/seals/minutes/"))
    assert f"The last seal of last month: {last}" in page
    assert f"The newest seal: {last + 2}" in page
    assert page.count("was sealed on") == 2


def test_a_record_of_this_month_offers_its_newest_seal_alone(signed_in: Client, book: Any) -> None:
    page = text_of(signed_in.get("/seals/minutes/"))
    assert page.count("was sealed on") == 1
    assert "The last seal of last month" not in page


def test_month_ends_are_the_midnights_of_the_organisation() -> None:
    ends = minutes.month_ends(datetime(2026, 1, 15, tzinfo=UTC), MADRID, 3)
    assert [end.isoformat() for end in ends] == [
        "2026-01-01T00:00:00+01:00", "2025-12-01T00:00:00+01:00", "2025-11-01T00:00:00+01:00",
    ]  # fmt: skip


def test_the_last_seal_before_a_moment_is_found_among_many(book: Any, grow: Callable[[int], None]) -> None:
    for count in (2, 3, 1):
        grow(count)
    sizes = [seal.size for seal in reads.checkpoints(book)]
    for size in sizes[1:]:
        after = reads.get_entry(book, size).recorded_at  # of the first entry that the seal does not cover
        found = minutes.last_seal_before(book, datetime.fromisoformat(after))
        assert found is not None
        assert found.size == size
    assert minutes.last_seal_before(book, datetime(2020, 1, 1, tzinfo=UTC)) is None


# Comparing -------------------------------------------------------------------------------------------


def test_the_same_words_are_recognised_however_they_are_written(
    signed_in: Client, book: Any, grow: Callable[[int], None]
) -> None:
    grow(2)
    words = words_of(book)
    size = reads.head(book).size
    for typed in (
        " ".join(words),
        ", ".join(words).upper(),
        "\n".join(f"{place}. {word.title()}" for place, word in enumerate(words, 1)),
        f"The record of Northwind was sealed today with {size} entries. Words: {', '.join(words)}.",
    ):
        answer = compare(signed_in, typed)
        assert "The same 12 words." in answer, typed
        assert f"They are the words of seal {size}" in answer
    assert "The same 12 words." in compare(signed_in, " ".join(words_of(book, 1)), "1")


def test_the_first_different_word_is_named(signed_in: Client, book: Any) -> None:
    words = words_of(book)
    other = next(word for word in WORDS if word not in words)
    wrong = [*words[:3], other, *words[4:]]
    answer = compare(signed_in, " ".join(wrong))
    assert f"Word 4 is {words[3]} here, you typed {other}." in answer
    assert f"Compared with seal {reads.head(book).size}." in answer
    assert f"Word 12 is missing: it is {words[11]} here." in compare(signed_in, " ".join(words[:11]))


def test_a_word_that_is_not_on_the_list_and_one_that_is_near_it_are_told(
    signed_in: Client, book: Any
) -> None:
    words = words_of(book)
    slip = [words[0] + "q", *words[1:]]
    answer = compare(signed_in, " ".join(slip))
    assert f"“{words[0]}q” is not a word of our list. Did you mean {words[0]}?" in answer
    assert "is not a word of our list" in compare(signed_in, " ".join(["qqqqqq"] * 12))


def test_words_that_do_not_belong_together_are_told_from_words_of_another_seal(
    signed_in: Client, book: Any
) -> None:
    foreign = seal_words("other.example/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")
    assert "These words are of none of the seals that we looked at." in compare(signed_in, " ".join(foreign))
    twisted = [*foreign[:11], next(word for word in WORDS if word != foreign[11])]
    assert "These 12 words do not belong together." in compare(signed_in, " ".join(twisted))
    assert "this is no slip" in compare(signed_in, " ".join(foreign), str(reads.head(book).size))
    assert "These are not 12 words." in compare(signed_in, " ".join(foreign[:5]))
    assert "There is no seal with this number." in compare(signed_in, " ".join(foreign), "99,999")
    assert "digits only" in compare(signed_in, " ".join(foreign), "a dozen")
    assert "Nothing was typed" in compare(signed_in, "")


def test_words_of_an_earlier_month_are_found_without_its_number(
    signed_in: Client, book: Any, grow: Callable[[int], None]
) -> None:
    now = datetime.now(UTC).astimezone(MADRID)
    grow(3)
    last = reads.head(book).size
    before = datetime(now.year, now.month, 1, tzinfo=MADRID).timestamp() - 3600
    made_at(last, datetime.fromtimestamp(before, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    grow(2)
    assert f"They are the words of seal {last}" in compare(signed_in, " ".join(words_of(book, last)))


# Withheld --------------------------------------------------------------------------------------------


def test_an_altered_record_gives_no_words_anywhere(
    signed_in: Client, book: Any, checked: Callable[..., Any]
) -> None:
    words = words_of(book)
    checked("does not match", report=told("does not match"))
    for path in ("/seals/", "/seals/1/", "/seals/minutes/", "/seals/1/minutes/", "/seals/1/card/"):
        page = signed_in.get(path)
        assert WITHHELD in text_of(page), path
        assert listed(page) == [], path
        assert '<svg class="qr"' not in page.content.decode()
    assert WITHHELD in compare(signed_in, " ".join(words))


def test_a_seal_left_standing_over_a_record_written_anew_gives_no_words(
    signed_in: Client, book: Any, grow: Callable[[int], None]
) -> None:
    grow(300)
    with connection.cursor() as cursor:
        cursor.execute('UPDATE "tile" SET "hashes" = zeroblob(8192) WHERE "level" = 0 AND "index" = 0')
    page = signed_in.get("/seals/1/")
    assert WITHHELD in text_of(page)
    assert listed(page) == []


# The card --------------------------------------------------------------------------------------------


def test_the_card_shows_seal_words_key_and_a_code_of_the_whole_seal(
    signed_in: Client, book: Any, grow: Callable[[int], None]
) -> None:
    grow(2)
    seal = reads.get_checkpoint(book)
    page = signed_in.get(f"/seals/{seal.size}/card/")
    text = text_of(page)
    assert listed(page) == words_of(book)
    assert f"Seal {seal.size}" in text
    assert "These words are public, not a password." in text
    assert book.public_key in text
    assert card.code_text(book.origin, seal) == seal.note
    assert card.code_svg(seal.note) in page.content.decode()
    assert signed_in.get("/seals/99999/card/").status_code == 404


def test_a_note_too_long_for_a_code_gives_way_to_its_three_lines(book: Any) -> None:
    origin = "log.example/" + "a" * 240
    root = bytes(32)
    long = reads.StoredCheckpoint(
        7, root, f"{Checkpoint(origin, 7, root).text}\n\u2014 {origin} {'A' * 91}=\n", "2026-01-01T00:00:00Z"
    )
    assert card.code_text(origin, long) == Checkpoint(origin, 7, root).text


def test_words_are_picked_out_of_what_stands_around_them() -> None:
    words = seal_words("other.example/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")
    assert (
        compared_words.pick_words(f"The record has a seal. Words: {', '.join(words)}. Signed: Ana") == words
    )
    assert compared_words.pick_words("a b") == ["a", "b"]
