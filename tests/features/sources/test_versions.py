"""What a person answered once about a source is kept as a version, and not asked again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.test import Client

from tests.features.sources.test_pages import run_jobs, send

FIRST = (
    "Datum;Benutzer;Vorgang;Beleg;Betrag\n"
    "03.04.2026 09:15;mlopez;Geändert;R-1;1.200,00\n"
    "04.04.2026 10:00;treed;Gelöscht;R-2;85,50\n"
)
SECOND = FIRST.replace("R-1", "R-3").replace("R-2", "R-4")


def filled(page: Any, **answers: str) -> dict[str, str]:
    form = {name: field.initial or "" for name, field in page.context["form"].fields.items()}
    return {**form, **answers}


def newest_import() -> Any:
    from indelible.features.sources.models import Import

    return Import.objects.latest("pk")


def take_in(client: Client, name: str, text: str, **answers: str) -> Any:
    page = send(client, name, text.encode())
    row = newest_import()
    answer = client.post(f"/imports/{row.pk}/columns/", filled(page, **answers))
    assert answer.status_code == 302, answer.content.decode()
    run_jobs()
    row.refresh_from_db()
    return row


def test_the_second_file_of_a_source_is_read_as_the_first_and_asks_nothing(
    signed_in: Client, sentences: Any
) -> None:
    from indelible.features.sources.models import MappingVersion

    first = take_in(
        signed_in,
        "march.csv",
        FIRST,
        given_timezone="Europe/Berlin",
        source_name="Belege",
        always_currency="eur",
    )
    assert first.recorded == 2
    version = MappingVersion.objects.get()
    assert (version.number, version.by_name, version.given) == (1, "Ana Ruiz", {"timezone": "Europe/Berlin"})
    assert version.mapping is not None
    assert version.mapping["constants"] == {"currency": "EUR"}
    assert any("Belege" in text and "how it is read" in text for text in sentences())

    page = send(signed_in, "april.csv", SECOND.encode())
    text = page.content.decode()
    assert "As last time (version 1 of Belege)" in text
    assert "What the file does not say" not in text
    assert "guess" not in text
    assert "1,200.00 EUR" in text
    row = newest_import()
    assert signed_in.post(f"/imports/{row.pk}/columns/", filled(page)).status_code == 302
    run_jobs()
    row.refresh_from_db()
    assert (row.recorded, row.source.name) == (2, "Belege")
    assert MappingVersion.objects.count() == 1  # nothing was different
    shown = signed_in.get(f"/sources/{row.source.pk}/").content.decode()
    assert "How it is read" in shown
    assert "Europe/Berlin" in shown


def test_another_answer_makes_the_next_version_and_a_new_column_is_marked(signed_in: Client) -> None:
    from indelible.features.sources.models import MappingVersion

    take_in(signed_in, "a.csv", FIRST, given_timezone="Europe/Berlin", source_name="Belege")
    more = (
        FIRST.replace("Betrag\n", "Betrag;Grund\n")
        .replace("1.200,00", "1.200,00;Tippfehler")
        .replace("85,50", "85,50;")
    )
    page = send(signed_in, "b.csv", more.encode())
    text = page.content.decode()
    assert text.count(">guess<") == 1
    row = newest_import()
    signed_in.post(f"/imports/{row.pk}/columns/", filled(page))
    assert [version.number for version in MappingVersion.objects.all()] == [2, 1]
    source = MappingVersion.objects.latest("pk").source
    older = signed_in.get(f"/sources/{source.pk}/how-read/1/").content.decode()
    assert "Betrag" in older
    assert "Grund" not in older
    assert signed_in.get(f"/sources/{source.pk}/how-read/7/").status_code == 404


def test_what_is_not_to_be_saved_is_not(signed_in: Client) -> None:
    from indelible.features.sources.models import MappingVersion

    take_in(signed_in, "a.csv", FIRST, given_timezone="Europe/Berlin", save_it="")
    assert not MappingVersion.objects.exists()


def test_a_file_from_a_folder_that_asks_is_answered_for_all_that_wait(signed_in: Client) -> None:
    from indelible.features.sources.live.files import kept_path, take_file
    from indelible.features.sources.live.health import health_of
    from indelible.features.sources.models import Import, Kind, Stage
    from indelible.features.sources.services import By, begin_source
    from indelible.web.acts import logbook_in_use

    source = begin_source(logbook_in_use(), "Folder", "folder", By())
    source.kind = Kind.FOLDER
    source.save()
    rows = []
    for name, text in (("a.csv", FIRST), ("b.csv", SECOND)):
        path = kept_path()
        path.write_text(text, encoding="utf-8")
        rows.append(take_file(source, path, name))
    run_jobs()
    assert {row.stage for row in Import.objects.all()} == {Stage.ASKING}
    assert health_of(source).problem == {"code": "source-asks", "name": "Folder"}
    shown = signed_in.get(f"/sources/{source.pk}/").content.decode()
    assert f"/imports/{rows[0].pk}/columns/" in shown
    page = signed_in.get(f"/imports/{rows[0].pk}/columns/")
    form = filled(page, given_timezone="Europe/Berlin")
    assert signed_in.post(f"/imports/{rows[0].pk}/columns/", form).status_code == 302
    run_jobs()
    assert [row.recorded for row in Import.objects.order_by("pk")] == [2, 2]
    assert health_of(source).problem is None
    path = kept_path()
    path.write_text(SECOND.replace("R-", "S-"), encoding="utf-8")
    third = take_file(source, path, "c.csv")
    run_jobs()
    assert Import.objects.get(pk=third.pk).recorded == 2


def test_how_a_file_is_read_is_downloaded_and_taken_by_the_command_line(
    signed_in: Client, tmp_path: Path
) -> None:
    from indelible.intake.howread import from_document

    page = send(signed_in, "a.csv", FIRST.encode())
    row = newest_import()
    form = filled(page, given_timezone="Europe/Berlin", always_action="Bezahlt")
    answer = signed_in.post(f"/imports/{row.pk}/how-read/", form)
    assert answer["Content-Disposition"] == 'attachment; filename="a.csv.reading.json"'
    mapping, given = from_document(json.loads(answer.content))
    assert mapping is not None
    assert mapping.columns["Betrag"] == "amount"
    assert mapping.constants == {"action": "Bezahlt"}
    assert given.timezone == "Europe/Berlin"
    row.refresh_from_db()
    assert row.mapping is None  # looking changes nothing


def test_mended_rows_continue_the_import_they_were_left_out_of(signed_in: Client) -> None:
    broken = FIRST + '05.04.2026 11:00;treed;"Gelöscht;R-3;1,00\n'
    row = take_in(signed_in, "march.csv", broken, given_timezone="Europe/Berlin", source_name="Belege")
    assert (row.recorded, row.rejected) == (2, 1)
    mended = b"".join(signed_in.get(f"/imports/{row.pk}/rejects/").streaming_content)  # type: ignore[attr-defined]
    page = send(signed_in, "mended.csv", mended)
    text = page.content.decode()
    assert "What the file does not say" not in text  # answered for the first file
    assert f'<a href="/imports/{row.pk}/">march.csv</a>' in text
    later = newest_import()
    signed_in.post(f"/imports/{later.pk}/columns/", filled(page))
    run_jobs()
    later.refresh_from_db()
    assert (later.recorded, later.source) == (1, row.source)
    assert later.notices[-1]["code"] == "continues_import"
    assert f"/imports/{row.pk}/" in signed_in.get(f"/imports/{later.pk}/").content.decode()
    first = signed_in.get(f"/imports/{row.pk}/").content.decode()
    assert "2 of 3 rows are on the record." in first
    assert f'<a href="/imports/{later.pk}/">mended.csv</a>' in first


def test_two_columns_that_say_who_are_told_by_name(signed_in: Client) -> None:
    page = send(signed_in, "a.csv", FIRST.replace("Vorgang", "Freigabe").encode())
    fields = page.context["form"].fields
    place = next(name for name, field in fields.items() if field.label == "Freigabe")
    form = filled(page, given_timezone="Europe/Berlin", **{place: "actor"})
    answer = signed_in.post(f"/imports/{newest_import().pk}/columns/", form)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Two columns say who did it." in text
    assert "&quot;Benutzer&quot; and &quot;Freigabe&quot; are both marked as “the person”." in text
    form[place] = "approver"
    assert "R-1" in signed_in.post(f"/imports/{newest_import().pk}/preview/", form).content.decode()


def test_rows_that_name_nobody_are_recorded_or_given_back_as_chosen(signed_in: Client) -> None:
    nameless = FIRST.replace("treed", "")
    page = send(signed_in, "a.csv", nameless.encode())
    text = page.content.decode()
    assert "1 row names nobody" in text
    form = filled(page, given_timezone="Europe/Berlin", given_nobody="leave_out")
    row = newest_import()
    assert (
        "Record 1 row"
        in signed_in.post(f"/imports/{row.pk}/columns/", {**form, "look": "1"}).content.decode()
    )
    signed_in.post(f"/imports/{row.pk}/columns/", form)
    run_jobs()
    row.refresh_from_db()
    assert (row.recorded, row.rejected) == (1, 1)
    assert "It names nobody" in signed_in.get(f"/imports/{row.pk}/").content.decode()


def test_a_table_without_a_time_is_recorded_only_where_that_is_said(signed_in: Client) -> None:
    page = send(signed_in, "a.csv", b"who,what\nana,update\nben,delete\n")
    row = newest_import()
    form = filled(page)
    refused = signed_in.post(f"/imports/{row.pk}/columns/", form)
    assert refused.status_code == 422
    assert "No column is marked as when it happened." in refused.content.decode()
    assert signed_in.post(f"/imports/{row.pk}/columns/", {**form, "no_time": "on"}).status_code == 302


def test_two_sheets_of_different_layout_are_decided_apart(signed_in: Client) -> None:
    import io
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("payments.csv", FIRST)
        archive.writestr(
            "doors.csv", "Time,User,Door\n2026-03-01T09:00:00Z,ana,North\n2026-03-01T10:00:00Z,ben,South\n"
        )
    page = send(signed_in, "both.zip", packed.getvalue())
    text = page.content.decode()
    assert "Columns of payments.csv" in text
    assert "Columns of doors.csv" in text
    fields = page.context["form"].fields
    user, door = (
        next(name for name, field in fields.items() if field.label == label) for label in ("User", "Door")
    )
    row = newest_import()
    answers = {user: "target", door: "actor", "given_timezone": "Europe/Berlin", "source_name": "Both"}
    answer = signed_in.post(f"/imports/{row.pk}/columns/", filled(page, **answers))
    assert answer.status_code == 302, answer.content.decode()
    run_jobs()
    row.refresh_from_db()
    assert (row.recorded, len(row.mapping["layouts"])) == (4, 1)
    entries = signed_in.get("/record/").content.decode()
    assert "North" in entries
    assert "mlopez" in entries


def test_columns_chosen_by_hand_raise_their_questions_which_stay_with_their_answers(
    signed_in: Client,
) -> None:
    text = "Moment;Kollege;Summe\n03/04/2026 09:15;Maria Lopez;1.200\n05/04/2026 10:00;Daniel Osei;85.500\n"
    page = send(signed_in, "a.csv", text.encode())
    fields = page.context["form"].fields
    roles = {"Moment": "occurred_at", "Kollege": "actor", "Summe": "amount"}
    chosen = {name: roles[field.label] for name, field in fields.items() if field.label in roles}
    url = f"/imports/{newest_import().pk}/columns/"
    asks = signed_in.post(url, filled(page, **chosen))
    shown = asks.content.decode()
    assert asks.status_code == 200
    assert "A comma: 1.200 → 1,200" in shown
    assert "Line 2, column Moment, says 03/04/2026 09:15." in shown
    answers = {"given_date_order": "DMY", "given_timezone": "Europe/Berlin", "given_decimal": ","}
    looked = signed_in.post(url, {**filled(page, **chosen, **answers), "look": "1"})
    again = looked.content.decode()
    assert "3 April 2026, 09:15" in again
    assert looked.context["form"]["given_date_order"].value() == "DMY"
    assert signed_in.post(url, filled(looked, **chosen, **answers)).status_code == 302
