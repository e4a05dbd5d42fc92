"""A document in words, part by part: for the pages, for print and the handbook, and for what differs between two.

Nothing here is looked up but the words themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from indelible.features.runbooks.books import wording
from indelible.features.runbooks.books.spans import words_of
from indelible.features.runbooks.document.runbook import Check, Clock, Field, Role, Runbook, Step, View, Wait
from indelible.features.runbooks.timetable.words import words as schedule_words


@dataclass(frozen=True, slots=True)
class Line:
    """One part in words. `key` names it for good; several items are a list."""

    key: str
    label: str
    items: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of it as one text."""
        return "; ".join(self.items)


@dataclass(frozen=True, slots=True)
class ToldStep:
    """A step in words."""

    number: int
    key: str
    title: str
    kind: str
    do: str
    by: str
    reasons: tuple[Line, ...]  # why, what done looks like, what to do if it fails
    lines: tuple[Line, ...]  # what it asks for besides: fields, files, lists, checks, signature

    @property
    def all_lines(self) -> tuple[Line, ...]:
        """Every part that two versions may differ in."""
        first = (
            Line("title", _("Title"), (self.title,)),
            Line("do", _("What to do"), (self.do,)),
            Line("by", _("By whom"), (self.by,)),
            Line("kind", _("Kind of step"), (self.kind,)),
        )
        return (*first, *self.reasons, *self.lines)


@dataclass(frozen=True, slots=True)
class Told:
    """A whole document in words."""

    id: str
    title: str
    purpose: str
    team: str
    owner: str
    note: str
    facts: tuple[Line, ...]
    roles: tuple[tuple[str, str, str], ...]  # key, what it is called, what is said of it
    steps: tuple[ToldStep, ...] = field(default=())

    @property
    def all_lines(self) -> tuple[Line, ...]:
        """Every part of the head that two versions may differ in."""
        first = (
            Line("title", _("Title"), (self.title,)),
            Line("purpose", _("What it is for"), (self.purpose,)),
            Line("team", _("Team"), (self.team,)),
            Line("owner", _("Who answers for it"), (self.owner,)),
            Line("note", _("Note"), (self.note,)),
        )
        roles = tuple(
            Line(f"roles.{key}", _("Role"), tuple(part for part in (title, words) if part))
            for key, title, words in self.roles
        )
        return (*(line for line in first if line.text), *roles, *self.facts)


def tell(document: Runbook) -> Told:
    """Return a document in words, in the language of the page."""
    return Told(
        id=document.id,
        title=document.title or document.id,
        purpose=document.purpose,
        team=wording.team(document.team),
        owner=wording.role(document, document.owner),
        note=document.note,
        facts=tuple(_facts(document)),
        roles=tuple((key, role.title, _role(document, role)) for key, role in document.roles.items()),
        steps=tuple(_step(document, place, step) for place, step in enumerate(document.steps, 1)),
    )


def _facts(document: Runbook) -> Iterator[Line]:
    starts = document.starts
    yield from _line("when", _("When"), starts.when)
    yield from _line("trigger", _("What starts it"), starts.trigger)
    yield from _line(
        "schedule", _("By the calendar"), *(_up(schedule_words(each)) for each in starts.schedule)
    )
    yield from _line("on", _("Started by itself"), *(_up(wording.trigger(each)) for each in starts.on))
    due = document.due_words or (_up(wording.due(document, document.due)) if document.due else "")
    yield from _line("due", _("Due"), due)
    if document.lapses:
        yield Line(
            "lapses",
            _("When that day is over"),
            (_("It counts as missed; nothing of it can be done later."),),
        )
    yield from _line("clocks", _("Deadlines of a law"), *(_clock(document, each) for each in document.clocks))
    yield from _line("outputs", _("What a run leaves behind"), *document.outputs)
    yield from _line("serves", _("It serves"), ", ".join(document.serves))
    yield from _line("uses", _("Rules whose entries it reads"), ", ".join(document.uses))
    yield from _line("keep", _("Runs are kept"), _up(wording.keep(document.keep)))
    again = _("After %(span)s") % {"span": words_of(document.look_again)}
    yield from _line("look_again", _("The text is looked at again"), again)


def _line(key: str, label: str, *items: str) -> Iterator[Line]:
    if kept := tuple(item for item in items if item):
        yield Line(key, label, kept)


def _up(text: str) -> str:
    """Return our own words with a capital, where they stand alone."""
    return text[:1].upper() + text[1:]


