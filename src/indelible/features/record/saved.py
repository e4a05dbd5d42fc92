"""Saved views: a question under a name, for whoever saved it or for everybody.

A view keeps the question as it was typed and is read anew each time, so that "last month" moves on with the days. It
also keeps what the question meant when it was saved. Where it means something else by now (a person or a source goes
by another name, say), or can no longer be read, whoever opens it is told so; nobody must take another population for
the one that was agreed on.

What people save for themselves is theirs. A shared view may be what others rely on: that it was shared, changed or
ended is an entry, in the transaction of the act.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from indelible.events import own_views
from indelible.events.event import Change, Context
from indelible.features.people.models import User
from indelible.features.record.asking import Asked
from indelible.features.record.models import SavedView
from indelible.language.pattern import Pattern
from indelible.storage.database.models import Logbook
from indelible.web.acts import party_of, record

LONGEST_NAME: Final = 60
MOST_OWN: Final = 50
MOST_SHARED: Final = 100


class SavedViewError(Exception):
    """What was asked cannot be done. `code` is a key of explanations.toml, `facts` fill its words."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def views_for(logbook: Logbook, user: User) -> QuerySet[SavedView]:
    """Return the views that somebody sees: those shared with everybody first, then their own."""
    return SavedView.objects.filter(Q(shared=True) | Q(owner=user), logbook=logbook)


def save_view(
    logbook: Logbook, user: User, name: str, asked: Asked, *, shared: bool, context: Context, once: str | None
) -> SavedView:
    """Save a question under a name. Raises SavedViewError."""
    name = _lawful_name(name)
    _check_question(asked)
    with transaction.atomic():
        _check_room(logbook, user, name, shared=shared)
        view = SavedView(
            logbook=logbook,
            owner=user,
            name=name,
            typed=asked.typed,
            sentence=asked.words,
            pattern=asked.pattern.to_json(),
            shared=shared,
        )
        _save(view)
        if shared:
            _tell_shared(view, user, context, once)
    return view


def change_view(
    view: SavedView,
    user: User,
    name: str,
    asked: Asked,
    *,
    shared: bool,
    context: Context,
    once: str | None,
) -> bool:
    """Give a view another name or question, share it, or take it back; return whether anything changed.

    Raises SavedViewError.
    """
    name = _lawful_name(name)
    _check_question(asked)
    with transaction.atomic():
        view = SavedView.objects.select_for_update().get(pk=view.pk)
        before, was_shared = (view.name, view.sentence, view.typed), view.shared
        if (name, asked.words, asked.typed) == before and shared == was_shared:
            # Saved again as it is: what it means today is what it is meant to mean.
            view.pattern = asked.pattern.to_json()
            view.save(update_fields=["pattern"])
            return False
        if shared != was_shared or name != view.name:
            _check_room(view.logbook, view.owner, name, shared=shared, but=view)
        changes = _changes(before, (name, asked.words, asked.typed))
        old_name, old_sentence, _old_typed = before
        view.name, view.typed, view.sentence = name, asked.typed, asked.words
        view.pattern, view.shared = asked.pattern.to_json(), shared
        _save(view)
        if was_shared and not shared:
            event = own_views.shared_view_ended(
                party_of(user), view.pk, old_name, old_sentence, context=context
            )
            record(event, once=once)
        elif shared and not was_shared:
            _tell_shared(view, user, context, once)
        elif shared:
            event = own_views.shared_view_changed(
                party_of(user), view.pk, view.name, changes, context=context
            )
            record(event, once=once)
    return True


def delete_view(view: SavedView, user: User, *, context: Context, once: str | None) -> None:
    """Delete a view. The entries that it found are not touched; of a shared one the record holds that it ended."""
    with transaction.atomic():
        found = SavedView.objects.select_for_update().filter(pk=view.pk).first()
        if found is None:
            return
        if found.shared:
            event = own_views.shared_view_ended(
                party_of(user), found.pk, found.name, found.sentence, context=context
            )
            record(event, once=once)
        found.delete()


def has_moved(view: SavedView, asked: Asked) -> bool:
    """Whether a view, read now, means something else than when it was saved; moving periods do not count."""
    try:
        then = Pattern.from_json(view.pattern)
    except ValueError:
        return True
    return _without_ends(then) != _without_ends(asked.pattern)


def _without_ends(pattern: Pattern) -> Pattern:
    """Return a pattern with a period that moves with the day told by its words alone."""
    if pattern.when is None or not pattern.when.text:
        return pattern
    return replace(pattern, when=replace(pattern.when, start="", end=""))


def _save(view: SavedView) -> None:
    """Write the row. Raises SavedViewError where somebody took the name at the same moment."""
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError:
        raise SavedViewError("view-name-taken", name=view.name) from None


def _lawful_name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise SavedViewError("view-name-missing")
    if len(name) > LONGEST_NAME:
        raise SavedViewError("view-name-too-long", most=LONGEST_NAME)
    return name


def _check_question(asked: Asked) -> None:
    """Refuse a question that not everybody would read alike."""
    if not asked.typed:
        raise SavedViewError("view-asks-nothing")
    if not asked.is_clear:
        raise SavedViewError("view-not-understood")


def _check_room(
    logbook: Logbook, user: User, name: str, *, shared: bool, but: SavedView | None = None
) -> None:
    """Refuse a name that is taken, and one view too many."""
    rows = SavedView.objects.filter(logbook=logbook, shared=shared)
    if not shared:
        rows = rows.filter(owner=user)
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    if rows.filter(name=name).exists():
        raise SavedViewError("view-name-taken", name=name)
    most = MOST_SHARED if shared else MOST_OWN
    if rows.count() >= most:
        raise SavedViewError("views-too-many", most=most)


def _changes(before: tuple[str, str, str], after: tuple[str, str, str]) -> list[Change]:
    """Return what is different: the name, and the question in words (as typed, where the words are the same)."""
    changes: list[Change] = []
    if before[0] != after[0]:
        changes.append({"field": "name", "before": before[0], "after": after[0]})
    if before[1] != after[1]:
        changes.append({"field": "question", "before": before[1], "after": after[1]})
    elif before[2] != after[2]:
        changes.append({"field": "question as typed", "before": before[2], "after": after[2]})
    return changes


def _tell_shared(view: SavedView, user: User, context: Context, once: str | None) -> None:
    event = own_views.view_shared(party_of(user), view.pk, view.name, view.sentence, context=context)
    record(event, once=once)
