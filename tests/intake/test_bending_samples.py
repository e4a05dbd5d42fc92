"""The real samples of servers' and systems' logs, bent: cut, doubled, coded anew, shuffled, damaged.

Whatever happens to the bytes: each record is recorded, a repeat or rejected, the sum is what was counted on
the first look, no line is lost, and no time comes from anywhere but the record's own text.
"""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indelible.events.event import check_event
from indelible.intake import reading
from indelible.intake.errors import IntakeError
from indelible.intake.reading import Record, Rejected
from tests.intake.files import read_bytes
from tests.intake.test_samples import EXPECTED, given_of
from tests.shared import shared_path

NAMES = [
    "syslog-rfc5424.log", "syslog-rfc3164.log", "linux-auditd.log", "cef-leef-mixed.log",
    "jamf-access-and-change.log", "windows-security-eventviewer.csv", "windows-security-wevtutil.xml",
    "postgres-csvlog-pgaudit.csv", "mysql-audit.json",
]  # fmt: skip
A_LINE_EACH = [name for name in NAMES if name.endswith((".log", ".xml"))]
LOGS = [name for name in NAMES if name.endswith(".log")]
_TAG = re.compile(r"<[^<>]*>")
bent = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PAGE = (
    "<html><head><meta charset='utf-8'></head><body><table><tr><th>Date</th><th>User</th><th>Action</th></tr>\n"
    + "\n".join(
        f"<tr><td>2026-03-04T10:{n:02d}:00Z</td><td>user{n}</td><td>update &amp; more</td></tr>"
        for n in range(9)
    )
    + "\n</table></body></html>\n"
)


def sample(name: str) -> bytes:
    return PAGE.encode() if name == "page.xls" else shared_path(f"samples/{name}").read_bytes()


def outcomes(folder: Path, name: str, data: bytes) -> list[reading.Outcome] | None:
    """Read bent bytes as the sample's person would; None where they are refused or raise a question."""
    path = folder / "upload.part"
    path.write_bytes(data)
    told = given_of(EXPECTED[name]) if name in EXPECTED else reading.Given()
    try:
        found = reading.survey(path, name, given=told)
    except IntakeError as refused:
        assert refused.code
        return None
    try:
        if not found.ready:
            return None
        results = list(reading.read(found))
    finally:
        found.close()
    assert len(results) == found.expected
    return results


def check(results: list[reading.Outcome] | None) -> None:
    """Check that events are lawful and that none has a time its record does not hold."""
    for each in results or ():
        if isinstance(each, Rejected):
            assert each.reason
        elif isinstance(each, Record):
            check_event(each.event)
            if "occurred_at" in each.event:
                assert each.event["occurred_at"][:2] in ("19", "20")
                assert _holds(each.original, each.event["time"]["said"])


def _holds(original: bytes, said: str) -> bool:
    """Answer whether the time stands in the record: its signs, however they were coded, quoted or escaped."""
    texts = [
        html.unescape(original.decode(codec, "replace")) for codec in ("utf-8", "utf-16-le", "utf-16-be")
    ]
    texts.append(_TAG.sub("", texts[0]))  # a reader of a page does not see its tags
    return any(_signs(said) in _signs(text) for text in texts)


def _signs(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable() and sign not in ' "\\\ufffd')


def times(results: list[reading.Outcome] | None) -> list[str]:
    assert results is not None
    return sorted(each.event.get("occurred_at", "") for each in results if isinstance(each, Record))


@pytest.mark.parametrize("name", [*NAMES, "page.xls"])
@bent
@given(data=st.data())
def test_a_sample_cut_anywhere_is_accounted_for(tmp_path: Path, name: str, data: st.DataObject) -> None:
    whole = sample(name)
    check(outcomes(tmp_path, name, whole[: data.draw(st.integers(0, len(whole)))]))


