"""One bit, anywhere in the file: either the pack no longer matches, or every file in it still is what it was.

What a bit can change unnoticed is the ZIP's own wrapping, which says nothing about the record: dates, versions,
rights and comments of its files, the copies of size and CRC in the local headers, offsets that the directory
overrules, and the bits behind the end of a deflated stream.
"""

from __future__ import annotations

import io
import random
import zipfile

import pytest

from indelible.ledger.packs import manifest as names
from indelible.ledger.packs.checking import check_pack
from indelible.ledger.packs.report import MATCHES
from tests.ledger.packs.flaws import trust_of
from tests.ledger.packs.making import Made, make_pack

TRIES = 300


@pytest.fixture(scope="module", params=[zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("bits")
    return make_pack(
        folder / "pack.zip",
        entries=3,
        kind=names.WHOLE,
        by="recorded",
        attachments=1,
        proofs=False,
        real_page=False,
        compression=request.param,
    )


def flipped(data: bytes, place: int, bit: int) -> bytes:
    changed = bytearray(data)
    changed[place] ^= 1 << bit
    return bytes(changed)


def same_files(data: bytes, made: Made) -> bool:
    """Say whether the ZIP still holds the same files, by another reader than the checker's."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        found = {item.filename: archive.read(item) for item in archive.infolist()}
    return found == dict(made.parts)


def test_a_bit_anywhere_is_noticed_or_means_nothing(made: Made) -> None:
    whole = made.path.read_bytes()
    chance = random.Random(2026)
    trust = trust_of(made)
    unnoticed = 0
    for place in chance.sample(range(len(whole)), TRIES):
        changed = flipped(whole, place, chance.randrange(8))
        report = check_pack(io.BytesIO(changed), trust)
        if report.verdict == MATCHES:
            assert same_files(changed, made), f"byte {place}"
            unnoticed += 1
    assert unnoticed < TRIES / 3


def test_every_byte_of_every_file_counts(made: Made) -> None:
    """The wrapping aside: one bit in each file, at several places, always is noticed."""
    trust = trust_of(made)
    whole = made.path.read_bytes()
    chance = random.Random(7)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        for item in archive.infolist():
            start = item.header_offset + 30 + len(item.filename)
            # The last byte of a deflated stream may end in bits that nothing reads.
            length = item.compress_size - (item.compress_type == zipfile.ZIP_DEFLATED)
            for _each in range(5):
                place = start + chance.randrange(length)
                report = check_pack(io.BytesIO(flipped(whole, place, chance.randrange(8))), trust)
                assert report.verdict != MATCHES, f"{item.filename}, byte {place - start}"
