"""Dropbox: tagged choices everywhere, and things under the names that their tags give."""

from __future__ import annotations

from typing import Any

from indelible.events.event import Party, Target
from indelible.intake.changes import changes_in_pairs, changes_of
from indelible.intake.fields import text_at
from indelible.intake.parsers.registry import Draft, finishes
from indelible.intake.parties import party

_TAG = ".tag"
_PERSONS = ("admin", "user", "reseller")
_FILES = ("file", "folder", "paper_document", "paper_folder", "showcase_document")


@finishes
def dropbox_parties(draft: Draft) -> None:
    """Say who acted, on which files, folders or links, and with which other people."""
    if actor := _actor(draft.record.get("actor")):
        draft.event["actor"] = actor
    targets = [*_assets(draft.record), *_participants(draft.record)]
    if targets:
        # What the word alone names (a right, a second step) stays beside the things that are told.
        told = {target.get("kind") for target in targets}
        others = [each for each in draft.event.get("targets", []) if each.get("kind") not in told]
        draft.event["targets"] = [*targets, *others]


@finishes
def dropbox_changes(draft: Draft) -> None:
    """Take before and after from the details, or from the assets that a move went from and to."""
    details = draft.record.get("details")
    if not isinstance(details, dict):
        return
    assets = _list(draft.record, "assets")
    for move in _list(details, "relocate_action_details"):
        before, after = (_path(_at(assets, move.get(f"{end}_asset_index"))) for end in ("src", "dest"))
        if found := changes_of(before or None, after or None):
            draft.event["changes"] = found
            return
    if found := changes_in_pairs({name: _untagged(value) for name, value in details.items()}):
        draft.event["changes"] = found


def _actor(actor: Any) -> Party:
    tag = _tag(actor)
    details = actor.get(tag) if tag else None
    if not isinstance(details, dict):
        found = party(name=tag)
    else:
        found = party(
            id=text_at(details, "account_id") or text_at(details, "app_id"),
            name=text_at(details, "display_name") or text_at(details, "reseller_name"),
            email=text_at(details, "email") or text_at(details, "reseller_email"),
        )
    if found and tag in (*_PERSONS, "app", "dropbox"):
        found["kind"] = "person" if tag in _PERSONS else "service" if tag == "app" else "system"
    return found


def _assets(record: Any) -> list[Target]:
    found: list[Target] = []
    for asset in _list(record, "assets"):
        target: Target = {"kind": "file"} if _tag(asset) in _FILES else {}
        if id := text_at(asset, "file_id") or text_at(asset, "doc_id"):
            target["id"] = id
        if name := _path(asset):
            target["name"] = name
        if target.keys() - {"kind"}:
            found.append(target)
    return found


def _participants(record: Any) -> list[Target]:
    found: list[Target] = []
    for each in _list(record, "participants"):
        tag = _tag(each)
        details = each.get(tag) if tag else None
        if not isinstance(details, dict):
            continue
        target: Target = {"kind": "role" if tag == "group" else "user_account"}
        if id := text_at(details, "account_id") or text_at(details, "group_id"):
            target["id"] = id
        name = text_at(details, "email") or text_at(details, "display_name")
        if name:
            target["name"] = name
        if target.keys() - {"kind"}:
            found.append(target)
    return found


def _path(asset: Any) -> str:
    if not isinstance(asset, dict):
        return ""
    path = asset.get("path")
    whole = text_at(path, "contextual") if isinstance(path, dict) else ""
    return whole or text_at(asset, "display_name") or text_at(asset, "doc_title")


def _untagged(value: Any) -> Any:
    """Return a choice without further facts as its word."""
    return _tag(value) if isinstance(value, dict) and value.keys() == {_TAG} else value


def _tag(value: Any) -> str:
    return text_at(value, _TAG) if isinstance(value, dict) else ""


def _list(record: Any, key: str) -> list[dict[str, Any]]:
    value = record.get(key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _at(items: list[dict[str, Any]], place: Any) -> dict[str, Any] | None:
    return items[place] if type(place) is int and 0 <= place < len(items) else None
