"""The events about Indelible itself: one builder an act, so that every feature tells it alike.

The product is the first to be recorded by itself. Each builder gives a lawful event without running
numbers and without a time of its own; whoever appends it does so in the transaction of the act, as
source 0. The source's own word (`action.said`) names the act for good; the sentence made from it is in
`own_sentence`. Entries are meant by index, from 0, as everywhere in what is sealed.

An `actor` of None is Indelible itself. What a builder is not told stays absent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, cast

from indelible.events.shape import Attachment, Change, Context, Event, Json, Outcome, Party, Target
from indelible.events.vocabulary import OWN_SYSTEM, category_of

SYSTEM: Final = OWN_SYSTEM
ITSELF: Final[Party] = {"name": "Indelible", "kind": "system"}

Verdict = Literal["matches", "does not match", "could not be checked"]
VERDICTS: Final[tuple[Verdict, ...]] = ("matches", "does not match", "could not be checked")


def own_event(
    said: str,
    verb: str,
    actor: Party | None,
    targets: Sequence[Target] = (),
    *,
    outcome: Outcome = "success",
    changes: Sequence[Change] = (),
    extra: Mapping[str, object] | None = None,
    reason: str | None = None,
    context: Context | None = None,
    refers_to: Mapping[str, object] | None = None,
    attachments: Sequence[Attachment] = (),
    occurred_at: str | None = None,
) -> Event:
    """Return an event of Indelible's own, with the category that follows from verb and things.

    What is None or empty is left out, inside `extra` too. For an act that none of the builders below
    tells; the general sentence then tells it.
    """
    action = {"verb": verb, "said": said}
    category = category_of(verb, [target["kind"] for target in targets if "kind" in target])
    if category is not None:
        action["category"] = category
    event: dict[str, Any] = {
        "occurred_at": occurred_at,
        "actor": actor or ITSELF,
        "action": action,
        "targets": [dict(target) for target in targets],
        "changes": [dict(change) for change in changes],
        "outcome": outcome,
        "context": dict(context) if context else None,
        "reason": reason,
        "source": {"name": "Indelible", "system": SYSTEM},
        "refers_to": refers_to,
        "attachments": [dict(attachment) for attachment in attachments],
        "extra": _present(extra or {}),
    }
    return cast(Event, _present(event))


def _present(values: Mapping[str, object]) -> dict[str, object]:
    """Return what says something: zero and no are answers, nothing is not."""
    return {name: value for name, value in values.items() if value is not None and value not in ("", [], {})}


def _thing(kind: str, identity: str | None = None, name: str | None = None) -> Target:
    return cast(Target, _present({"kind": kind, "id": identity, "name": name}))


# The record -------------------------------------------------------------------------------------------


def record_started(
    actor: Party | None,
    organisation: str,
    origin: str,
    public_key: str,
    *,
    context: Context | None = None,
    occurred_at: str | None = None,
) -> Event:
    """The first entry of a logbook: who began it, its origin and its verifier key as text."""
    return own_event(
        "record_started",
        "start",
        actor,
        [_thing("log.entry", origin, organisation)],
        extra={"origin": origin, "public_key": public_key},
        context=context,
        occurred_at=occurred_at,
    )


def entries_looked_at(
    actor: Party | None,
    entries: int | Sequence[int],
    what: str | None = None,
    *,
    context: Context | None = None,
    occurred_at: str | None = None,
) -> Event:
    """Somebody looked: `entries` is how many, or their indexes. `what` is the question asked, in words."""
    indexes = None if isinstance(entries, int) else sorted(set(entries))
    count = entries if isinstance(entries, int) else len(indexes or ())
    return own_event(
        "entries_looked_at",
        "view",
        actor,
        [_thing("log.entry")],
        extra={"row_count": count, "scope_entries": indexes, "query": what},
        context=context,
        occurred_at=occurred_at,
    )


def record_checked(
    actor: Party | None,
    verdict: str,
    entries: int,
    findings: int | Sequence[str] = 0,
    *,
    root: str | None = None,
    size: int | None = None,
    scope: str | None = None,
    context: Context | None = None,
    occurred_at: str | None = None,
) -> Event:
    """A check was made. `findings` is their number, or their kinds (one a finding, as in a report).

    `size` and `root` (base64) name the seal up to which it went, `scope` says in words what was checked
    where it was less than all. Raises ValueError for a verdict that is none of VERDICTS.
    """
    plain = verdict.replace("_", " ")
    if plain not in VERDICTS:
        raise ValueError(f"not one of the three verdicts: {verdict!r}")
    kinds = None if isinstance(findings, int) else sorted(set(findings))
    return own_event(
        "record_checked",
        "verify",
        actor,
        [_thing("log.verification")],
        outcome="partial" if plain == "could not be checked" else "success",
        extra={
            "verdict": plain,
            "count": entries,
            "findings": findings if isinstance(findings, int) else len(findings),
            "finding_kinds": kinds,
            "size": size,
            "root": root,
            "scope": scope,
        },
        context=context,
        occurred_at=occurred_at,
    )


def published(
    actor: Party | None,
    entries: int,
    files: int,
    *,
    root: str | None = None,
    context: Context | None = None,
    occurred_at: str | None = None,
) -> Event:
    """The commitments of the record were written out as static files."""
    return own_event(
        "record_published",
        "export",
        actor,
        [_thing("log.export")],
        extra={"row_count": entries, "item_count": files, "root": root},
        context=context,
        occurred_at=occurred_at,
    )


def exported(
    actor: Party | None,
    entries: int,
    what: str | None = None,
    *,
    file_name: str | None = None,
    file_digest: str | None = None,
    reason: str | None = None,
    context: Context | None = None,
    occurred_at: str | None = None,
) -> Event:
    """Entries left Indelible as a file. `what` is the question that chose them, in words."""
    return own_event(
        "entries_exported",
        "export",
        actor,
        [_thing("log.export", None, file_name)],
        extra={"row_count": entries, "query": what, "file_name": file_name, "file_digest": file_digest},
        reason=reason,
        context=context,
        occurred_at=occurred_at,
    )


def search_rebuilt(
    actor: Party | None, entries: int, *, context: Context | None = None, occurred_at: str | None = None
) -> Event:
    """What lists and searches read was made anew from the entries."""
    return own_event(
        "search_rebuilt",
        "restore",
        actor,
        [_thing("log.entry")],
        extra={"row_count": entries},
        context=context,
        occurred_at=occurred_at,
    )


def clock_found_behind(offset_ms: int, *, host: str | None = None, occurred_at: str | None = None) -> Event:
    """This machine's clock reads earlier than the newest entry, by so many milliseconds."""
    return own_event(
        "clock_found_behind",
        "detect",
        None,
        [_thing("clock", None, host)],
        extra={"offset_ms": offset_ms, "host": host},
        occurred_at=occurred_at,
    )


