"""The known answers about packs hold by the word of others than the program that made them."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from typing import Any

import pytest
import rfc8785

from indelible.ledger.keys import VerifierKey
from indelible.ledger.notes import open_note
from indelible.ledger.packs.lines import Line
from indelible.ledger.packs.manifest import Manifest, attachment_name
from tests.conformance.vectors import load

PACKS = load("packs")


def root_by_the_book(size: int, start: int = 0) -> bytes:
    """Return the root of leaves `leaf <i>`, as RFC 6962 defines it."""
    if size == 1:
        return hashlib.sha256(b"\0" + b"leaf %d" % start).digest()
    left = 1
    while left * 2 < size:
        left *= 2
    return hashlib.sha256(
        b"\1" + root_by_the_book(left, start) + root_by_the_book(size - left, start + left)
    ).digest()


def part_by_the_book(size: int, indexes: set[int], start: int = 0) -> list[bytes]:
    """Return the hashes of subtrees without any of the indexes, as the format says."""
    if not indexes & set(range(start, start + size)):
        return [root_by_the_book(size, start)]
    if size == 1:
        return []
    left = 1
    while left * 2 < size:
        left *= 2
    return part_by_the_book(left, indexes, start) + part_by_the_book(size - left, indexes, start + left)


@pytest.mark.parametrize("case", PACKS["trees"], ids=lambda case: f"{case['size']}-{len(case['indexes'])}")
def test_the_parts_of_trees_are_those_of_the_definition(case: dict[str, Any]) -> None:
    assert base64.b64decode(case["root"]) == root_by_the_book(case["size"])
    expected = part_by_the_book(case["size"], set(case["indexes"]))
    assert [base64.b64decode(one) for one in case["hashes"]] == expected


def test_the_claims_are_digested_as_canonical_json() -> None:
    case = PACKS["claims"]
    canonical = rfc8785.dumps(case["claims"])
    assert canonical.decode() == case["canonical"]
    assert base64.b64encode(hashlib.sha256(canonical).digest()).decode() == case["digest"]


def test_the_notes_over_manifest_and_inner_manifest_are_those_of_the_format() -> None:
    case = PACKS["manifest"]
    value = json.loads(case["manifest"])
    assert rfc8785.dumps(value).decode() == case["manifest"]
    files = [item for item in value["files"] if item["name"] != "1 Open this page to check.html"]
    assert len(files) == len(value["files"]) - 1
    assert rfc8785.dumps({**value, "files": files}).decode() == case["inner"]
    for manifest, text in (("manifest", "note_text"), ("inner", "inner_note_text")):
        digest = base64.b64encode(hashlib.sha256(case[manifest].encode()).digest()).decode()
        assert case[text] == f"indelible/pack/v1\n{value['claims']['origin']}\n{digest}\n"
    key = VerifierKey.parse(case["key"])
    assert open_note(case["note"], [key]).text == case["note_text"]
    assert Manifest.parse(case["manifest"].encode()).seal["size"] == 9


@pytest.mark.parametrize("case", PACKS["attachment_names"], ids=lambda case: case["path"][:40])
def test_files_are_called_as_the_format_says(case: dict[str, Any]) -> None:
    allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"
    plain = "".join(each if each in allowed else "_" for each in case["name"])[-80:]
    assert case["path"] == f"attachments/{case['index']}-{case['place']}-{plain}"
    assert attachment_name(case["index"], case["place"], case["name"]) == case["path"]


@pytest.mark.parametrize("case", PACKS["lines"], ids=lambda case: case["case"])
def test_lines_are_canonical_and_read_back(case: dict[str, Any]) -> None:
    line = Line.parse(case["line"].encode())
    assert line.text == case["line"]
    assert rfc8785.dumps(json.loads(case["line"])) + b"\n" == case["line"].encode()


def test_the_table_reads_in_another_program_as_the_entries_say() -> None:
    text = PACKS["table"]["table"]
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text[1:], newline="")))
    lines = [json.loads(line) for line in PACKS["table"]["lines"]]
    asked = [line for line in lines if line["role"] == "asked"]
    assert [row["number"] for row in rows] == [str(line["index"] + 1) for line in asked]
    for row, line in zip(rows, asked, strict=True):
        opened = {json.loads(one)[1]: json.loads(one)[2] for one in line["open"]}
        for title, cell in row.items():
            name, dot, key = title.partition(".")
            if title in ("number", "recorded_at"):
                continue
            if name in line["closed"]:
                erased = line["closed"][name].startswith("erased:")
                assert cell == ("[erased]" if erased else "[hidden]")
                continue
            value = opened.get(name)
            value = value.get(key) if dot and isinstance(value, dict) else value
            there = name in opened and (not dot or key in opened[name])
            if not there:
                assert cell == ""
            elif isinstance(value, str):
                assert cell in (value, f"'{value}")
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
            else:
                assert cell == rfc8785.dumps(value).decode()
