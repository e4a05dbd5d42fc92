# ruff: noqa: E501 - lines of logs stand here as their programs write them
"""XML and HTML are cut into records and read without trusting a word of them."""

from pathlib import Path
from typing import Any

import pytest

from indelible.intake import reading
from indelible.intake.errors import IntakeError
from indelible.intake.limits import Limits
from indelible.intake.reading import Given, Record, Rejected
from tests.intake.files import read_bytes

EVENT = (
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='P'/>"
    "<EventID Qualifiers='1'>{id}</EventID><Keywords>0x8020000000000000</Keywords>"
    "<TimeCreated SystemTime='2026-03-14T13:05:{n:02d}.0Z'/><EventRecordID>{n}</EventRecordID><Channel>Security</Channel>"
    "<Computer>h</Computer></System>{data}</Event>"
)


def windows(n: int, data: str = "<EventData/>", id: int = 4720) -> str:
    return EVENT.format(n=n, id=id, data=data)


def outcomes(folder: Path, text: str | bytes, **more: Any) -> list[reading.Outcome]:
    path = folder / "upload.part"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    found = reading.survey(path, "upload", **more)
    assert found.questions == []
    results = list(reading.read(found))
    assert len(results) == found.expected
    return results


def events(folder: Path, text: str | bytes, **more: Any) -> list[Any]:
    return [each.event for each in outcomes(folder, text, **more) if isinstance(each, Record)]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize(
    "form",
    ["{0}", "<?xml version='1.0'?>\r\n<Events>\r\n{0}\r\n</Events>\r\n", "<!-- a --><Events>{0}</Events>"],
)
def test_events_are_read_with_or_without_a_root_in_any_encoding(
    tmp_path: Path, form: str, codec: str
) -> None:
    data = form.format("\n".join(windows(n) for n in range(5))).encode(codec)
    found = events(tmp_path, data)
    assert [event["source"]["id"] for event in found] == ["0", "1", "2", "3", "4"]
    assert found[0]["action"]["said"] == "4720"


def test_an_entity_is_never_expanded_and_a_document_type_never_read(tmp_path: Path) -> None:
    laughs = "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'><!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
    data = "<EventData><Data Name='TargetUserName'>{0}</Data></EventData>"
    text = (
        windows(1)
        + laughs
        + windows(2, data.format("&b;"))
        + windows(3, data.format("&f;"))
        + windows(4, data.format("&amp;"))
    )
    found = outcomes(tmp_path, text)
    assert [each.event["source"]["id"] for each in found if isinstance(each, Record)] == ["1", "4"]
    reasons = [each.reason for each in found if isinstance(each, Rejected)]
    assert sorted(reasons) == ["outside_of_records", "xml_unreadable", "xml_unreadable"]


def test_depth_and_size_of_an_event_are_bounded(tmp_path: Path) -> None:
    deep = windows(2, "<UserData>" + "<a>" * 100 + "</a>" * 100 + "</UserData>")
    long = windows(3, "<EventData><Data Name='x'>" + "y" * 5000 + "</Data></EventData>")
    found = outcomes(tmp_path, windows(1) + deep + long + windows(4), limits=Limits(max_record_bytes=4000))
    assert [each.reason if isinstance(each, Rejected) else "" for each in found] == [
        "", "nested_too_deep", "record_too_large", "",
    ]  # fmt: skip


def test_an_event_that_is_never_closed_costs_only_itself(tmp_path: Path) -> None:
    text = windows(1) + windows(2).removesuffix("</Event>") + windows(3) + windows(4)[:-30]
    found = outcomes(tmp_path, text)
    assert [each.event["source"]["id"] for each in found if isinstance(each, Record)] == ["1", "3"]
    assert {each.reason for each in found if isinstance(each, Rejected)} == {"xml_not_closed"}


def test_a_comment_that_is_never_closed_hides_nothing(tmp_path: Path) -> None:
    found = outcomes(tmp_path, windows(1) + "<!-- " + windows(2) + "<!-- " + windows(3))
    assert [each.event["source"]["id"] for each in found if isinstance(each, Record)] == ["1", "2", "3"]
    assert sum(isinstance(each, Rejected) for each in found) == 2


def test_what_xml_forbids_shows_as_damage_and_is_kept(tmp_path: Path) -> None:
    data = "<EventData><Data Name='TargetUserName'>a\x03b&#4;c&#xD800;d</Data></EventData>"
    event = events(tmp_path, windows(1, data))[0]
    assert event["targets"][0]["name"] == "a\ufffdb\ufffdc\ufffdd"
    assert event["flags"][0] == "xml_recovered"
    assert data in event["original"]["text"]


