"""What is withheld is in no byte of a pack, however it was spelt and wherever it was repeated.

The property runs over real packs: a record is written, a pack made, everything in it unpacked as far as it can be,
and each withheld text looked for.
"""

from __future__ import annotations

import base64
import io
import json
import re
import subprocess
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from indelible.features.packs.withholding import Withheld, own_words, texts_in
from indelible.ledger.keys import VerifierKey
from indelible.ledger.packs.checking import Trust, check_pack
from tests.features.packs.conftest import Put, files_of, lines_of, manifest_of, told

# All begin alike with what stands in no file of our own: zeros or "theme" would be found in any workbook.
names = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.sampled_from('"\\/\t\né<&'),
    min_size=4,
    max_size=24,
).map(lambda text: "zqj" + text)


def unpacked(path: Path) -> dict[str, bytes]:
    """Every file of a pack, and what is packed inside one of them: sheets, blocks of the page, text of the cover."""
    found: dict[str, bytes] = {}
    for name, data in files_of(path).items():
        found[name] = data
        if name.endswith(".xlsx"):
            with zipfile.ZipFile(io.BytesIO(data)) as book:
                found |= {f"{name}/{each}": book.read(each) for each in book.namelist()}
        elif name.endswith(".html"):
            blocks = re.findall(rb'data-file="([^"]*)">([A-Za-z0-9+/=]*)</script>', data)
            assert blocks, "the page holds no files"
            for number, (inner, block) in enumerate(blocks):
                found[f"{name}/{inner.decode()}/{number}"] = zlib.decompress(base64.b64decode(block), 31)
        elif name.endswith(".pdf"):
            text = subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True)
            found[f"{name}/text"] = b" ".join(text.stdout.split())
            for number, stream in enumerate(re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL)):
                found[f"{name}/stream {number}"] = _inflated(stream)
    return found


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def spellings(text: str) -> set[bytes]:
    """A text in UTF-8, as JSON has it, as JSON inside JSON, and as XML and tables have it."""
    from xml.sax.saxutils import escape

    plain, ascii_only = json.dumps(text, ensure_ascii=False)[1:-1], json.dumps(text)[1:-1]
    more = {json.dumps(each)[1:-1] for each in (plain, ascii_only)}
    written = {text, plain, ascii_only, escape(text), text.replace('"', '""'), " ".join(text.split()), *more}
    return {each.encode() for each in written if len(each) >= 6}


def assert_hidden(path: Path, secrets: list[str]) -> None:
    files = unpacked(path)
    leaves = "".join(line["leaf"] for line in lines_of(path)).encode()
    for secret in secrets:
        for spelling in spellings(secret):
            if spelling in leaves:  # a hash, or when something was recorded: chance, and no secret
                continue
            where = [name for name, data in files.items() if spelling in data]
            assert not where, f"{secret!r} stands in {where}"


def assert_good(path: Path, book: Any) -> None:
    with path.open("rb") as file:
        report = check_pack(file, Trust(key=VerifierKey.parse(book.public_key))).as_json()
    assert report["verdict"] == "matches", report


def test_a_name_is_hidden_in_every_place_that_repeats_it(
    accounts: Any, put: Put, pack_of: Any, book: Any
) -> None:
    name = "Zoë Quill"
    put(
        accounts,
        told(
            1,
            actor={"name": name, "kind": "person"},
            original={"text": f'{{"u": {json.dumps(name)}}}', "media_type": "application/json"},
        ),
        told(2, reason=f"as {name} said", actor={"name": "Tom Reed", "kind": "person"}),
        told(
            3, targets=[{"kind": "user_account", "name": name}], actor={"name": "Tom Reed", "kind": "person"}
        ),
        told(
            4, changes=[{"field": "owner", "before": "Tom Reed", "after": name}], on_behalf_of={"name": name}
        ),
        told(5, extra={"note": {"deep": [f"<{name}>"]}}, actor={"name": "Tom Reed", "kind": "person"}),
    )
    path = pack_of(
        f'source:{accounts.pk} "{name}"',
        withhold=[("actor", f"protects {name}")],
        words=f"What did zoë quill and {name} do?",
    )
    assert_hidden(path, [name, "Tom Reed"])
    assert_good(path, book)
    closed = {line["index"]: line["closed"] for line in lines_of(path) if line["role"] == "asked"}
    found = [set(each) for _index, each in sorted(closed.items())]
    assert found == [
        {"actor", "original"},
        {"actor", "original", "reason"},
        {"actor", "original", "targets/0"},
        {"actor", "changes/0", "on_behalf_of", "original"},
        {"actor", "extra", "original"},
    ]
    claims = manifest_of(path)["claims"]
    assert claims["withhold"] == [{"field": "actor", "reason": "protects [hidden]"}]
    assert "[hidden]" in claims["question"]["words"]


