r"""CEF and LEEF: a header between bars, then names and values; bare, or within a line of syslog.

CEF escapes bars and backslashes in the header, equals signs, backslashes and line breaks in values; a
value may hold blanks and ends only where the next `name=` begins. LEEF separates its pairs by a tab, or by
the mark that the header of version 2 names, as itself or as a number in hexadecimal.

A record has `header`, `pairs`, `labels` (CEF's custom fields by the label that their sender gave them),
`before` and `after` where names say so, and `line` with what stood around it.

Sources: ArcSight Common Event Format; QRadar LEEF.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from indelible.intake.logs import syslog
from indelible.intake.logs.told import Told

_START = re.compile(r"(?:^|(?<=[\s\ufeff:]))(CEF|LEEF):\s?(\d{1,2}(?:\.\d{1,2})?)\|")
_LOOKED_AT = 1000  # characters before which it begins, or it does not begin at all
_FIELD = re.compile(r"((?:[^|\\]|\\.)*+)(\||$)", re.S)
_KEY = re.compile(r"(?:^|(?<=\s))([A-Za-z0-9_.\-]{1,100}(?:\[\d{1,5}\])?)=")
_CEF_FIELDS = ("vendor", "product", "version", "signature", "name", "severity")
_LEEF_FIELDS = ("vendor", "product", "version", "signature")
_HEADER_ESCAPE = re.compile(r"\\([\\|])")
_VALUE_ESCAPE = re.compile(r"\\([\\=|nr])")
_HEX_MARK = re.compile(r"(?:0?x|\\x)([0-9A-Fa-f]{1,4})", re.I)
_OLD_NEW = re.compile(r"(old|previous|prior|before|new|current|after)(?=[A-Z_ ]|$)", re.I)
_BEFORE = {"old", "previous", "prior", "before"}
_KEYS = 500


def read_event(text: str) -> Told | None:
    """Read a line that holds a CEF or LEEF event; None where it holds none."""
    match = _START.search(text, 0, _LOOKED_AT)
    if match is None:
        return None
    kind, version = match[1], match[2]
    wanted = _CEF_FIELDS if kind == "CEF" else _LEEF_FIELDS
    fields, at = _header(text, match.end(), len(wanted))
    if fields is None:
        return Told(reason="too_few_fields")
    header = {"format": f"{kind}:{version}", **dict(zip(wanted, fields, strict=True))}
    rest = text[at:]
    pairs = _cef_pairs(rest) if kind == "CEF" else _leef_pairs(rest, version)
    record: dict[str, Any] = {"header": header, "pairs": pairs}
    record |= _labelled(pairs)
    if around := _around(text[: match.start()]):
        record["line"] = around
    return Told(record)


def _header(text: str, at: int, count: int) -> tuple[list[str] | None, int]:
    """Return so many fields and where the rest begins; None where the line has too few bars."""
    fields: list[str] = []
    while len(fields) < count:
        match = _FIELD.match(text, at)
        if match is None or not match[2]:
            return None, at
        fields.append(_HEADER_ESCAPE.sub(r"\1", match[1]).strip())
        at = match.end()
    return fields, at


def _cef_pairs(text: str) -> dict[str, str]:
    text = text.strip()
    keys = list(islice(_KEY.finditer(text), _KEYS))
    found: dict[str, str] = {}
    for place, key in enumerate(keys):
        end = keys[place + 1].start() if place + 1 < len(keys) else len(text)
        found.setdefault(key[1], _VALUE_ESCAPE.sub(_unescaped, text[key.end() : end].rstrip(" ")))
    return found


def _unescaped(mark: re.Match[str]) -> str:
    return {"n": "\n", "r": "\r"}.get(mark[1], mark[1])


def _leef_pairs(text: str, version: str) -> dict[str, str]:
    mark = "\t"
    if version.startswith("2") and (match := re.match(r"([^|\t]{0,6}|\t)\|", text)):
        mark, text = _mark(match[1]), text[match.end() :]
    elif version.startswith("2") and text.startswith("||"):
        mark, text = "|", text[2:]
    found: dict[str, str] = {}
    for pair in text.split(mark)[:_KEYS]:
        name, sign, value = pair.partition("=")
        if sign and name.strip():
            found.setdefault(name.strip(), value.strip())
    return found


def _mark(said: str) -> str:
    if match := _HEX_MARK.fullmatch(said):
        return chr(int(match[1], 16))
    return said[:1] or "\t"


def _labelled(pairs: dict[str, str]) -> dict[str, Any]:
    """Return custom fields under their labels, and those that say what was and what became of it."""
    labels = {
        label.strip(): pairs[name.removesuffix("Label")]
        for name, label in pairs.items()
        if name.endswith("Label") and name.removesuffix("Label") in pairs and label.strip()
    }
    named = labels | {name: value for name, value in pairs.items() if name.startswith(("old", "new"))}
    sides: dict[str, dict[str, str]] = {"before": {}, "after": {}}
    for name, value in named.items():
        if match := _OLD_NEW.match(name):
            sides["before" if match[1].casefold() in _BEFORE else "after"][name] = value
    found: dict[str, Any] = {"labels": labels, **sides}
    return {name: value for name, value in found.items() if value}


def _around(text: str) -> dict[str, Any]:
    """Return what the syslog line around the event says: when it was sent, and by which host."""
    text = text.rstrip("\ufeff ")
    if not text:
        return {}
    told = syslog.read_5424(text + " -") or syslog.read_5424(text) or syslog.read_3164(text + " ") or Told()
    return {name: told.record[name] for name in ("timestamp", "host", "severity") if name in told.record}