# Corrections and notes --------------------------------------------------------------------------------


def correction(
    actor: Party | None,
    entry: int,
    field: str,
    was: Json,
    right: Json,
    reason: str,
    *,
    through: int | None = None,
    evidence: str | None = None,
    attachments: Sequence[Attachment] = (),
    context: Context | None = None,
    occurred_at: str | None = None,
) -> Event:
    """An entry said `was` and `right` is right. `evidence` says where the right value comes from."""
    change: Change = {"field": field}
    if was is not None:
        change["before"] = was
    if right is not None:
        change["after"] = right
    return own_event(
        "entry_corrected",
        "change",
        actor,
        [_thing("log.entry", str(entry))],
        changes=[change],
        reason=reason,
        refers_to=_refers(entry, through, "correction"),
        extra={"proof": evidence},
        attachments=attachments,
        context=context,
        occurred_at=occurred_at,
    )


def mistaken_import(
    actor: Party | None,
    first: int,
    last: int,
    file_name: str,
    reason: str,
    *,
    context: Context | None = None,
    occurred_at: str | None = None,
) -> Event:
    """One correction that covers all entries of an import that should not have been made."""
    return own_event(
        "import_marked_as_mistake",
        "change",
        actor,
        [_thing("external_file", None, file_name)],
        reason=reason,
        refers_to=_refers(first, last, "correction"),
        extra={"file_name": file_name},
        context=context,
        occurred_at=occurred_at,
    )