def test_data_of_a_cleared_log_lies_under_its_own_name(tmp_path: Path) -> None:
    data = "<UserData><LogFileCleared xmlns='u'><SubjectUserName>ana</SubjectUserName></LogFileCleared></UserData>"
    event = events(tmp_path, windows(1, data, 1102))[0]
    assert (event["actor"], event["targets"][0]["name"]) == ({"name": "ana"}, "audit log")


PAGE = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="utf-8">
<style>td {{mso-number-format:"\\@"}} /* <tr><td> */</style><script>document.write("<tr><td>no</td></tr>")</script></head><body>
<table><tr><td colspan="4">Audit report for March 2026</td></tr></table>
<table border="1"><thead><tr><th>Date</th><th>User</th><th>Action</th><th>Item</th></tr></thead><tbody>
{rows}
</tbody></table></body></html>
"""
ROWS = [
    f"<tr><td>2026-03-04T10:{n:02d}:00Z</td><td>user{n}@example.com</td><td>update</td><td>Caf&eacute; {n} &lt;b&gt;</td></tr>"
    for n in range(6)
]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_table_of_a_web_page_is_read_whatever_its_name_says(tmp_path: Path, codec: str) -> None:
    found = events(tmp_path, PAGE.format(rows="\n".join(ROWS)).encode(codec))
    assert [event["actor"]["email"] for event in found] == [f"user{n}@example.com" for n in range(6)]
    assert found[3]["targets"][0]["name"] == "Café 3 <b>"
    assert found[0]["original"]["media_type"] == "text/html"


def test_rows_without_end_tags_spans_and_line_breaks_are_read_as_a_reader_sees_them(tmp_path: Path) -> None:
    rows = (
        "<TR><TD rowspan=2>2026-03-04T10:00:00Z<TD>ana@example.com<TD>update<TD>one<br>two\n three"
        "<TR><TD>ben@example.com<TD>delete<TD><script>x='<tr>'</script>b<!-- <td> -->c"
        "<TR><TD>Total<TD><TD><TD>2"
    )
    seen = read_bytes(tmp_path, PAGE.format(rows=rows).encode(), "report.xls")
    assert [list(record.value.values()) for record in seen.records] == [  # type: ignore[union-attr]
        ["2026-03-04T10:00:00Z", "ana@example.com", "update", "one\ntwo three"],
        ["2026-03-04T10:00:00Z", "ben@example.com", "delete", "bc"],
    ]
    assert seen.skipped["trailing"] == 1
    assert {"preamble_skipped", "trailing_rows_skipped"} <= seen.codes


def test_a_page_that_was_cut_off_gives_its_last_row_back(tmp_path: Path) -> None:
    whole = PAGE.format(rows="\n".join(ROWS))
    found = outcomes(tmp_path, whole[: whole.index("user5") + 3])
    assert sum(isinstance(each, Record) for each in found) == 5
    assert [each.reason for each in found if isinstance(each, Rejected)] == ["broken_last_line"]


@pytest.mark.parametrize("page", [
    "<html><body><h1>Sign in</h1><form><table><tr><td>User</td><td><input></td></tr></table></form></body></html>",
    "<!DOCTYPE html><html><body>Session expired</body></html>",
    "<html>" + "<table>" * 50_000,
])  # fmt: skip
def test_a_page_without_a_table_of_records_stays_refused(tmp_path: Path, page: str) -> None:
    with pytest.raises(IntakeError) as refused:
        outcomes(tmp_path, page)
    assert refused.value.code == "unsupported_type"
    assert refused.value.facts["kind"] == "web_page"


@pytest.mark.parametrize("nasty", [
    "<tr><td>" + "<a " * 60_000, "<tr><td>" + "<!--" * 60_000, "<tr><td>" + "&#" * 60_000, "<tr>" * 60_000,
    "<tr><td rowspan=99999 colspan=99999>" * 3_000, "<tr><td>" * 30_000, "<tr><td><![CDATA[" * 20_000, '<tr a="' * 30_000,
])  # fmt: skip
def test_markup_made_to_hurt_is_read_in_bounded_time(tmp_path: Path, nasty: str) -> None:
    path = tmp_path / "upload.part"
    for text in (PAGE.format(rows="\n".join(ROWS) + nasty), windows(1) + nasty.replace("tr", "Event")):
        path.write_text(text)
        try:
            found = reading.survey(path, "upload", given=Given(timezone="UTC"))
        except IntakeError as refused:
            assert refused.code == "unsupported_type"
            continue
        assert sum(1 for _ in reading.read(found)) == found.expected
