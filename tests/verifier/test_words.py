"""Each thing that a check can find has words, and the words name what the finding names."""

from __future__ import annotations

import re

import pytest

from indelible.ledger.packs.report import (
    CHECKS,
    DIFFERS,
    FINDING_CODES,
    MATCHES,
    NOT_CHECKED,
    Check,
    Finding,
    PackReport,
)
from indelible.verifier.words import field_name, messages, tell_check, tell_finding, tell_verdict

CODES = sorted({code for codes in FINDING_CODES.values() for code in codes})
# Words of engineers, that belong under "Technical details" only.
FORBIDDEN = re.compile(
    r"\b(checkpoint|merkle|hash|root|leaf|inclusion|immutable|tamper-proof|please|sorry)\b", re.I
)


def test_there_are_words_for_every_finding_and_check_and_for_nothing_else() -> None:
    assert sorted(messages()["findings"]) == CODES
    assert list(messages()["checks"]) == list(CHECKS)
    assert set(FINDING_CODES) == set(CHECKS)


@pytest.mark.parametrize("code", CODES)
def test_a_finding_is_told_in_sentences(code: str) -> None:
    for finding in (
        Finding(code),
        Finding(code, 42_817, "targets/0", "3 Entries.csv"),
        Finding(code, None, "7", None),
    ):
        told = tell_finding(finding)
        assert "{" not in told.title + told.meaning
        assert not told.meaning[0].islower() and told.meaning.endswith(".")
        assert not told.title.endswith(".")
        assert not FORBIDDEN.search(told.title + told.meaning)


def test_entries_count_from_one_and_details_have_names() -> None:
    told = tell_finding(Finding("detail-differs", 42_817, "targets/0"))
    assert told.meaning.startswith("The detail “Thing 1” of entry 42,818 is not what was recorded.")
    assert "Line 7 " in tell_finding(Finding("entry-damaged", None, "7")).meaning
    assert "Word 4 " in tell_finding(Finding("words-differ", None, "4")).meaning
    assert "the witness w.example/a." in tell_finding(Finding("witness-missing", None, "w.example/a")).meaning
    assert tell_finding(Finding("counts-differ", None, "attachments")).meaning.endswith(": attached files.")
    assert "The file “2 Cover.pdf”" in tell_finding(Finding("file-changed", file="2 Cover.pdf")).meaning


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("actor", "Who did it"),
        ("targets/10", "Thing 11"),
        ("attachments/0", "Attached file 1"),
        ("extra/net_amount", "net amount"),
        ("numbers/sources/7", "Running number sources/7"),
        ("something", "something"),
    ],
)
def test_details_go_by_their_names(field: str, name: str) -> None:
    assert field_name(field) == name


@pytest.mark.parametrize("code", CHECKS)
def test_each_verdict_of_each_check_has_its_sentence(code: str) -> None:
    good, blocked, bad = Check(code), Check(code, blocked=True), Check(code)
    bad.find(FINDING_CODES[code][0])
    sentences = {tell_check(check).meaning for check in (good, blocked, bad)}
    assert len(sentences) == 3
    assert (good.verdict, blocked.verdict, bad.verdict) == (MATCHES, NOT_CHECKED, DIFFERS)


def test_the_verdict_says_what_kind_of_pack_it_is_only_where_all_holds() -> None:
    def report(kind: str, check: Check) -> PackReport:
        return PackReport(kind, 1, False, (), None, (check,))

    bad = Check("files")
    bad.find("file-changed")
    assert "selection" in tell_verdict(report("selection", Check("files"))).meaning
    assert "Every entry" in tell_verdict(report("whole", Check("files"))).meaning
    assert tell_verdict(report("whole", bad)).meaning == ""


def test_each_sentence_is_translated_before_its_gaps_are_filled() -> None:
    seen: list[str] = []

    def translate(text: str) -> str:
        seen.append(text)
        return text.replace("was altered", "wurde geändert")

    told = tell_finding(Finding("detail-differs", 1, "actor"), translate)
    assert told.title == "A detail wurde geändert"
    assert any("{entry}" in text for text in seen)


def test_findings_beyond_a_thousand_are_not_kept() -> None:
    check = Check("entries")
    for index in range(2_000):
        check.find("detail-differs", index, "actor")
    assert len(check.findings) == 1_000
    assert check.verdict == DIFFERS
