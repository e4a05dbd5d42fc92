"""Files that people attach: one that holds what must never be kept is not taken, whatever its encoding and size."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from indelible.features.record.attached import secrets_in

CARD = "4111 1111 1111 1111"


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)] or [b""]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("size", [7, 4096, 1 << 20])
def test_a_card_number_is_found_wherever_a_piece_ends(encoding: str, size: int) -> None:
    text = "Zahlung für März; " * 300 + CARD + "; danke"
    assert secrets_in(pieces(text.encode(encoding), size)) == ["card_number"]


def test_what_is_no_text_is_not_looked_into() -> None:
    assert secrets_in([b"%PDF-1.7\0\0" + CARD.encode()]) == []
    assert secrets_in([b""]) == []
    assert secrets_in([b"nothing of the kind: 12345\n"] * 50) == []


def test_the_page_says_what_is_wrong_and_keeps_what_was_typed(signed_in: Client, ana: Any) -> None:
    form = {"verb": "approve", "kind": "contract", "name": "C-88", "reason": "as agreed"}
    file = SimpleUploadedFile("note.txt", f"card {CARD}\npassword=Tr0ub4dor1".encode())
    page = signed_in.post("/record/add/", {**form, "file": file})
    told = page.content.decode()
    assert page.status_code == 422
    assert "The file holds what looks like a card number and a password. Nothing was sealed." in told
    assert "as agreed" in told and CARD not in told


def test_the_page_of_an_entry_says_what_was_removed_before_it_was_recorded(
    signed_in: Client, put: Any
) -> None:
    from tests.features.record.conftest import told as event

    put(event(reason=f"card {CARD}"))
    page = " ".join(signed_in.get("/record/2/").content.decode().split())
    assert (
        "1 value was removed before this was recorded. Among them, since it must never be kept: a card number."
        in page
    )
    assert "4111 11** **** 1111" in page and CARD not in page
