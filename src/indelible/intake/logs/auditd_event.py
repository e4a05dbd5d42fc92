"""One Linux audit event out of the records that its lines hold.

The record that tells what happened comes first (a system call, a user program's message); the others add
to it: PATH the things, CWD the folder that relative paths start from, EXECVE the command.
"""

from __future__ import annotations

import posixpath
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

_UNSET = ("4294967295", "-1", "unset", "")
# Records that only add to another one, and never are an event's own word where there is another.
_BESIDE = {
    "CWD",
    "PATH",
    "EXECVE",
    "PROCTITLE",
    "SOCKADDR",
    "EOE",
    "FD_PAIR",
    "IPC",
    "MMAP",
    "BPRM_FCAPS",
    "OBJ_PID",
}
_REFUSED = ("-1", "-13", "EPERM", "EACCES")
# Records of programs that ask who somebody is: until that is known there is no login id.
_NOBODY_YET = (
    "USER_LOGIN",
    "USER_AUTH",
    "USER_ACCT",
    "USER_ERR",
    "USER_START",
    "USER_END",
    "CRED_",
    "GRP_AUTH",
)
_NOT_A_SETTING = {
    "auid",
    "uid",
    "pid",
    "ses",
    "res",
    "old",
    "op",
    "subj",
    "key",
    "list",
    "exe",
    "comm",
    "tty",
}
_NO_ADDRESS = ("", "?", "0.0.0.0", "::")  # noqa: S104 - read from files, never bound to
_ARGUMENTS = 200


@cache
def _calls() -> dict[str, dict[str, str]]:
    """Return architecture -> number -> name of the calls that audit rules commonly watch."""
    return tomllib.loads((files(__package__) / "syscalls.toml").read_text(encoding="utf-8"))


def event_of(records: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the event that the records of one serial tell together."""
    main = next((record for record in records if record["type"] not in _BESIDE), records[0])
    facts: dict[str, str] = main["fields"]
    names: dict[str, str] = main["names"]
    event: dict[str, Any] = {
        "type": main["type"],
        "types": [record["type"] for record in records if record["type"] != "EOE"],
        "time": main["time"],
        "serial": main["serial"],
        "node": main["node"],
        "said": _said(main),
        "fields": facts,
        "names": names,
    }
    event |= _actor(main)
    event |= _outcome(facts)
    command = facts.get("cmd") or _command(records)
    targets = _targets(main, records, command)
    if command and command not in targets:
        event["command"] = command
    if targets:
        event["targets"] = targets
    if main["type"] == "CONFIG_CHANGE":
        event |= _setting(facts)
    if (address := facts.get("addr", "")) not in _NO_ADDRESS:
        event["address"] = address
    return {name: value for name, value in event.items() if value not in ("", {}, [])}


def _said(main: dict[str, Any]) -> str:
    if main["type"] != "SYSCALL":
        return str(main["type"])
    number = main["fields"].get("syscall", "")
    if not number.isdecimal():
        return number or "SYSCALL"  # interpreted logs name the call
    known = _calls().get(main["fields"].get("arch", ""), {}).get(number)
    return main["names"].get("SYSCALL") or known or f"syscall {number}"


def _actor(main: dict[str, Any]) -> dict[str, str]:
    """Return who acted: the login id, which stays with a person through su and sudo, else the account tried."""
    facts, names = main["fields"], main["names"]
    login = facts.get("auid", "")
    if login not in _UNSET:
        name = names.get("AUID", "")
        return {"actor_id": login, "actor_name": "" if name in _UNSET or name == "unknown" else name}
    if main["type"].startswith(_NOBODY_YET):
        account = facts.get("acct", "") or names.get("ID", "")
        return {"actor_name": account}
    user = facts.get("uid", "")
    name = names.get("UID", "")
    return {"actor_id": "" if user in _UNSET else user, "actor_name": "" if name in _UNSET else name}


def _outcome(facts: dict[str, str]) -> dict[str, str]:
    success = facts.get("success")
    if success == "no":
        code = facts.get("exit", "")
        return {"outcome": "denied" if code in _REFUSED else "failure"}
    told = success or facts.get("res") or facts.get("result") or ""
    return {"outcome": told.strip("'\"")}


def _targets(main: dict[str, Any], records: list[dict[str, Any]], command: str) -> list[str]:
    facts = main["fields"]
    if main["type"] == "SYSCALL":
        paths = _paths(records)
        if paths:
            return paths
        return [text for text in (command or facts.get("exe", ""),) if text]
    if main["type"] == "CONFIG_CHANGE":
        return []
    named = (
        facts.get("cmd") or facts.get("acct") or facts.get("unit") or facts.get("name") or facts.get("grp")
    )
    if named:
        return [named]
    return [text for text in (facts.get("exe", ""),) if text]


def _paths(records: list[dict[str, Any]]) -> list[str]:
    """Return the paths acted on, whole; the folders they lie in are left out where there are others."""
    cwd = next((record["fields"].get("cwd", "") for record in records if record["type"] == "CWD"), "")
    found: dict[str, bool] = {}
    for record in records:
        name = record["fields"].get("name", "") if record["type"] == "PATH" else ""
        if name:
            is_parent = record["fields"].get("nametype") == "PARENT"
            found.setdefault(
                name if name.startswith("/") or not cwd else posixpath.join(cwd, name), is_parent
            )
    things = [name for name, is_parent in found.items() if not is_parent]
    return (things or list(found))[:20]


def _command(records: list[dict[str, Any]]) -> str:
    for type, name in (("EXECVE", ""), ("PROCTITLE", "proctitle")):
        for record in records:
            if record["type"] == type:
                return record["fields"].get(name, "") if name else _arguments(record["fields"])
    return ""


def _arguments(facts: dict[str, str]) -> str:
    """Return the words of a command in their order (`a0`, `a1`, or `a1[0]` where one was too long)."""
    words = [name for name in facts if name[0] == "a" and name[1:].isdecimal()]
    words.sort(key=lambda name: int(name[1:]))
    return " ".join(facts[name] for name in words[:_ARGUMENTS])


def _setting(facts: dict[str, str]) -> dict[str, Any]:
    """Return what a CONFIG_CHANGE set: `audit_enabled=0 old=1`, or a rule added or removed."""
    name = next((name for name in facts if name not in _NOT_A_SETTING), "")
    if "old" in facts and name:
        return {"setting": name, "before": facts["old"], "after": facts[name], "targets": [name]}
    rule = facts.get("key") or facts.get("list") or ""
    return {"targets": [rule]} if rule else {}