def _role(document: Runbook, role: Role) -> str:
    parts = [role.note] if role.note else []
    if role.not_:
        others = ", ".join(wording.role(document, key) for key in role.not_)
        parts.append(_("Not the same person as: %(others)s.") % {"others": others})
    if role.outsider:
        parts.append(_("May be somebody from outside, by a link and a PIN."))
    return " ".join(parts)


def _clock(document: Runbook, clock: Clock) -> str:
    told = _("%(title)s (%(clause)s): %(span)s from %(moment)s, met by %(step)s") % {
        "title": clock.title,
        "clause": clock.clause,
        "span": words_of(clock.within),
        "moment": wording.moment(document, clock.after),
        "step": wording.step(document, clock.met_by),
    }
    if clock.only_if:
        told = _("%(told)s, only where %(condition)s") % {
            "told": told,
            "condition": wording.condition(document, clock.only_if),
        }
    return told


def _step(document: Runbook, number: int, step: Step) -> ToldStep:
    reasons = (
        *_line("why", _("Why it is asked"), step.why),
        *_line("done", _("What done looks like"), step.done),
        *_line("if_fails", _("If it fails"), step.if_fails),
    )
    return ToldStep(
        number=number,
        key=step.key,
        title=step.title,
        kind=str(wording.KINDS[step.kind]),
        do=step.do,
        by=wording.role(document, step.by),
        reasons=reasons,
        lines=tuple(_lines(document, step)),
    )


def _lines(document: Runbook, step: Step) -> Iterator[Line]:
    yield from _line("due", _("Due"), _up(wording.due(document, step.due)) if step.due else "")
    yield from _line("fields", _("Fill in"), *(_field(each) for each in step.fields))
    yield from _line("files", _("Attach"), _files(step))
    yield from _line("view", _("Look at"), *map(_up, _view(step.view) if step.view else ()))
    yield from _line("wait", _("Wait"), _up(_wait(document, step.wait)) if step.wait else "")
    yield from _line("checks", _("Indelible looks up"), *(_check(each) for each in step.checks))
    yield from _line("branches", _("Ways on"), *(wording.branch(document, each) for each in step.branches))
    yield from _line("sign", _("Signed by"), wording.signature(document, step))
    if step.covers:
        covered = [wording.step(document, key) for key in step.covers]
        yield from _line("covers", _("The signature covers also"), *covered)
    if step.overlaps:
        yield Line("overlaps", _("Meanwhile"), (_("Steps after it may begin before it is signed."),))
    if step.optional:
        yield Line("optional", _("Needed"), (_("Only where it is wanted; it may be left out."),))


def _field(told: Field) -> str:
    words = f"{told.label} ({str(wording.FIELDS[told.kind]).lower()})"
    if told.options:
        words = f"{told.label}: {' / '.join(told.options)}"
    if told.hint:
        words = f"{words}. {told.hint}"
    return words if told.required else _("%(field)s, optional") % {"field": words}


def _files(step: Step) -> str:
    if step.files and step.files_least > 1:
        return _("%(files)s (at least %(n)s files)") % {"files": step.files, "n": step.files_least}
    return step.files


def _view(view: View) -> Iterator[str]:
    if view.entries and view.sample:
        yield _("%(n)s entries drawn by chance of: %(sentence)s") % {
            "n": view.sample,
            "sentence": view.entries,
        }
    elif view.entries:
        yield _("the entries: %(sentence)s") % {"sentence": view.entries}
    else:
        yield str(wording.LISTS.get(view.list_, view.list_))
    if view.decide:
        yield _("For each: %(choices)s") % {"choices": " / ".join(view.decide)}
    if view.reason_for:
        yield _("With a reason: %(choices)s") % {"choices": " / ".join(view.reason_for)}
    if view.at_least:
        yield _("At least %(n)s of them are opened") % {"n": view.at_least}


def _wait(document: Runbook, wait: Wait) -> str:
    if wait.event:
        return _("until an entry arrives: %(sentence)s") % {"sentence": wait.event}
    span = words_of(wait.within, working=wait.working)
    return _("%(span)s from %(moment)s") % {"span": span, "moment": wording.moment(document, wait.after)}


def _check(check: Check) -> str:
    if not check.if_fails:
        return check.says
    return _("%(says)s. If not: %(do)s") % {"says": check.says.rstrip("."), "do": check.if_fails}