@pytest.mark.parametrize("name", [*NAMES, "page.xls"])
@bent
@given(data=st.data())
def test_a_sample_with_flipped_bytes_is_accounted_for(tmp_path: Path, name: str, data: st.DataObject) -> None:
    changed = bytearray(sample(name))
    places = st.tuples(st.integers(0, len(changed) - 1), st.integers(0, 255))
    for place, value in data.draw(st.lists(places, min_size=1, max_size=5)):
        changed[place] = value
    check(outcomes(tmp_path, name, bytes(changed)))


@pytest.mark.parametrize("name", [*NAMES, "page.xls"])
@bent
@given(data=st.data())
def test_a_sample_with_pieces_put_in_is_accounted_for(tmp_path: Path, name: str, data: st.DataObject) -> None:
    whole = sample(name)
    odd = [
        b'"',
        b"\x00",
        b"\r",
        b"\n\n",
        b"<!--",
        b"]]>",
        b"|",
        b"=",
        b"<Event>",
        b"</Event>",
        b"<tr>",
        b"&#0;",
        b"\\",
        b"'",
    ]
    extra = data.draw(st.sampled_from(odd)) * data.draw(st.integers(1, 3))
    place = data.draw(st.integers(0, len(whole)))
    check(outcomes(tmp_path, name, whole[:place] + extra + whole[place:]))


@pytest.mark.parametrize("name", A_LINE_EACH)
@bent
@given(data=st.data())
def test_shuffled_lines_are_the_same_records(tmp_path: Path, name: str, data: st.DataObject) -> None:
    whole = sample(name)
    lines = data.draw(st.permutations(whole.splitlines()))
    results = outcomes(tmp_path, name, b"\n".join(lines) + b"\n")
    check(results)
    assert times(results) == times(outcomes(tmp_path, name, whole))


@pytest.mark.parametrize("name", [*NAMES, "page.xls"])
@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_a_sample_coded_anew_is_the_same_records(tmp_path: Path, name: str, codec: str) -> None:
    whole = sample(name)
    results = outcomes(tmp_path, name, whole.decode("utf-8-sig").encode(codec))
    check(results)
    assert times(results) == times(outcomes(tmp_path, name, whole))


@pytest.mark.parametrize("name", A_LINE_EACH)
@pytest.mark.parametrize("end", ["\r\n", "\r", "\n\n"])
def test_other_line_ends_are_the_same_records(tmp_path: Path, name: str, end: str) -> None:
    whole = sample(name)
    results = outcomes(tmp_path, name, whole.replace(b"\r\n", b"\n").replace(b"\n", end.encode()))
    check(results)
    assert times(results) == times(outcomes(tmp_path, name, whole))


@pytest.mark.parametrize("name", A_LINE_EACH)
def test_a_doubled_sample_gives_each_record_twice_or_as_a_repeat(tmp_path: Path, name: str) -> None:
    whole = sample(name)
    once, twice = outcomes(tmp_path, name, whole), outcomes(tmp_path, name, whole * 2)
    check(twice)
    assert once is not None
    assert twice is not None
    # The lines of one audit event are one event however often they stand there.
    assert len(twice) == len(once) * (1 if name == "linux-auditd.log" else 2)


@pytest.mark.parametrize("name", LOGS)
@bent
@given(data=st.data())
def test_no_line_of_a_bent_log_is_lost(tmp_path: Path, name: str, data: st.DataObject) -> None:
    lines = [line for line in sample(name).split(b"\n") if line.strip()]
    lines = data.draw(st.lists(st.sampled_from([*lines, b"some other line"]), min_size=1, max_size=30))
    try:
        seen = read_bytes(tmp_path, b"\n".join(lines) + b"\n", name)
    except IntakeError:
        return
    if seen.shapes[0].kind != "log":
        return
    told = [line for piece in seen.pieces for line in piece.original.split(b"\n")]
    assert len(told) + sum(seen.skipped.values()) == len(lines)
    rest = [line for line in lines if line.rstrip(b"\r") in {piece.rstrip(b"\r") for piece in told}]
    assert len(rest) >= len(told)
