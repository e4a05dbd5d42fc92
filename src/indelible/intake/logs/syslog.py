"""Lines of syslog: RFC 5424, and the older way (RFC 3164) as programs and files really have it.

The older way has no year and no zone, which nobody but a person can tell (times.py); newer servers write
an ISO time in the same place. A priority may be missing, since files usually leave it out.

A record has `timestamp`, `host`, `app`, `process_id`, `msgid`, `message`, `facility` and `severity` as far as
the line has them; `structured_data` by element, `data` with the parameters of all elements by their name
in small letters, and `found` with what the text is known to say (messages.py).

Sources: RFC 5424 section 6; RFC 3164 sections 4 and 5.
"""

from __future__ import annotations

import re
from typing import Any

from indelible.intake.logs.messages import facts_in
from indelible.intake.logs.told import Told

_HIGHEST_PRIORITY = 191
_5424 = re.compile(r"<(\d{1,3})>[1-9]\d{0,2} (\S+) (\S+) (\S+) (\S+) (\S+)(?: (.*))?", re.S)
_PRIORITY = re.compile(r"<(\d{1,3})>\s?")
_3164 = re.compile(
    r"(?P<time>[A-Z][a-z]{2} [ \d]?\d (?:\d{4} )?\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?"
    r"|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,12})?(?:Z|[+-]\d{2}:?\d{2}))"
    r" (?P<host>\S+)(?: (?P<rest>.*))?",
    re.S,
)
_TAG = re.compile(r"(?P<app>[^\s:\[\]]{1,64})(?:\[(?P<pid>[^\]\s]{0,64})\])?:(?:\s|$)")
_ELEMENT = re.compile(r'\[([^\s=\]"]+)((?:\s+[^\s=\]"]+="(?:[^"\\]|\\.)*+")*+)\s*\]', re.S)
_PARAMETER = re.compile(r'([^\s=\]"]+)="((?:[^"\\]|\\.)*+)"', re.S)
# The standard escapes quotes, backslashes and closing brackets; programs escape opening ones as well.
_ESCAPED = re.compile(r'\\(["\\\[\]])')
# A receiver writes tabs and line breaks within a message as octal numbers.
_OCTAL = re.compile(r"#(011|012|015)")
_OCTAL_MEANS = {"011": "\t", "012": "\n", "015": "\r"}
# Elements that the standard itself defines: about the message, not about what happened.
_ABOUT_THE_MESSAGE = {"timequality", "origin", "meta"}
_FACILITIES = (
    "kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock local0 local1 "
    "local2 local3 local4 local5 local6 local7"
).split()
_SEVERITIES = "emergency alert critical error warning notice informational debug".split()


def read_5424(text: str) -> Told | None:
    """Read a line of RFC 5424; None where it is none. What is `-` is left out, but for the time."""
    match = _5424.fullmatch(text)
    if match is None:
        return None
    priority, time, host, app, process, msgid, rest = match.groups()
    record: dict[str, Any] = {"timestamp": time}
    names = {"host": host, "app": app, "process_id": process, "msgid": msgid}
    record |= {name: value for name, value in names.items() if value != "-"}
    flags = _put_priority(record, priority)
    elements, message = _structured(rest or "-")
    if elements:
        record["structured_data"] = elements
        record["data"] = _parameters(elements)
    elif message is None:
        flags, message = (*flags, "structured_data_unreadable"), rest
    _put_message(record, message or "")
    return Told(record, flags)


def read_3164(text: str) -> Told | None:
    """Read a line as it stands in files of a syslog server, or as it was sent (with a priority)."""
    priority = _PRIORITY.match(text)
    match = _3164.fullmatch(text, priority.end() if priority else 0)
    if match is None and priority is None:
        return None
    record: dict[str, Any] = {}
    if match is None:  # a bare message: RFC 3164 lets a sender leave out time and host
        rest = text[priority.end() :] if priority else text
    else:
        record |= {"timestamp": match["time"], "host": match["host"]}
        rest = match["rest"] or ""
    flags = _put_priority(record, priority[1]) if priority else ()
    if tag := _TAG.match(rest):
        record["app"] = tag["app"]
        if tag["pid"]:
            record["process_id"] = tag["pid"]
        rest = rest[tag.end() :]
    _put_message(record, rest)
    return Told(record, flags)


def _put_priority(record: dict[str, Any], text: str) -> tuple[str, ...]:
    """Put what the priority says; one beyond the highest says nothing, and is flagged."""
    number = int(text)
    if number > _HIGHEST_PRIORITY:
        record["priority"] = text
        return ("bad_priority",)
    record["facility"], record["severity"] = _FACILITIES[number >> 3], _SEVERITIES[number & 7]
    return ()


def _structured(rest: str) -> tuple[dict[str, dict[str, str]], str | None]:
    """Return the elements at the beginning and the message behind; None for it where they are broken."""
    if rest == "-" or rest.startswith("- "):
        return {}, rest[2:]
    gathered: dict[str, dict[str, list[str]]] = {}
    at = 0
    while match := _ELEMENT.match(rest, at):
        inner = gathered.setdefault(match[1], {})
        for name, value in _PARAMETER.findall(match[2]):
            # A name may be given twice (the standard's own `ip`): both are kept.
            inner.setdefault(name, []).append(_ESCAPED.sub(r"\1", value))
        at = match.end()
    elements = {id: {name: ", ".join(said) for name, said in inner.items()} for id, inner in gathered.items()}
    if not elements or (at < len(rest) and rest[at] != " "):
        return {}, None
    return elements, rest[at + 1 :]


def _parameters(elements: dict[str, dict[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for id, parameters in elements.items():
        if id.casefold() not in _ABOUT_THE_MESSAGE:
            for name, value in parameters.items():
                found.setdefault(name.casefold(), value)
    return found


def _put_message(record: dict[str, Any], text: str) -> None:
    message = _OCTAL.sub(lambda mark: _OCTAL_MEANS[mark[1]], text.removeprefix("\ufeff")).strip()
    if message:
        record["message"] = message
    if found := facts_in(record.get("app", ""), message):
        record["found"] = found