def note(
    actor: Party | None,
    entry: int,
    text: str,
    *,
    through: int | None = None,
    kind: Literal["note", "answer"] = "note",
    attachments: Sequence[Attachment] = (),
    context: Context | None = None,
    occurred_at: str | None = None,
) -> Event:
    """Somebody wrote something down about an entry, or answered what was asked about it."""
    return own_event(
        "note_added",
        "note",
        actor,
        [_thing("log.entry", str(entry))],
        refers_to=_refers(entry, through, kind),
        extra={"what": text},
        attachments=attachments,
        context=context,
        occurred_at=occurred_at,
    )


def _refers(entry: int, through: int | None, relation: str) -> dict[str, object]:
    reference: dict[str, object] = {"entry": entry, "as": relation}
    if through is not None and through != entry:
        reference["through"] = through
    return reference


# Sources and imports ----------------------------------------------------------------------------------


def file_imported(
    actor: Party | None,
    source: str,
    file_name: str,
    counts: Mapping[str, int],
    file_digest: str | None = None,
    first: int | None = None,
    last: int | None = None,
    notices: Sequence[Mapping[str, object]] = (),
    *,
    system: str | None = None,
    size: int | None = None,
    earliest: str | None = None,
    latest: str | None = None,
    given: Mapping[str, str] | None = None,
    mapping: Mapping[str, object] | None = None,
    import_id: int | None = None,
    members: Sequence[Mapping[str, object]] = (),
    stopped: bool = False,
    context: Context | None = None,
    occurred_at: str | None = None,
) -> Event:
    """The receipt of a file: every record in it is accounted for.

    `counts` has read, recorded, duplicates, conflicts and rejected; what is missing counts as 0. `first`
    and `last` are the indexes of its entries, `file_digest` its SHA-256 in hex, `size` its bytes,
    `earliest` and `latest` the instants it spans, `given` and `mapping` what a person told us.
    """
    whole = {
        name: counts.get(name, 0) for name in ("read", "recorded", "duplicates", "conflicts", "rejected")
    }
    complete = not stopped and whole["rejected"] == 0
    return own_event(
        "file_imported",
        "import",
        actor,
        [_thing("external_file", str(import_id) if import_id is not None else None, file_name)],
        outcome="success" if complete else "partial",
        refers_to=None if first is None else _refers(first, last, "run"),
        extra={
            "file_name": file_name,
            "file_digest": file_digest,
            "size": size,
            "system": system,
            "row_count": whole["read"],
            "first_entry": first,
            "last_entry": last,
            "time_range": _present({"from": earliest, "to": latest}),
            "counts": whole,
            "from_source": source,
            "stopped": stopped or None,
            "notices": [dict(notice) for notice in notices],
            "given": dict(given or {}),
            "mapping": dict(mapping or {}),
            "members": [dict(member) for member in members],
        },
        context=context,
        occurred_at=occurred_at,
    )


def file_refused(
    actor: Party | None,
    source: str | None,
    file_name: str,
    code: str,
    title: str | None = None,
    *,
    file_digest: str | None = None,
    size: int | None = None,
    context: Context | None = None,
    occurred_at: str | None = None,
) -> Event:
    """A whole file could not be taken in. `code` is the refusal's, `title` its words for people."""
    return own_event(
        "file_refused",
        "import",
        actor,
        [_thing("external_file", None, file_name)],
        outcome="failure",
        reason=title or code,
        extra={
            "file_name": file_name,
            "file_digest": file_digest,
            "size": size,
            "outcome_code": code,
            "from_source": source,
        },
        context=context,
        occurred_at=occurred_at,
    )


def source_added(
    actor: Party | None,
    source_id: int,
    name: str,
    system: str | None = None,
    *,
    settings: Mapping[str, str] | None = None,
    context: Context | None = None,
    occurred_at: str | None = None,
) -> Event:
    """A source began. Its id is never given again. `settings` are how it is connected, in words by label."""
    return own_event(
        "source_added",
        "create",
        actor,
        [_thing("log_source", str(source_id), name)],
        extra={"system": system, "settings": dict(settings or {})},
        context=context,
        occurred_at=occurred_at,
    )


