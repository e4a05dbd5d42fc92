"""The page inside every evidence pack: one HTML file that checks the pack without a network or a server.

The page is our own JavaScript and nothing else: small modules (`js/`), joined in a fixed order into one
inline script that the page's content security policy allows by its hash; nothing can be fetched or sent.
The pack's files stand behind it as inert blocks, each a piece of a file, gzip in base64: so the heading and
a count are there while the rest still loads, and no byte is changed by how HTML is read.

What a pack is and what is checked stands in docs/formats/pack.md; the checking itself is JavaScript and
shares no code with the ledger, but for the word list and the texts of findings, which are data.
"""

from __future__ import annotations

import base64
import json
import tomllib
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any, BinaryIO

from indelible.ledger.packs.manifest import MANIFEST_NAME, NOTE_NAME
from indelible.ledger.words import WORDS

__all__ = ["MODULES", "PAGE_VERSION", "build_checker", "build_page", "checker_script", "page_fingerprint"]

PAGE_VERSION = "1"

# In the order in which one builds on another; `main` starts the check.
MODULES = (
    "bytes",
    "pace",
    "sha256",
    "sha512",
    "json",
    "ed25519",
    "tree",
    "notes",
    "leaf",
    "lines",
    "table",
    "words",
    "der",
    "certificates",
    "stamps",
    "keychain",
    "report",
    "inflate",
    "source",
    "manifest",
    "entries",
    "claims",
    "numbers",
    "outside",
    "files",
    "attachments",
    "tablecheck",
    "check",
    "zip",
    "dom",
    "mark",
    "answer",
    "content",
    "timeline",
    "asking",
    "main",
)

_PIECE_BYTES = 384 * 1024  # of a file, before it is packed: a few milliseconds of work in the browser
_LANGUAGES = ("en",)


def build_page(
    inner_manifest: bytes, note: str, files: Mapping[str, Callable[[], BinaryIO]], *, language: str = "en"
) -> Iterator[bytes]:
    """Yield the page of a pack, always the same bytes for the same pack.

    `inner_manifest` is the manifest without the item of the page, `note` the note over it. `files` opens, by
    its name in the pack, each file that shall be inside: all under `proof/` but `proof/entries/`, and those
    attachments that may ride along. Files are read in pieces; none is held whole.

    Raises ValueError for a language in which there are no texts.
    """
    head, tail = _frame(language)
    yield head
    yield from _blocks(MANIFEST_NAME, [inner_manifest])
    yield from _blocks(NOTE_NAME, [note.encode("utf-8")])
    for name in sorted(files, key=_place):
        with files[name]() as file:
            yield from _blocks(name, _pieces(file))
    yield tail


def build_checker(*, language: str = "en") -> bytes:
    """Return the checker alone, without a pack in it: it asks for a pack's ZIP or folder."""
    return b"".join(_frame(language))


@cache
def checker_script(language: str = "en") -> str:
    """Return the checker's code, as it stands in the page: texts and words as data, then the modules."""
    data = {"TEXTS": _texts(language), "MESSAGES": _messages(), "WORD_LIST": list(WORDS)}
    constants = [f"const {name} = {_inert(value)};" for name, value in data.items()]
    modules = [_read(f"js/{name}.js") for name in MODULES]
    return "\n".join(['"use strict";', *constants, *modules])


def page_fingerprint(language: str = "en") -> str:
    """Return the SHA-256 of the checker's code alone, in hex: the same in every pack of this version."""
    return sha256(checker_script(language).encode("utf-8")).hexdigest()


@cache
def _frame(language: str) -> tuple[bytes, bytes]:
    """Return what stands before the blocks, and what stands behind them."""
    if language not in _LANGUAGES:
        raise ValueError(f"no texts in the language {language!r}")
    script, style = checker_script(language), _read("page.css")
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_source(script)}'",
            f"style-src '{_source(style)}'",
            "connect-src 'none'",
            "form-action 'none'",
            "base-uri 'none'",
        )
    )
    page = _read("page.html")
    for gap, text in {
        "{language}": language,
        "{policy}": policy,
        "{style}": style,
        "{version}": PAGE_VERSION,
        "{script}": script,
    }.items():
        page = page.replace(gap, text, 1)
    head, _, tail = page.partition("{blocks}\n")
    return head.encode("utf-8"), tail.encode("utf-8")


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_PIECE_BYTES):
        yield piece


def _blocks(name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a file as inert elements; also of an empty file there is one, so that it is not missing."""
    empty = True
    for piece in pieces:
        empty = False
        yield _block(name, piece)
    if empty:
        yield _block(name, b"")


def _block(name: str, piece: bytes) -> bytes:
    # zlib leaves time and name out of a gzip header, so the same piece always gives the same bytes.
    packing = zlib.compressobj(6, zlib.DEFLATED, 31)
    packed = packing.compress(piece) + packing.flush()
    quoted = name.replace("&", "&amp;").replace('"', "&quot;")
    return (
        f'<script type="text/plain" data-file="{quoted}">'.encode()
        + base64.b64encode(packed)
        + b"</script>\n"
    )


def _place(name: str) -> tuple[int, str]:
    """Order files as the checker reads them."""
    early = (
        "proof/checkpoint",
        "proof/keys.json",
        "proof/entries.jsonl",
        "proof/tree.txt",
        "proof/seals.jsonl",
    )
    return (early.index(name) if name in early else len(early), name)


def _inert(value: object) -> str:
    """Return JSON that cannot end the script it stands in."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).replace(
        "<", "\\u003c"
    )


def _source(text: str) -> str:
    """Return how a policy names an inline script or style."""
    return "sha256-" + base64.b64encode(sha256(text.encode("utf-8")).digest()).decode("ascii")


def _texts(language: str) -> dict[str, Any]:
    return tomllib.loads(_read(f"texts.{language}.toml"))


def _messages() -> dict[str, Any]:
    return tomllib.loads(_read("messages.toml"))


@cache
def _read(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")
