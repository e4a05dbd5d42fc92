"""Messages that services send by themselves: what happened is told half by a header, half by a key of that name.

Our own intake puts the headers beside the body of a message (`{"x-github-event": ..., "body": {...}}`). What a
message is about stands in its body under a key that is not known beforehand; here it gets one name.
"""

from __future__ import annotations

from typing import Any, Final

from indelible.intake.fields import Record
from indelible.intake.parsers.registry import Unpacked, unpacks

# Where a message of GitHub names what it is about, by the event, where that is not the event's own name.
_ABOUT: Final = {
    "issues": "issue",
    "issue_comment": "comment",
    "commit_comment": "comment",
    "pull_request_review": "review",
    "pull_request_review_comment": "comment",
    "discussion_comment": "comment",
    "member": "member",
    "membership": "member",
    "team_add": "team",
    "organization": "membership",
    "code_scanning_alert": "alert",
    "dependabot_alert": "alert",
    "secret_scanning_alert": "alert",
    "branch_protection_rule": "rule",
    "deploy_key": "key",
}
_TIMES: Final = ("updated_at", "submitted_at", "published_at", "completed_at", "created_at")
_NAMES: Final = ("title", "full_name", "login", "name", "tag_name", "head_branch", "environment", "html_url")
_REFS: Final = ("push", "create", "delete")
_ACCOUNT_EVENTS: Final = ("team_join", "user_change", "user_profile_changed", "user_status_changed")


@unpacks
def github_delivery(record: Record) -> list[Unpacked]:
    """Say what a message of GitHub is about: `act`, `about` (name, id, time) and `in` (where that is)."""
    body = record.get("body")
    if not isinstance(body, dict):
        return [Unpacked(dict(record))]
    event = str(record.get("x-github-event") or "")
    action = body.get("action")
    act = f"{event}.{action}" if isinstance(action, str) and action else event
    thing = _dict(body, _ABOUT.get(event, event))
    about: dict[str, Any] = {"id": thing.get("html_url") or thing.get("id") or thing.get("node_id")}
    about["name"] = next((thing[name] for name in _NAMES if isinstance(thing.get(name), str)), None)
    about["time"] = next((thing[name] for name in _TIMES if thing.get(name)), None)
    if event == "organization":
        about["name"] = _dict(thing, "user").get("login") or about["name"]
        about["time"] = None
    if event in _REFS:
        about = {"name": body.get("ref"), "time": None}
    if event == "push":  # in this message, and in no other, it is the moment of this push
        about["time"] = _dict(body, "repository").get("pushed_at")
    if event in ("membership", "team_add"):
        about["time"] = None  # a team's or a person's own, not of their joining
    place = _dict(body, "repository").get("full_name") or _dict(body, "organization").get("login")
    joined = _dict(body, "team").get("name") if event == "membership" else None
    return [Unpacked({**record, "act": act, "about": about, "in": place, "joined": joined})]


@unpacks
def slack_event(record: Record) -> list[Unpacked]:
    """Say who did it and on what: a person is an id here, an object there, and so are channels and files."""
    event = record.get("event")
    if not isinstance(event, dict):
        return [Unpacked(dict(record))]
    who = event.get("user") or event.get("user_id") or event.get("bot_id")
    person = who if isinstance(who, dict) else {"id": who}
    name = person.get("real_name") or person.get("name")
    is_account = (
        event.get("type") in _ACCOUNT_EVENTS
    )  # the person is what it is about; who did it is not told
    what = (
        {"id": person.get("id"), "name": name}
        if is_account
        else next(
            (event[key] for key in ("channel", "channel_id", "file", "file_id", "subteam") if event.get(key)),
            None,
        )
    )
    thing = what if isinstance(what, dict) else {"id": what}
    act = ".".join(str(event[key]) for key in ("type", "subtype") if event.get(key))
    told = {
        "act": act,
        "who": {} if is_account else {"id": person.get("id"), "name": name},
        "what": {"id": thing.get("id"), "name": thing.get("name") or thing.get("title")},
    }
    return [Unpacked({**record, **told})]


def _dict(of: dict[str, Any], name: str) -> dict[str, Any]:
    found = of.get(name)
    return found if isinstance(found, dict) else {}
