"""Windows security events: who acted on what is under names that differ by event, in XML and in prose.

An event about signing in names the account in its *target* and the machine as its subject, so there the
target is who acted. Every other event names who acted as its subject.
"""

from __future__ import annotations

import re
from typing import Any

from indelible.events.event import Change
from indelible.intake.changes import one_change
from indelible.intake.fields import Record
from indelible.intake.parsers.registry import Draft, Unpacked, finishes, unpacks

_SIGN_IN = set("4624 4625 4634 4647 4768 4769 4770 4771 4772 4773 4774 4776 4777 4778 4779 4800 4801".split())
_LOG_CLEARED = {"1102", "104", "517"}
_NOTHING = {"", "-", "NULL SID", "S-1-0-0", "N/A"}
# Of the 64 bits of Keywords, those that the security log uses. Source: winmeta.xml.
_FAILURE, _SUCCESS = 1 << 52, 1 << 53
_SIDE = re.compile(r"(Old|New)(?=[A-Z])")
# Data whose name begins with New, but which name the thing made and no value after.
_NOT_A_CHANGE = {"NewProcessId", "NewProcessName"}

_TARGETS = (
    "TargetUserName", "ObjectName", "TaskName", "ServiceName", "NewProcessName", "DomainPolicyChanged",
    "SubcategoryGuid", "ShareName", "TargetServerName",
)  # fmt: skip
_MEMBERS = ("MemberName", "MemberSid")

_MESSAGE = "column 6"  # it has no header
_EVENT_ID = ("Event ID", "Ereignis-ID", "ID de l’événement", "Id. del evento")
_SECTION = re.compile(r"^([^\s:][^:]{0,80}):\s*$")
_PAIR = re.compile(r"^\s+([^\t:][^:\t]{0,80}):[\t ]*(.*)$")
# Headings of the message, in the order in which they name the account acted on.
_ACCOUNTS = (
    "New Logon", "Account For Which Logon Failed", "Account Whose Credentials Were Used", "New Account",
    "Target Account", "Account That Was Locked Out", "Member", "Group", "New Group", "Account Information",
)  # fmt: skip
_ACCOUNT_NAMES = ("Account Name", "Group Name", "Security ID", "Account")


@unpacks
def windows_event(record: Record) -> list[Unpacked]:
    """Bring the data of one event under their names: `data`, with who acted and on what beside it."""
    system = record.get("System")
    system = system if isinstance(system, dict) else {}
    id = _text(system.get("EventID"))
    data = _data(record.get("EventData")) | _leaves(record.get("UserData"))
    rendered = record.get("RenderingInfo")
    flat: dict[str, Any] = {
        "system": {**system, "EventID": id},
        "data": data,
        "outcome": _outcome(_text(system.get("Keywords"))),
        "message": rendered.get("Message") if isinstance(rendered, dict) else None,
    }
    flat["actor"] = _who(id, data)
    if not flat["actor"] and isinstance(security := system.get("Security"), dict):
        flat["actor"] = _told(security, "UserID")
    flat["targets"] = _things(id, data)
    return [Unpacked(flat)]


def _data(value: Any) -> dict[str, str]:
    """Return the named data of an event; those without a name go by their place."""
    entries = value.get("Data") if isinstance(value, dict) else None
    found: dict[str, str] = {}
    for place, entry in enumerate(entries if isinstance(entries, list) else [entries]):
        if entry is None:
            continue
        name = entry.get("Name") if isinstance(entry, dict) else None
        found.setdefault(str(name or f"data {place + 1}"), _text(entry))
    return found


def _leaves(value: Any, name: str = "") -> dict[str, str]:
    if isinstance(value, dict):
        found: dict[str, str] = {}
        for key, inner in value.items():
            found |= _leaves(inner, key)
        return found
    return {name: _text(value)} if name and value else {}