def test_a_filter_that_asks_by_a_hidden_detail_is_hidden(filled: list[int], pack_of: Any) -> None:
    claims = manifest_of(pack_of("who:maria about:invoice", withhold=["actor"], reason="personal data"))[
        "claims"
    ]
    assert claims["question"] == {
        "code": "who:[hidden] about:invoice",
        "words": 'Entries where "[hidden]" does anything to any kind of invoice',
    }


def test_a_short_value_is_hidden_where_it_is_all_of_a_text_of_its_entry(
    accounts: Any, put: Put, pack_of: Any
) -> None:
    put(
        accounts,
        told(1, actor={"name": "Ann", "kind": "person"}, reason="Ann", on_behalf_of={"name": "Annette"}),
        told(2, actor={"name": "Bob", "kind": "person"}, reason="Ann"),
    )
    first, second = (
        line
        for line in lines_of(
            pack_of(withhold=["actor"], reason="personal data", query=f"source:{accounts.pk}")
        )
        if line["role"] == "asked"
    )
    assert set(first["closed"]) == {"actor", "reason", "original"}
    assert set(second["closed"]) == {"actor", "original"}


def test_files_that_hold_what_is_hidden_or_cannot_be_searched_are_left_out(
    accounts: Any, put: Put, pack_of: Any, book: Any
) -> None:
    from indelible.storage.database.attachments import store_attachment

    def stored(name: str, data: bytes) -> dict[str, Any]:
        return dict(store_attachment(book, io.BytesIO(data), name, "application/octet-stream"))

    files = [
        stored("letter.txt", "Dear Zoë Quill".encode()),
        stored("table.csv", b"a,b\n1,2\n"),
        stored("scan.jpg", b"\xff\xd8\xff\x00picture"),
    ]
    put(accounts, told(1, actor={"name": "Zoë Quill", "kind": "person"}, attachments=files))
    index = put(accounts, told(2, attachments=[stored("open.txt", b"nothing to hide")]))[0]
    path = pack_of(f"source:{accounts.pk}", withhold=["actor"], reason="personal data")
    attached = sorted(name for name in files_of(path) if name.startswith("attachments/"))
    assert attached == [f"attachments/{index - 1}-1-table.csv", f"attachments/{index}-0-open.txt"]
    assert_good(path, book)
    assert_good(pack_of(f"source:{accounts.pk}", whole=True), book)
    assert_good(
        pack_of(f"source:{accounts.pk}", withhold=["attachments"], reason="security", whole=True), book
    )


@pytest.fixture
def ready(accounts: Any, put: Put, pack_of: Any, book: Any) -> Any:
    """What the property below takes once, though it runs many times."""
    return accounts, put, pack_of, book


@settings(
    max_examples=8,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),  # each example makes a pack: to shrink one would take minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(["zqjĽö\xa0µįĩ", "zqj one  two", "zqj\tthree"], ["extra/amount", "source", "actor"], False)
