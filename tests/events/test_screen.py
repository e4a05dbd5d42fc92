"""On a screen long values are cut and hidden characters shown; the sentence itself keeps both."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indelible.events.phrases import Part
from indelible.events.sentence import Sentence, on_screen, shorten, tell, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("Zoë Ñandú 李雷 محمد", "Zoë Ñandú 李雷 محمد"),
        ("invoice\u202efdp.exe", "invoice[U+202E]fdp.exe"),
        ("ad\u200bmin", "ad[U+200B]min"),
        ("ad\u200dmin", "ad[U+200D]min"),
        ("\ufeffname", "[U+FEFF]name"),
        ("a\x00b\x1b[31m", "a[U+0000]b[U+001B][31m"),
        ("two\nlines\tand\r", "two lines and "),
        ("half \ud83d", "half [U+D83D]"),
        ("\U0001f469\u200d\U0001f4bb", "\U0001f469\u200d\U0001f4bb"),
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
        ("blank\u3164", "blank[U+3164]"),
        ("tag\U000e0041", "tag[U+E0041]"),
        ("soft\xadhyphen", "soft[U+00AD]hyphen"),
    ],
)
def test_hidden_characters_are_shown_and_honest_ones_left(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_shown_has_no_control_or_direction_mark_left(text: str) -> None:
    shown = visible(text)
    assert not set(shown) & {
        *map(chr, range(32)),
        *"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b",
    }
    assert visible(shown) == shown


def test_long_values_are_cut_on_screen_and_nowhere_else() -> None:
    sentence = tell(
        {
            "actor": {"name": "Maria"},
            "action": {"verb": "change"},
            "changes": [{"field": "memo", "before": "x" * 300_000, "after": "y"}],
        }
    )
    assert len(sentence.text) > 300_000
    short = shorten(sentence, 20)
    assert short.text == f"Maria changed the memo from {'x' * 19}… to y"
    assert [part.role for part in short.parts] == [part.role for part in sentence.parts]


def test_a_letter_is_not_cut_off_its_accent() -> None:
    assert shorten(Sentence([Part("abce\u0301f", "actor")]), 5).text == "abc…"


def test_our_own_words_are_never_cut() -> None:
    long = Sentence([Part("word " * 40)])
    assert shorten(long, 10) == long


def test_on_screen_both_are_done() -> None:
    sentence = Sentence([Part("a\u202e" + "b" * 100, "thing"), Part(" was changed")])
    assert on_screen(sentence, 5).text == "a[U+202E]bb… was changed"


def test_a_cut_quotation_keeps_its_closing_mark() -> None:
    assert shorten(Sentence([Part("“" + "x" * 50 + "”", "said")]), 6).text == "“xxxx…”"
