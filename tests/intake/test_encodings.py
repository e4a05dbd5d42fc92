"""Which characters bytes stand for, and that the bytes can always be had back."""

from __future__ import annotations

from pathlib import Path

import pytest

from indelible.intake.encodings import detect_encoding
from tests.intake.files import read_bytes

HEADER = "Zeit;Wer;Was;Grund\r\n"
ROWS = [
    "04.03.2026 10:15:22;Jürgen Groß;geändert;12 € gezahlt\r\n",
    "04.03.2026 10:16:22;Zoë Ångström;gelöscht;„geprüft“ – März\r\n",
]
TEXT = HEADER + "".join(ROWS)


@pytest.mark.parametrize(
    "codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_the_same_table_comes_out_of_every_encoding(tmp_path: Path, codec: str) -> None:
    seen = read_bytes(tmp_path, TEXT.encode(codec))
    assert [record.value["Wer"] for record in seen.records] == ["Jürgen Groß", "Zoë Ångström"]  # type: ignore[index,call-overload]
    assert seen.shapes[0].columns == ("Zeit", "Wer", "Was", "Grund")
    assert ("encoding_windows_1252" in seen.codes) == (codec == "cp1252")


@pytest.mark.parametrize(
    ("bom", "codec"),
    [(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8"), (b"", "cp1252")],
)
def test_the_original_of_a_record_is_its_own_bytes(tmp_path: Path, bom: bytes, codec: str) -> None:
    seen = read_bytes(tmp_path, bom + TEXT.encode(codec))
    assert [record.original for record in seen.records] == [row.rstrip("\r\n").encode(codec) for row in ROWS]


def test_one_damaged_byte_does_not_turn_utf8_into_another_encoding(tmp_path: Path) -> None:
    text = TEXT.replace("gezahlt", "ge?zahlt").encode().replace(b"ge?zahlt", b"ge\xffzahlt")
    seen = read_bytes(tmp_path, text)
    first, second = seen.records
    assert first.value["Wer"] == "Jürgen Groß"  # type: ignore[index,call-overload]
    assert first.value["Grund"] == "12 € ge\ufffdzahlt"  # type: ignore[index,call-overload]
    assert "bytes_unreadable" in first.flags and not second.flags
    assert b"ge\xffzahlt" in first.original
    assert "encoding_damaged" in seen.codes


def test_a_raw_lone_surrogate_is_shown_as_damaged_and_kept(tmp_path: Path) -> None:
    seen = read_bytes(tmp_path, TEXT.encode() + b"05.03.2026 10:00:00;Ana\xed\xa0\x80;login;\r\n")
    assert "\ufffd" in str(seen.records[2].value)
    assert b"\xed\xa0\x80" in seen.records[2].original
    wide = b"\xff\xfe" + TEXT.encode("utf-16-le").replace("ü".encode("utf-16-le"), b"\x00\xd8", 1)
    assert "\ufffd" in str(read_bytes(tmp_path, wide).records[0].value)


def test_cyrillic_is_not_called_western(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(
        "время;кто;действие;причина\nвчера;Мария Иванова;изменение;проверка\n".encode("cp1251") * 20
    )
    encoding = detect_encoding(path)
    assert encoding.notice == "encoding_guessed"


def test_utf16_cut_in_the_middle_of_a_character_is_still_read(tmp_path: Path) -> None:
    assert len(read_bytes(tmp_path, TEXT.encode("utf-16")[:-1]).records) == 2


def test_cyrillic_in_utf16_is_text_and_no_binary(tmp_path: Path) -> None:
    text = "время;кто;действие\nвчера;Мария;изменение\n"
    assert len(read_bytes(tmp_path, text.encode("utf-16")).records) == 1