@example(["Zoë Quill", "x" * 60, '"quoted" \\ name', "INV-1043", "2025-08-01"], ["actor", "changes"], False)
@given(
    st.lists(names, min_size=3, max_size=5, unique=True),
    st.lists(
        st.sampled_from(
            ["actor", "targets", "changes", "reason", "original", "context", "extra/amount", "source"]
        ),
        min_size=1,
        max_size=3,
        unique=True,
    ),
    st.booleans(),
)
def test_no_byte_of_a_pack_holds_what_was_withheld(
    ready: Any, people: list[str], fields: list[str], whole: bool
) -> None:
    accounts, put, pack_of, book = ready
    secrets: list[str] = []
    events = []
    for place, name in enumerate(people):
        event = told(
            place,
            actor={"name": name, "kind": "person"},
            reason=f"because of {people[place - 1]}, " + json.dumps({"n": name}),
            targets=[{"kind": "user_account", "name": people[place - 2]}],
            context={"device": f"laptop of {name}"},
            extra={"amount": f"{name} paid 12"},
            original={"text": json.dumps([people]), "media_type": "application/json"},
        )
        for field in fields:
            value = event.get("extra", {}).get("amount") if field == "extra/amount" else event.get(field)
            secrets += [text for text in texts_in(value) if len(text) >= 6 and text not in own_words()]
        events.append(event)
    put(accounts, *events)
    question = (
        f"source:{accounts.pk}" if whole else f'source:{accounts.pk} who:"{people[0].replace(chr(34), "")}"'
    )
    path = pack_of(
        question if whole else f"source:{accounts.pk}",
        whole=whole,
        withhold=[(field, "personal data") for field in fields],
        words=f"What about {people[0]}?",
    )
    assert_hidden(path, secrets)
    assert_good(path, book)


@given(st.lists(names, min_size=1, max_size=4), names, names)
def test_what_is_withheld_is_found_wherever_a_text_holds_it(
    secrets: list[str], before: str, after: str
) -> None:
    withheld = Withheld(["actor"])
    for secret in secrets:
        withheld.add(secret)
    for secret in secrets:
        if secret in own_words():
            continue
        for text in (secret, json.dumps(secret), json.dumps(json.dumps(secret)), json.dumps({secret: 1})):
            whole = before + text + after
            assert withheld.stands_in(whole)
            assert secret not in withheld.masked(whole)


def test_words_of_our_own_vocabulary_are_no_secrets() -> None:
    withheld = Withheld(["action"])
    for word in ("change", "invoice.sales", "success", "person", "Indelible", "application/json"):
        withheld.add(word)
    assert not withheld.stands_in("a person did change an invoice.sales with success in Indelible")


def test_other_facts_can_be_hidden_and_the_pack_still_proves_itself(
    accounts: Any, put: Put, pack_of: Any, book: Any
) -> None:
    put(accounts, told(1, extra={"note": "zqj pays on Fridays", "amount": "12.50"}))
    path = pack_of(f"source:{accounts.pk}", whole=True, withhold=["extra"], reason="trade secret")
    assert_hidden(path, ["zqj pays on Fridays"])
    assert_good(path, book)
    lines = lines_of(path)
    asked = next(line for line in lines if line["role"] == "asked")
    assert asked["closed"] == {"extra": "withheld", "original": "repeats"}
    assert any('"extra/amount"' in text for text in asked["open"])


def test_who_selected_is_named_unless_that_name_is_hidden_in_an_entry(
    accounts: Any, put: Put, pack_of: Any
) -> None:
    def cover(path: Path) -> bytes:
        return unpacked(path)["2 Cover.pdf/text"]

    put(accounts, told(1))
    question = f"source:{accounts.pk}"
    named = pack_of(question, withhold=["actor"], reason="personal data")
    assert b"Selected by Ana Ruiz. Other entries may exist." in cover(named)
    put(accounts, told(2, actor={"name": "Ana Ruiz", "kind": "person"}))
    hidden = pack_of(question, withhold=["actor"], reason="personal data")
    assert b"Selected by [hidden]. Other entries may exist." in cover(hidden)
    assert_hidden(hidden, ["Ana Ruiz"])
