"""The page and Python agree on every pack, good or tampered with, to the last finding."""

from __future__ import annotations

import base64
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from indelible.ledger.packs import manifest as names
from indelible.ledger.packs.checking import check_pack
from indelible.ledger.packs.report import Trust
from tests.ledger.packs.flaws import FLAWS, STAMP_FLAWS, trust_of
from tests.ledger.packs.making import make_pack
from tests.ledger.packs.zips import Parts, fitted, write_zip
from tests.services.authority import Authority, running_authority

# Seal words are slow on purpose, and most flaws leave the seal as it was: the page remembers them here.
CHECK = """async ({bytes, key, witnesses, roots, words}) => {
  globalThis.slowWords ??= sealWords;
  const known = globalThis.knownWords ??= new Map();
  sealWords = (text) => known.get(text) ?? known.set(text, slowWords(text)).get(text);
  const file = new File([readBase64(bytes, "")], "pack.zip");
  const source = await new ZipSource(file).open().catch(noSource);
  const trust = {key: key && parseKey(key), witnesses: witnesses.map(parseKey), roots: roots.flatMap(readPem), words};
  return checkTrusted(await checkPack(source), trust);
}"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """A real time-stamping authority."""
    with running_authority(tmp_path_factory.mktemp("tsa")) as running:
        yield running


def both(bench: Page, path: Path, trust: Trust) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what Python and the page say of a pack's ZIP."""
    with path.open("rb") as file:
        by_python = check_pack(file, trust).as_json()
    given = {
        "bytes": base64.b64encode(path.read_bytes()).decode(),
        "key": trust.key.text if trust.key else None,
        "witnesses": [witness.text for witness in trust.witnesses],
        "roots": [root.decode() for root in trust.roots],
        "words": trust.words,
    }
    return by_python, bench.evaluate(CHECK, given)


PACKS: dict[str, dict[str, Any]] = {
    "a-selection": {},
    "a-selection-with-hidden-and-erased-details": {"withhold": ("actor", "targets"), "erased": True},
    "a-whole": {"kind": "whole", "rotated": True},
    "a-whole-of-a-period-of-recording": {"kind": "whole", "by": "recorded", "erased": True},
    "a-whole-of-a-period-of-happening": {"kind": "whole", "by": "happened"},
    "a-pack-without-witnesses-and-files": {"witnesses": 0, "attachments": 0, "entries": 1},
}


@pytest.mark.parametrize("name", PACKS)
@pytest.mark.parametrize("trusting", [False, True], ids=["alone", "with-all-that-a-reader-has"])
def test_a_good_pack_is_good_to_both(bench: Page, tmp_path: Path, name: str, trusting: bool) -> None:
    made = make_pack(tmp_path / "pack.zip", real_page=False, **PACKS[name])
    trust = trust_of(made) if trusting else Trust()
    if trusting:
        trust = Trust(trust.key, trust.witnesses, trust.roots, " ".join(made.words).upper())
    by_python, by_page = both(bench, made.path, trust)
    assert by_page["verdict"] == "matches", by_page["findings"]
    assert by_page == by_python


def test_a_stamped_pack_is_good_to_both(bench: Page, tmp_path: Path, authority: Authority) -> None:
    made = make_pack(tmp_path / "pack.zip", real_page=False, stamps=authority)
    by_python, by_page = both(bench, made.path, trust_of(made))
    assert by_page["verdict"] == "matches", by_page["findings"]
    assert by_page == by_python


@pytest.mark.parametrize("name", FLAWS)
def test_a_pack_that_was_tampered_with_is_found_out_alike(bench: Page, tmp_path: Path, name: str) -> None:
    flaw = FLAWS[name]
    made = flaw.make(tmp_path / "pack.zip", None)
    by_python, by_page = both(bench, made.path, trust_of(made))
    assert flaw.code in {finding["code"] for finding in by_page["findings"]}
    assert by_page == by_python


@pytest.mark.parametrize("name", STAMP_FLAWS)
def test_a_pack_with_a_spoiled_stamp_is_found_out_alike(
    bench: Page, tmp_path: Path, authority: Authority, name: str
) -> None:
    flaw = STAMP_FLAWS[name]
    made = flaw.make(tmp_path / "pack.zip", authority)
    by_python, by_page = both(bench, made.path, trust_of(made))
    assert flaw.code in {finding["code"] for finding in by_page["findings"]}
    assert by_page == by_python


