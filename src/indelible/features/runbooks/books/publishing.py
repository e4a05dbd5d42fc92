"""From a draft to a version that never changes.

The entry that publishes has the document as its attachment and the digest of its canonical JSON, so the text in force
at any time is read from the log alone. Runs under way keep the version they began under. A version nobody walked
through may be published; that is said wherever the version is shown, and in its entry.

Where the organisation wants a second person, publishing becomes a request (`people.second`); what is agreed to is that
very draft, by somebody who did not write on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from indelible.events import own_books
from indelible.events.event import Attachment, Change, Context
from indelible.events.own import settings_changed
from indelible.features.people.models import Request, User
from indelible.features.people.second import services as second
from indelible.features.runbooks.books import comparing
from indelible.features.runbooks.books.checking import all_flaws
from indelible.features.runbooks.books.drafting import check_seen, clear_draft
from indelible.features.runbooks.books.errors import Actor, BookError, actor_of, person_of
from indelible.features.runbooks.books.holding import (
    check_not_retired,
    document_of_version,
    draft_document,
    held,
    is_author,
    look_again_on,
    newest_version,
    record,
)
from indelible.features.runbooks.books.kinds import PUBLISH
from indelible.features.runbooks.document.runbook import Runbook as Document
from indelible.features.runbooks.document.writing import digest_of, to_data, to_toml
from indelible.features.runbooks.models import BookSettings, Runbook, RunbookState, Version
from indelible.storage.database.attachments import store_attachment
from indelible.storage.database.models import Logbook
from indelible.web.acts import logbook_in_use

LONGEST_NOTE: Final = 1_000
SECOND_PERSON: Final = "second person for publishing runbooks"  # a setting, as entries say it
SETTING: Final = "all runbooks"  # what a request is about that is about no one runbook
MEDIA_TYPE: Final = "application/toml"


def publish(
    runbook: Runbook, by: Actor | User, now: datetime, *, note: str, seen: int, agreed: User | None = None
) -> Version:
    """Put the draft in force as the next version. `note` says what is new and why, `agreed` who agreed, where somebody
    had to.

    Raises BookError: `runbook-no-draft`, `runbook-draft-changed`, `runbook-retired`, `runbook-flaws`,
    `runbook-nothing-changed`, `runbook-needs-note`.
    """
    by = actor_of(by)
    user, note = person_of(by), _lawful(note)
    document = _publishable(runbook, seen)
    sealed = _sealed(runbook, document)  # before anything is held: the file is on the disk first
    with transaction.atomic():
        row = held(runbook)
        check_seen(row, seen)
        check_not_retired(row)
        newest = newest_version(row)
        digest, number = digest_of(document), newest.number + 1 if newest else 1
        walk = row.draft_walk if row.draft_walk and row.draft_walk.get("digest") == digest else None
        version = Version(
            runbook=row,
            number=number,
            document=to_data(document),
            digest=digest,
            note=note,
            published_at=now,
            published_by=user,
            written_by=row.draft_by,
            authors=row.draft_authors,
            entry=0,
            **_walked(walk),
        )
        row.title, row.team = document.title, document.team
        row.state, row.state_reason = RunbookState.PUBLISHED, ""
        row.look_again_on = look_again_on(document, now)
        clear_draft(row)
        event = own_books.published(
            by.party,
            row.key,
            row.title,
            number,
            digest,
            sealed,
            steps=len(document.steps),
            walked_by=str(walk["name"]) if walk else "",
            approver=agreed.name if agreed else "",
            note=note,
            context=by.context,
        )
        version.entry = record(row.logbook, event)
        version.save()
        row.save()
    return version


def _publishable(runbook: Runbook, seen: int) -> Document:
    """Return what would be published. Raises BookError where it cannot be."""
    row = Runbook.objects.select_related("draft_by", "logbook").get(pk=runbook.pk)
    check_seen(row, seen)
    check_not_retired(row)
    document = draft_document(row)
    if document is None:
        raise BookError("runbook-no-draft", title=row.title)
    if flaws := all_flaws(document, row.logbook):
        raise BookError("runbook-flaws", n=len(flaws), title=row.title)
    newest = newest_version(row)
    if newest is not None and newest.digest == digest_of(document):
        raise BookError("runbook-nothing-changed", title=row.title)
    return document


def _sealed(runbook: Runbook, document: Document) -> Attachment:
    text = to_toml(document).encode()
    return store_attachment(runbook.logbook, BytesIO(text), f"{runbook.key}.toml", MEDIA_TYPE)


def _walked(walk: dict[str, Any] | None) -> dict[str, Any]:
    """Return the walk-through of the draft as a version keeps it."""
    if walk is None:
        return {}
    return {
        "walked_by_id": walk["by"],
        "walked_at": datetime.fromisoformat(walk["at"]),
        "walked_note": walk["note"],
        "walked_entry": walk["entry"],
    }


def _lawful(note: str) -> str:
    note = note.strip()[:LONGEST_NOTE]
    if not note:
        raise BookError("runbook-needs-note")
    return note


# A second person -------------------------------------------------------------------------------------------


def needs_second() -> bool:
    """Whether publishing needs a second person."""
    return BookSettings.objects.filter(pk=1, two_people=True).exists()


def ask_to_publish(runbook: Runbook, by: Actor | User, now: datetime, *, note: str, seen: int) -> Request:
    """Ask for a second person to put the draft in force. Raises BookError as `publish` does."""
    by, note = actor_of(by), _lawful(note)
    document = _publishable(runbook, seen)
    facts = {
        "act": "publish",
        "runbook": runbook.pk,
        "seen": seen,
        "digest": digest_of(document),
        "note": note,
    }
    title = (
        f"version {_next(runbook)} of the runbook “{document.title}”"  # as entries say it, in any language
    )
    return _asked(title, facts, by, note, about(runbook), now)


def ask_for_one_person(by: Actor | User, now: datetime) -> Request:
    """Ask for a second person so that, from then on, one person may publish."""
    return _asked(
        "runbooks published without a second person", {"act": "one person"}, actor_of(by), "", SETTING, now
    )


def set_two_people(
    wanted: bool, by: Actor | User, *, agreed: User | None = None, logbook: Logbook | None = None
) -> None:
    """Set whether publishing needs a second person; on the record where that is another than before."""
    by = actor_of(by)
    with transaction.atomic():
        row, _new = BookSettings.objects.select_for_update().get_or_create(pk=1)
        if row.two_people == wanted:
            return
        words = {True: "always", False: "no"}
        changes: list[Change] = [
            {"field": SECOND_PERSON, "before": words[row.two_people], "after": words[wanted]}
        ]
        if agreed is not None:
            changes.append({"field": "agreed by", "after": agreed.name})
        row.two_people = wanted
        row.save()
        record(logbook or logbook_in_use(), settings_changed(by.party, changes, context=by.context))


def about(runbook: Runbook) -> str:
    """Return what a request about a runbook is known by."""
    return f"runbook {runbook.pk}"


def _next(runbook: Runbook) -> int:
    newest = newest_version(runbook)
    return newest.number + 1 if newest else 1


def _asked(title: str, facts: dict[str, Any], by: Actor, reason: str, about: str, now: datetime) -> Request:
    try:
        return second.ask(
            PUBLISH, title, facts, person_of(by), by.context or {}, reason=reason, about=about, now=now
        )
    except second.SecondRefused as refused:
        raise BookError(refused.code, **refused.facts) from refused


def carry_out(request: Request, decider: User, _context: Context) -> None:
    """Do what was asked, now that somebody agreed. Raises SecondRefused where it cannot be done any more."""
    facts = request.facts
    by, now = actor_of(request.by), request.decided_at or datetime.now(UTC)
    try:
        if facts["act"] != "publish":
            set_two_people(False, by, agreed=decider)
            return
        runbook = Runbook.objects.select_related("logbook").get(pk=facts["runbook"])
        if is_author(decider, runbook.draft_authors):
            raise BookError("runbook-own-text", title=runbook.title)
        publish(runbook, by, now, note=facts["note"], seen=facts["seen"], agreed=decider)
    except BookError as refused:
        raise second.SecondRefused(refused.code, **refused.facts) from refused


def lines(request: Request) -> Sequence[second.Line]:
    """Tell what would be another, for whoever decides."""
    facts = request.facts
    if facts["act"] != "publish":
        return [second.Line(_("Who agrees to a new version"), _("always a second person"), _("nobody"))]
    runbook = Runbook.objects.filter(pk=facts["runbook"]).first()
    draft = draft_document(runbook) if runbook else None
    if runbook is None or draft is None:
        return []
    newest = newest_version(runbook)
    if newest is None:
        return [second.Line(_("New runbook"), "", _("%(n)s steps") % {"n": len(draft.steps)})]
    found = comparing.differences(document_of_version(newest), draft)
    return [second.Line(each.what, each.before, each.after) for each in found]
