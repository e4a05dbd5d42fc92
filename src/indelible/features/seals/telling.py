"""A check and its findings in the words of the pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.features.seals.models import Check
from indelible.web.numbers import written

ENTRY_KINDS = frozenset({"altered", "removed", "inserted", "swapped", "gone"})
# After these findings alone, each entry that they do not name fits its seal.
NAMED_KINDS = frozenset({"altered", "swapped", "gone", "search_differs"})
MISSING_STATES = {"matches": "complete", "does not match": "missing"}  # names of web.states
QUIET_KINDS = frozenset({"clock", "erased", "not_checked"})


@dataclass(frozen=True, slots=True)
class CheckView:
    """What a check's page says at its top."""

    state: str  # a name of web.states
    title: str
    meaning: str
    questions: list[tuple[str, str, str]]  # verdict, question, answer
    seconds: float | None
    trusted_through: int | None
    others: (
        int | None
    )  # of an altered record: how many entries are untouched, where all altered ones are named
    entries: int
    missing: list[dict[str, Any]]  # what is missing of the sources, as the check found it


def check_view(row: Check) -> CheckView:
    """Put a check in words."""
    report: dict[str, Any] = row.report or {}
    asked = question_words()
    questions = [
        (each["verdict"], asked.get(each["number"], ""), each["message"])
        for each in report.get("questions", [])
    ]
    missing = report.get("missing")
    if missing:  # stands beside the others: it says nothing about the log itself
        state = MISSING_STATES.get(missing["verdict"], missing["verdict"])
        questions.append((state, asked[5], missing["message"]))
    seconds = (
        (row.finished_at - row.started_at).total_seconds() if row.finished_at and row.started_at else None
    )
    state, title, meaning = _answer(row, report)
    trusted = report.get("trusted_through") if row.verdict == "does not match" else None
    entries = report.get("entries", row.size)
    others = _untouched_others(report, entries) if row.verdict == "does not match" else None
    absences: list[dict[str, Any]] = missing["findings"] if missing else []
    return CheckView(state, title, meaning, questions, seconds, trusted, others, entries, absences)


def question_words() -> dict[int, str]:
    """Return the questions that a check answers, by number."""
    return {
        1: _("Is every entry as it was recorded?"),
        2: _("Is every seal signed, and does each contain the one before?"),
        3: _("Do the copies agree?"),
        4: _("Do search and lists tell the same story?"),
        5: _("Is anything missing?"),
    }


def _answer(row: Check, report: dict[str, Any]) -> tuple[str, str, str]:
    if row.state in (Check.State.WAITING, Check.State.RUNNING):
        return "checking", _("Checking"), _("You can leave this page. The check goes on.")
    if row.state == Check.State.STOPPED:
        return (
            "stopped",
            _("This check was stopped"),
            _("It says nothing yet. It can go on from where it stood."),
        )
    if row.state == Check.State.FAILED:
        return (
            "could not be checked",
            _("This check could not be finished"),
            _(
                "The fault is in the program or the machine, and says nothing about the record. Try once more."
            ),
        )
    entries = report.get("entries", 0)
    if not entries:
        return "could not be checked", _("There was nothing to check"), _("Nothing checked is never fine.")
    if row.verdict == "matches":
        words = ngettext(
            "We checked the one sealed entry. It was not changed, removed or moved since it was recorded.",
            "We checked all %(n)s sealed entries. None was changed, removed or put in a different order.",
            entries,
        )
        return "untouched", _("Your record is untouched"), words % {"n": written(entries)}
    if row.verdict == "does not match":
        return "altered", _("The record has been altered"), _altered_words(report)
    return (
        "partial",
        _("Not everything could be checked"),
        _("What could be checked fits. Below is what could not, and why."),
    )


def _altered_words(report: dict[str, Any]) -> str:
    spans = _spans(report)
    if not spans:
        return _("What is stored no longer fits its seals.")
    number = sum(each.entries for each in spans)
    if any(each.is_bound for each in spans):
        words = ngettext(
            "At least %(n)s entry no longer matches its seal.",
            "At least %(n)s entries no longer match their seals.",
            number,
        )
    else:
        words = ngettext(
            "%(n)s entry no longer matches its seal.",
            "%(n)s entries no longer match their seals.",
            number,
        )
    return words % {"n": written(number)}


@dataclass(frozen=True, slots=True)
class _Span:
    """Entries that findings name: how many of them no longer fit, and whether that is only the least."""

    entries: int
    is_bound: bool


def _spans(report: dict[str, Any]) -> list[_Span]:
    places = {
        (each["kind"] == "altered", each["kind"] == "swapped", each["first_entry"], each["last_entry"])
        for each in report.get("findings", [])
        if each["first_entry"] is not None and each["kind"] in ENTRY_KINDS
    }
    spans = {}
    for altered, swapped, first, last in places:
        last = first if last is None else last
        if swapped and last != first:
            spans[first, last] = _Span(2, is_bound=False)
        elif altered and last != first:  # one of them, and nobody can tell which
            spans[first, last] = _Span(1, is_bound=True)
        else:
            spans[first, last] = _Span(last - first + 1, is_bound=False)
    return list(spans.values())


def _untouched_others(report: dict[str, Any], entries: int) -> int | None:
    """Return how many entries fit their seals, where every one that does not is named."""
    accusing = {each["kind"] for each in report.get("findings", [])} - QUIET_KINDS
    spans = _spans(report)
    if not spans or accusing - NAMED_KINDS or any(each.is_bound for each in spans):
        return None
    return entries - sum(each.entries for each in spans)


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding as the page lists it. Numbers count from 1; None where no entry is named."""

    state: str
    word: str
    message: str
    first: int | None
    last: int | None
    can_be_opened: bool


def finding_views(row: Check) -> list[FindingView]:
    """Return the findings of a check, those that accuse first, each in words."""
    found = (row.report or {}).get("findings", [])
    views = [_finding(each) for each in found]
    return sorted(views, key=lambda view: (view.state != "altered", view.first or 0))


def _finding(told: dict[str, Any]) -> FindingView:
    kind, first, last = told["kind"], told["first_entry"], told["last_entry"]
    quiet = kind in QUIET_KINDS
    state = "could not be checked" if kind == "not_checked" else "information" if quiet else "altered"
    return FindingView(
        state,
        kind_words().get(kind, kind),
        told["message"],
        None if first is None else first + 1,
        None if last is None or last == first else last + 1,
        kind in ("altered", "swapped", "inserted", "gone", "search_differs", "erased") and first is not None,
    )


def kind_words() -> dict[str, str]:
    """Return the one word or two that name each kind of finding."""
    return {
        "altered": _("Altered"),
        "removed": _("Removed"),
        "inserted": _("Slipped in"),
        "swapped": _("Exchanged"),
        "cut_off": _("Cut off"),
        "gone": _("Content missing"),
        "search_differs": _("Search altered"),
        "tile_differs": _("Tree altered"),
        "checkpoint_differs": _("Seal altered"),
        "rewritten": _("Rewritten"),
        "other_key": _("Another key"),
        "fork": _("Two versions"),
        "copy_differs": _("Copy differs"),
        "number_missing": _("Number missing"),
        "number_doubled": _("Number twice"),
        "clock": _("Clock"),
        "erased": _("Erased"),
        "not_checked": _("Not checked"),
    }