def mutated(parts: Parts, pick: random.Random) -> Parts:
    """Return the files with one of them changed somehow, under a manifest that fits again, unsigned."""
    inner = [name for name in parts if name.startswith("proof/") and "entries/" not in name]
    name = pick.choice([*inner, names.ENTRIES_NAME, names.SEALS_NAME, names.KEYS_NAME, names.TABLE_NAME])
    data = bytearray(parts[name])
    for _ in range(pick.randint(1, 3)):
        place, what = pick.randrange(len(data)), pick.randrange(6)
        if what == 0:
            data[place] ^= 1 << pick.randrange(8)
        elif what == 1:
            del data[place : place + pick.randint(1, 60)]
        elif what == 2:
            data[place:place] = pick.choice([b"\n", b"0", b'"', b"\\", b"\xff", b"[[[[", b" ", b"9" * 20])
        elif what == 3:
            data[place:place] = data[place : place + pick.randint(1, 400)]
        elif what == 4:
            rows = bytes(data).splitlines(keepends=True)
            pick.shuffle(rows)
            data = bytearray(b"".join(rows))
        else:
            data = bytearray(
                re.sub(rb"[0-9]+", str(pick.choice([0, 1, 2**53, 2**63])).encode(), data, count=1)
            )
        if not data:
            break
    return fitted({**parts, name: bytes(data)})


@pytest.mark.parametrize("seed", range(16))
def test_whatever_is_changed_anyhow_is_found_out_alike(bench: Page, tmp_path: Path, seed: int) -> None:
    pick = random.Random(seed)
    how = pick.choice(list(PACKS.values()))
    made = make_pack(tmp_path / "pack.zip", **{"real_page": False, "entries": 6, "proofs": False, **how})
    parts = mutated(made.parts, pick)
    write_zip(made.path, parts)
    by_python, by_page = both(bench, made.path, trust_of(made))
    assert by_page == by_python


def said_otherwise(pick: random.Random) -> Callable[[dict[str, Any]], None]:
    """Return a change of what a pack says of itself."""
    odd: list[Any] = [
        "",
        "x",
        0,
        -1,
        2**53 - 1,
        None,
        True,
        [],
        {},
        ["sources/7"],
        ["sources/7", "rules/3.1"],
    ]
    odd += [
        {"by": "recorded"},
        {"by": "happened", "from": "2025-03-01T08:03:00Z"},
        "whole",
        "selection",
        "UTC",
    ]
    odd += [[{"field": "actor", "reason": "r"}], [{"field": "targets", "reason": ""}], "0123456789abcdef"]

    def change(value: dict[str, Any]) -> None:
        part = value[pick.choice(["claims", "claims", "counts", "seal"])]
        key = pick.choice([*part, "period", "other"])
        if pick.random() < 0.2:
            part.pop(key, None)
        else:
            part[key] = pick.choice(odd)

    return change


@pytest.mark.parametrize("seed", range(20))
def test_whatever_a_pack_says_of_itself_is_judged_alike(bench: Page, tmp_path: Path, seed: int) -> None:
    pick = random.Random(seed)
    how = pick.choice(list(PACKS.values()))
    made = make_pack(tmp_path / "pack.zip", **{"real_page": False, "entries": 6, "proofs": False, **how})
    write_zip(made.path, fitted(made.parts, said_otherwise(pick)))
    by_python, by_page = both(bench, made.path, trust_of(made))
    assert by_page == by_python


@pytest.mark.parametrize("seed", range(16))
def test_whatever_is_changed_in_the_bytes_of_the_zip_is_judged_alike(
    bench: Page, tmp_path: Path, seed: int
) -> None:
    pick = random.Random(seed)
    made = make_pack(tmp_path / "pack.zip", real_page=False, entries=2, compression=pick.choice([0, 8]))
    data = bytearray(made.path.read_bytes())
    what = pick.randrange(4)
    # Most of what can be lied about in a ZIP stands in its directory, at the end.
    place = pick.randrange(len(data) - 3000, len(data)) if what else pick.randrange(len(data))
    if what == 1:
        data[place] ^= 1 << pick.randrange(8)
    elif what == 2:
        data[place : place + 4] = pick.choice([b"\0\0\0\0", b"\xff\xff\xff\xff", b"PK\x05\x06", b"\1\0\0\0"])
    elif what == 3:
        data[:0] = b"x" * pick.randint(1, 200)
    else:
        data[place] ^= 1 << pick.randrange(8)
    made.path.write_bytes(bytes(data))
    by_python, by_page = both(bench, made.path, trust_of(made))
    assert by_page == by_python