def source_renamed(
    actor: Party | None,
    source_id: int,
    before: str,
    after: str,
    *,
    context: Context | None = None,
    occurred_at: str | None = None,
) -> Event:
    """A source goes by another name from now on; its id and its numbers stay."""
    return own_event(
        "source_renamed",
        "change",
        actor,
        [_thing("log_source", str(source_id), after)],
        changes=[{"field": "name", "before": before, "after": after}],
        context=context,
        occurred_at=occurred_at,
    )


def source_changed(
    actor: Party | None,
    source_id: int,
    name: str,
    changes: Sequence[Change],
    *,
    reason: str | None = None,
    context: Context | None = None,
    occurred_at: str | None = None,
) -> Event:
    """How a source is read or watched was set differently."""
    return own_event(
        "source_changed",
        "change",
        actor,
        [_thing("log_source", str(source_id), name)],
        changes=changes,
        reason=reason,
        context=context,
        occurred_at=occurred_at,
    )


def source_switched(
    actor: Party | None,
    source_id: int,
    name: str,
    to: Literal["paused", "resumed", "ended"],
    *,
    reason: str | None = None,
    context: Context | None = None,
    occurred_at: str | None = None,
) -> Event:
    """A source was paused, resumed, or ended for good."""
    verb = {"paused": "stop", "resumed": "start", "ended": "close"}[to]
    return own_event(
        f"source_{to}",
        verb,
        actor,
        [_thing("log_source", str(source_id), name)],
        reason=reason,
        context=context,
        occurred_at=occurred_at,
    )


# People -----------------------------------------------------------------------------------------------


def signed_in(
    actor: Party | None,
    context: Context | None = None,
    outcome: Outcome = "success",
    *,
    reason: str | None = None,
    occurred_at: str | None = None,
) -> Event:
    """Somebody signed in, or tried to. Who is not known goes by {"kind": "unknown"} and what was typed."""
    return own_event(
        "signed_in",
        "sign_in",
        actor,
        outcome=outcome,
        reason=reason,
        context=context,
        occurred_at=occurred_at,
    )


def signed_out(
    actor: Party | None, context: Context | None = None, *, occurred_at: str | None = None
) -> Event:
    """Somebody signed out."""
    return own_event("signed_out", "sign_out", actor, context=context, occurred_at=occurred_at)


def password_changed(
    actor: Party | None,
    whose: Party | None = None,
    *,
    outcome: Outcome = "success",
    reason: str | None = None,
    context: Context | None = None,
    occurred_at: str | None = None,
) -> Event:
    """Somebody changed their own password, or that of `whose`. No password is ever part of an event."""
    holder = whose or actor or ITSELF
    name = holder.get("name") or holder.get("email")
    return own_event(
        "password_changed",
        "change",
        actor,
        [_thing("credential", holder.get("id"), name)],
        outcome=outcome,
        reason=reason,
        context=context,
        occurred_at=occurred_at,
    )


def person_added(
    actor: Party | None,
    person: Party,
    role: str | None = None,
    *,
    context: Context | None = None,
    occurred_at: str | None = None,
) -> Event:
    """Somebody was given an account in Indelible. `role` is its name as the pages show it."""
    name = person.get("name") or person.get("email")
    return own_event(
        "person_added",
        "create",
        actor,
        [_thing("log.reader", person.get("id"), name)],
        extra={"account": person.get("email"), "account_kind": role},
        context=context,
        occurred_at=occurred_at,
    )


def settings_changed(
    actor: Party | None,
    changes: Sequence[Change],
    *,
    what: str | None = None,
    reason: str | None = None,
    context: Context | None = None,
    occurred_at: str | None = None,
) -> Event:
    """A setting became another; `what` names the page or group of settings."""
    return own_event(
        "settings_changed",
        "change",
        actor,
        [_thing("system_setting", None, what)],
        changes=changes,
        reason=reason,
        context=context,
        occurred_at=occurred_at,
    )