def _text(value: Any) -> str:
    """Return the text of an element, with or without attributes."""
    if isinstance(value, dict):
        value = value.get("#text", "")
    return value.strip() if isinstance(value, str) else ""


def _told(data: dict[str, Any], *names: str) -> str:
    return next((text for name in names if (text := _text(data.get(name))) not in _NOTHING), "")


def _who(id: str, data: dict[str, str]) -> str:
    if id in _SIGN_IN and (account := _told(data, "TargetUserName")):
        return account
    return _told(data, "SubjectUserName", "SubjectUserSid", "User", "UserName", "SourceUserName")


def _things(id: str, data: dict[str, str]) -> list[str]:
    if id in _LOG_CLEARED:
        return ["audit log"]
    things = [_told(data, *_MEMBERS), _told(data, *_TARGETS)]
    return [thing for thing in things if thing]


def _outcome(keywords: str) -> str:
    """Return the outcome that the mask of keywords holds, "" where the log has none."""
    try:
        mask = int(keywords, 16)
    except ValueError:
        return ""
    if mask & _FAILURE:
        return "failure"
    return "success" if mask & _SUCCESS else ""


@finishes
def windows_changes(draft: Draft) -> None:
    """Take values before and after from data whose names say so (`OldUacValue`, `NewUacValue`)."""
    data = draft.record.get("data")
    if not isinstance(data, dict):
        return
    found: list[Change | None] = []
    for name, value in data.items():
        match = _SIDE.match(name)
        if match is None or name in _NOT_A_CHANGE or value in _NOTHING:
            continue
        found.append(one_change(name, *((value, None) if match[1] == "Old" else (None, value))))
    if changes := [change for change in found if change]:
        draft.event["changes"] = changes


@unpacks
def windows_message(record: Record) -> list[Unpacked]:
    """Read the message of a row of the Event Viewer: headings with names and values below them."""
    message = str(record.get(_MESSAGE) or "")
    id = next((str(record[name]).strip() for name in _EVENT_ID if name in record), "")
    sections = _sections(message)
    told: dict[str, Any] = {
        "actor": _actor_in(id, sections),
        "targets": _things_in(id, sections),
        "ip": _first_of(sections, "Source Network Address", "Client Address", "Source Address"),
        "reason": _first_of(sections, "Failure Reason"),
        "summary": message.strip().split("\n", 1)[0].strip(),
        "details": {name: inner for name, inner in sections.items() if inner},
    }
    return [Unpacked({**record, _MESSAGE: told})]


def _sections(message: str) -> dict[str, dict[str, str]]:
    """Return heading -> name -> value. What stands above the first heading goes under ""."""
    found: dict[str, dict[str, str]] = {}
    inner: dict[str, str] = found.setdefault("", {})
    for line in message.splitlines():
        if match := _PAIR.match(line):
            inner.setdefault(match[1].strip(), match[2].strip())
        elif match := _SECTION.match(line):
            inner = found.setdefault(match[1].strip(), {})
    return found


def _first_of(sections: dict[str, dict[str, str]], *names: str) -> str:
    return next((text for inner in sections.values() if (text := _told(inner, *names))), "")


def _account(sections: dict[str, dict[str, str]], heading: str) -> str:
    return _told(sections.get(heading, {}), *_ACCOUNT_NAMES)


def _actor_in(id: str, sections: dict[str, dict[str, str]]) -> str:
    if id in _SIGN_IN:
        account = next((text for heading in _ACCOUNTS if (text := _account(sections, heading))), "")
        if account:
            return account
    return _account(sections, "Subject")


def _things_in(id: str, sections: dict[str, dict[str, str]]) -> list[str]:
    if id in _LOG_CLEARED:
        return ["audit log"]
    things = [text for heading in _ACCOUNTS if (text := _account(sections, heading))]
    return things or [
        text for text in (_first_of(sections, "Object Name", "Task Name", "Service Name"),) if text
    ]
