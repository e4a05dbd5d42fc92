"""Packs on their pages: asked for, hidden, looked at, made by the worker, taken, handed over, deleted, made again."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone

from indelible.features.packs import services
from indelible.features.packs.models import Pack
from indelible.ledger.keys import VerifierKey
from indelible.ledger.packs.checking import Trust, check_pack
from indelible.server.jobs.worker import run_waiting
from tests.features.record.conftest import alter, text_of


def body(answer: Any) -> bytes:
    """All that a streamed answer holds."""
    return b"".join(answer.streaming_content)


def draft(client: Client, **sent: str) -> str:
    """Ask for a pack and return its name."""
    answer = client.post("/packs/new/", {"kind": "selection", "by": "recorded", **sent})
    assert answer.status_code == 302, text_of(answer)
    match = re.fullmatch(r"/packs/([0-9a-f]{16})/hide/", answer["Location"])
    assert match is not None
    return match[1]


def made(client: Client, **sent: str) -> Pack:
    """Ask for a pack, hide nothing, and have it made."""
    name = draft(client, **sent)
    client.post(f"/packs/{name}/check/")
    assert run_waiting() >= 1
    return Pack.objects.get(name=name)


def test_an_empty_list_says_what_packs_are_for(signed_in: Client) -> None:
    page = text_of(signed_in.get("/packs/"))
    assert "No pack was made yet" in page
    assert "Make a pack" in page


def test_a_whole_pack_is_asked_for_hidden_in_looked_at_made_and_taken(
    signed_in: Client, accounts: Any, filled: list[int], book: Any, sentences: Any
) -> None:
    name = draft(signed_in, kind="whole", source=str(accounts.pk), words="All invoices of August")
    page = text_of(signed_in.get(f"/packs/{name}/hide/"))
    assert "Who did it" in page and "What must not be shown?" in page
    answer = signed_in.post(f"/packs/{name}/hide/", {"hide0": "on", "why0": "personal data"})
    assert answer["Location"] == f"/packs/{name}/check/"
    page = text_of(signed_in.get(f"/packs/{name}/check/"))
    assert "[hidden] changed" in page
    assert "Maria Lopez" not in page
    assert "Who did it: [hidden: personal data]" in page
    assert "the running numbers prove that none was left out" in page

    assert signed_in.post(f"/packs/{name}/check/")["Location"] == f"/packs/{name}/"
    assert "You can leave this page" in text_of(signed_in.get(f"/packs/{name}/"))
    assert run_waiting() >= 1
    page = text_of(signed_in.get(f"/packs/{name}/"))
    assert "An evidence pack of 12 entries" in page
    assert "Nobody took it yet" in page

    answer = signed_in.post(f"/packs/{name}/download/")
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == f'attachment; filename="evidence-pack-{name}.zip"'
    data = body(answer)
    assert int(answer["Content-Length"]) == len(data)
    book.refresh_from_db()
    report = check_pack(io.BytesIO(data), Trust(key=VerifierKey.parse(book.public_key))).as_json()
    assert (report["verdict"], report["kind"], report["entries"]) == ("matches", "whole", 12)
    assert "Downloaded by Ana Ruiz" in text_of(signed_in.get(f"/packs/{name}/"))
    assert sentences()[-2:] == [
        f"Ana Ruiz made the evidence pack {name} with 12 entries, asking for “All invoices of August”",
        f"Ana Ruiz downloaded the evidence pack {name}",
    ]


def test_the_record_offers_a_pack_of_its_question(signed_in: Client, filled: list[int]) -> None:
    page = signed_in.get("/record/", {"q": "who:maria"}).content.decode()
    assert 'href="/packs/new/?q=who%3Amaria"' in page
    form = signed_in.get("/packs/new/", {"q": "who:maria"}).content.decode()
    assert 'value="who:maria"' in form


def test_entries_can_be_named_by_number(signed_in: Client, filled: list[int]) -> None:
    row = made(signed_in, numbers="4, 6 to 7")
    assert (row.state, row.entries, row.kind) == ("done", 3, "selection")
    page = text_of(signed_in.get(f"/packs/{row.name}/"))
    assert "Entries 4, 6 to 7" in page
    assert "Selected by Ana Ruiz. Other entries may exist." in page
    answer = signed_in.post("/packs/new/", {"kind": "selection", "numbers": "4 and 5"})
    assert answer.status_code == 422
    assert "is no number of an entry" in text_of(answer)


def test_what_cannot_be_made_is_said_where_it_was_asked(
    signed_in: Client, accounts: Any, filled: list[int]
) -> None:
    for sent, words in (
        ({"kind": "selection", "q": "who:nobody-at-all"}, "No entry answers this question"),
        ({"kind": "selection", "q": "when:someday"}, "Part of the question was not understood"),
        ({"kind": "whole", "source": ""}, "Choose a source or a rule."),
        (
            {"kind": "whole", "source": str(accounts.pk), "first": "2025-02-02", "last": "2025-02-01"},
            "This day is before the first.",
        ),
        ({"kind": "whole", "source": str(accounts.pk), "last": "2001-01-01"}, "No entry answers"),
    ):
        answer = signed_in.post("/packs/new/", sent)
        assert answer.status_code == 422
        assert words in text_of(answer)
    assert not Pack.objects.exists()


def test_a_reason_of_ones_own_must_be_written(signed_in: Client, filled: list[int]) -> None:
    name = draft(signed_in, q="about:invoice")
    answer = signed_in.post(f"/packs/{name}/hide/", {"hide2": "on", "why2": "other"})
    assert answer.status_code == 422
    assert "Say the reason" in text_of(answer)
    signed_in.post(
        f"/packs/{name}/hide/", {"hide2": "on", "why2": "other", "other": "agreed with Harbour Ltd"}
    )
    assert Pack.objects.get(name=name).order["withhold"] == [["targets", "agreed with Harbour Ltd"]]


def test_an_altered_entry_is_named_and_no_pack_is_made_with_it(
    signed_in: Client, accounts: Any, filled: list[int]
) -> None:
    name = draft(signed_in, kind="whole", source=str(accounts.pk))
    alter(filled[3], "Maria Lopez", "Tom Reed")
    page = signed_in.get(f"/packs/{name}/check/")
    assert page.status_code == 422
    assert f"Entry {filled[3] + 1} is not as it was sealed." in text_of(page)
    signed_in.post(f"/packs/{name}/check/")
    run_waiting()
    row = Pack.objects.get(name=name)
    assert (row.state, row.trouble, row.making) == ("failed", "pack-entry-altered", None)
    assert f"Entry {filled[3] + 1} is not as it was sealed." in text_of(signed_in.get(f"/packs/{name}/"))
    assert list(Path(settings.INDELIBLE_HOME.uploads).glob("pack-*")) == []


def test_a_stopped_making_leaves_nothing_and_can_be_begun_again(
    signed_in: Client, accounts: Any, filled: list[int]
) -> None:
    name = draft(signed_in, kind="whole", source=str(accounts.pk))
    signed_in.post(f"/packs/{name}/check/")
    signed_in.post(f"/packs/{name}/stop/")
    run_waiting()
    row = Pack.objects.get(name=name)
    assert (row.state, row.making) == ("stopped", None)
    assert "The making was stopped" in text_of(signed_in.get(f"/packs/{name}/"))
    assert not services.file_of(row).exists()
    signed_in.post(f"/packs/{name}/again/")
    run_waiting()
    assert Pack.objects.get(name=name).state == "done"


def test_handing_over_is_on_record_and_holds_the_seal_outside(
    signed_in: Client, filled: list[int], book: Any, sentences: Any
) -> None:
    from indelible.storage.database.models import Holding

    row = made(signed_in, q="about:invoice")
    page = signed_in.get(f"/packs/{row.name}/").content.decode()
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once is not None
    sent = {"to": "Holm and Partners", "how": "by e-mail", "once": once[1]}
    for _press in range(2):
        signed_in.post(f"/packs/{row.name}/handed-to/", sent)
    assert sentences()[-1] == (
        f"Ana Ruiz handed over the evidence pack {row.name} to Holm and Partners (by e-mail)"
    )
    assert row.hand_overs.count() == 1
    holding = Holding.objects.get(kind="pack")
    assert (holding.holder, holding.size, bytes(holding.evidence).hex()) == (row.name, row.seal, row.sha256)
    assert "Handed to Holm and Partners (by e-mail)" in text_of(signed_in.get(f"/packs/{row.name}/"))

    later = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    answer = signed_in.post(f"/packs/{row.name}/handed-to/", {"to": "Somebody", "at": later})
    assert answer.status_code == 422
    assert "still to come" in text_of(answer)
    assert signed_in.post(f"/packs/{row.name}/handed-to/", {"to": " "}).status_code == 422
    assert row.hand_overs.count() == 1


def test_a_deleted_file_stays_on_record_and_is_made_again_by_the_same_entry(
    signed_in: Client, filled: list[int], accounts: Any, book: Any, sentences: Any
) -> None:
    row = made(signed_in, kind="whole", source=str(accounts.pk))
    assert "What stays" in text_of(signed_in.get(f"/packs/{row.name}/delete/"))
    signed_in.post(f"/packs/{row.name}/delete/")
    assert not services.file_of(row).exists()
    assert sentences()[-1] == f"Ana Ruiz deleted the file of the evidence pack {row.name}"
    assert "can be made again" in text_of(signed_in.get(f"/packs/{row.name}/"))
    answer = signed_in.post(f"/packs/{row.name}/download/")
    assert answer.status_code == 422

    signed_in.post(f"/packs/{row.name}/again/")
    run_waiting()
    again = Pack.objects.get(pk=row.pk)
    assert (again.state, again.making, again.entries) == ("done", row.making, row.entries)
    with services.file_of(again).open("rb") as file:
        assert check_pack(file).as_json()["verdict"] == "matches"


def test_a_file_that_was_changed_is_not_given_out(signed_in: Client, filled: list[int]) -> None:
    row = made(signed_in, q="about:invoice")
    path = services.file_of(row)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    answer = signed_in.post(f"/packs/{row.name}/download/")
    assert answer.status_code == 422
    assert "is not what was made" in text_of(answer)
    assert row.hand_overs.count() == 0


def test_files_are_kept_for_some_time_and_then_deleted_on_record(
    signed_in: Client, filled: list[int], sentences: Any
) -> None:
    from indelible.features.packs.jobs import sweep_packs

    row = made(signed_in, q="about:invoice")
    old = draft(signed_in, q="about:invoice")
    Pack.objects.filter(pk=row.pk).update(finished_at=timezone.now() - services.KEEP - timedelta(hours=1))
    Pack.objects.filter(name=old).update(asked_at=timezone.now() - timedelta(days=8))
    sweep_packs.call()
    assert not services.file_of(row).exists()
    assert not Pack.objects.filter(name=old).exists()
    assert sentences()[-1] == f"Indelible deleted the file of the evidence pack {row.name}"


def test_nobody_gets_a_pack_without_signing_in(
    stranger: Client, signed_in: Client, filled: list[int]
) -> None:
    row = made(signed_in, q="about:invoice")
    for address in ("", f"{row.name}/", "new/"):
        assert "/account/" in stranger.get(f"/packs/{address}")["Location"]
    assert stranger.post(f"/packs/{row.name}/download/").status_code == 302
    assert signed_in.get("/packs/0000000000000000/").status_code == 404
    assert zipfile.is_zipfile(services.file_of(row))


def test_a_worker_that_ends_leaves_the_pack_to_the_next(signed_in: Client, filled: list[int]) -> None:
    from indelible.features.sources.services import By

    name = draft(signed_in, q="about:invoice")
    signed_in.post(f"/packs/{name}/check/")
    assert services.carry_out(Pack.objects.get(name=name), By(), lambda: True) is False
    assert Pack.objects.get(name=name).state == "waiting"
    run_waiting()
    assert Pack.objects.get(name=name).state == "done"
