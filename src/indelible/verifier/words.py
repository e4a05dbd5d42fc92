"""What a check of a pack found, in words for people.

The words are data (messages.toml), which the page inside every pack holds too: whoever reads the answer on a
command line, on a server's page or offline reads the same sentences. Here the gaps are filled. Translation is
the caller's: `translate` gets each sentence before its gaps are filled.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from indelible.ledger.packs.report import DIFFERS, MATCHES, NOT_CHECKED, Check, Finding, PackReport

Translate = Callable[[str], str]

_KEYS = {MATCHES: "matches", DIFFERS: "differs", NOT_CHECKED: "not_checked"}


@dataclass(frozen=True, slots=True)
class Told:
    """A title without a full stop, and a sentence or more."""

    title: str
    meaning: str


@cache
def messages() -> dict[str, Any]:
    """Return the texts as they stand in the file."""
    return tomllib.loads((files("indelible.verifier") / "messages.toml").read_text(encoding="utf-8"))


def as_is(text: str) -> str:
    """Translate nothing."""
    return text


def tell_verdict(report: PackReport, translate: Translate = as_is) -> Told:
    """Return the answer about the whole pack, and what kind of pack it is."""
    verdicts = messages()["verdicts"]
    kind = verdicts.get(f"matches_{report.kind}", "") if report.verdict == MATCHES else ""
    return Told(translate(verdicts[_KEYS[report.verdict]]), translate(kind) if kind else "")


def tell_check(check: Check, translate: Translate = as_is) -> Told:
    """Return what a check is called, and what its verdict means."""
    texts = messages()["checks"][check.code]
    return Told(translate(texts["title"]), translate(texts[_KEYS[check.verdict]]))


def tell_finding(finding: Finding, translate: Translate = as_is) -> Told:
    """Return what was found, with entry, detail and file named where the finding names them."""
    texts = messages()["findings"][finding.code]
    gaps = _gaps(finding, translate)
    meaning = translate(texts["meaning"])
    for gap, words in gaps.items():
        meaning = meaning.replace("{" + gap + "}", words)
    return Told(translate(texts["title"]), _capital(meaning))


def field_name(field: str, translate: Translate = as_is) -> str:
    """Return the name of a detail in words: "Thing 1" for `targets/0`, "amount" for `extra/amount`."""
    names = messages()["fields"]
    family, slash, rest = field.partition("/")
    if field in names:
        return translate(names[field])
    if slash and rest.isdecimal() and family in names:
        return f"{translate(names[family])} {int(rest) + 1}"
    if family == "extra":
        return rest.replace("_", " ")
    return f"{translate(names[family])} {rest}" if slash and family in names else field


def _gaps(finding: Finding, translate: Translate) -> dict[str, str]:
    places = {name: translate(text) for name, text in messages()["places"].items()}
    field = finding.field
    if field is None:
        named = places["no_field"]
    elif finding.code in messages()["plain"]["codes"]:
        named = translate(messages()["counts"].get(field, field))
    elif "/" in field or field in messages()["fields"]:
        named = places["field_named"].replace("{name}", field_name(field, translate))
    else:  # the number of a line or a word
        named = field
    return {
        "entry": places["no_entry"]
        if finding.entry is None
        else places["entry"].replace("{number}", f"{finding.entry + 1:,}"),
        "field": named,
        "file": places["no_file"]
        if finding.file is None
        else places["file_named"].replace("{name}", finding.file),
    }


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
