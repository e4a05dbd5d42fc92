"""How things of a run are said: states, deadlines, spans, meanings of signatures, answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from indelible.features.runbooks.document.runbook import Field
from indelible.features.runbooks.models import Result, RunState, StepState
from indelible.features.runbooks.running.dates import moment_of
from indelible.features.runbooks.running.evidence import WHY
from indelible.web.moments import Reader

# A name of `web.states` gives the shape and the colour, the word says it.
STEP: Final[Mapping[str, tuple[str, Any, str, str]]] = {
    # state: (shape, word, node, tone of the node)
    StepState.WAITING: ("waiting", gettext_lazy("Not yet"), "dot", "wait"),
    StepState.OPEN: ("open", gettext_lazy("To do"), "arrow", "acc"),
    StepState.DONE: ("done", gettext_lazy("Done"), "tick", ""),
    StepState.SIGNED: ("done", gettext_lazy("Signed"), "tick", "acc"),
    StepState.SENT_BACK: ("due", gettext_lazy("Sent back"), "turn", ""),
    StepState.SKIPPED: ("off", gettext_lazy("Skipped"), "minus", ""),
    StepState.PASSED_OVER: ("off", gettext_lazy("Not needed"), "minus", ""),
    StepState.NOT_CONCLUDED: ("look", gettext_lazy("Not concluded"), "cross", ""),
}
RUN: Final[Mapping[str, tuple[str, Any]]] = {
    RunState.OPEN: ("open", gettext_lazy("Under way")),
    RunState.PAUSED: ("paused", gettext_lazy("Paused")),
    RunState.CLOSED: ("done", gettext_lazy("Finished")),
    RunState.NOT_CONCLUDED: ("look", gettext_lazy("Not concluded")),
    RunState.MISSED: ("missing", gettext_lazy("Missed")),
    RunState.WITHDRAWN: ("off", gettext_lazy("Withdrawn")),
}
CHECK: Final[Mapping[str, tuple[str, Any]]] = {
    Result.PASSED: ("done", gettext_lazy("Passed")),
    Result.FAILED: ("not passed", gettext_lazy("Did not pass")),
    Result.UNCHECKED: ("could not be checked", gettext_lazy("Could not be checked")),
}
MEANS: Final[Mapping[str, Any]] = {
    "requested": gettext_lazy("I asked for this"),
    "prepared": gettext_lazy("I prepared this"),
    "checked": gettext_lazy("I checked this"),
    "approved": gettext_lazy("I approve this"),
    "witnessed": gettext_lazy("I was there and saw this"),
    "acknowledged": gettext_lazy("I have read this"),
}
HOUR: Final = 3_600


def by_when(due: datetime, now: datetime, reader: Reader) -> str:
    """Say by when something is due: "Due today, 18:00", "Overdue since 3 June 2025, 18:00"."""
    local, today = reader.local(due), reader.local(now).date()
    when = f"{reader.day(local)}, {reader.clock(due, seconds=False)}"
    if due < now:
        return _("Overdue since %(when)s") % {"when": when}
    if local.date() == today:
        return _("Due today, %(time)s") % {"time": reader.clock(due, seconds=False)}
    if local.date() == today + timedelta(days=1):
        return _("Due tomorrow, %(time)s") % {"time": reader.clock(due, seconds=False)}
    return _("Due %(when)s") % {"when": when}


def span(length: timedelta) -> str:
    """Say a length of time in hours, and in days as well where it is long: "52 hours (2 days and 4 hours)"."""
    seconds = int(abs(length).total_seconds())
    if seconds < HOUR:
        minutes = max(1, seconds // 60)
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours = seconds // HOUR
    told = ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    days, rest = divmod(hours, 24)
    if days == 0 or hours < 48:
        return told
    in_days = ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    if rest:
        more = ngettext("%(n)d hour", "%(n)d hours", rest) % {"n": rest}
        in_days = _("%(days)s and %(hours)s") % {"days": in_days, "hours": more}
    return f"{told} ({in_days})"


def late_by(due: datetime | None, done: datetime | None) -> timedelta | None:
    """Return how late something was done, None where it was in time."""
    return done - due if due is not None and done is not None and done > due else None


def answer(field: Field, values: Mapping[str, Any], reader: Reader, by: str) -> str:
    """Say what was filled in. A statement is shown as said by whoever made it."""
    value = str(values.get(field.key) or "")
    if field.kind == "confirm" and value:
        if value == "yes":
            return _("Yes, says %(name)s") % {"name": by} if by else _("Yes")
        why = str(values.get(field.key + WHY) or "")
        return _("No: %(why)s") % {"why": why} if why else _("No")
    if field.kind == "yes_no":
        return {"yes": _("Yes"), "no": _("No")}.get(value, value)
    if field.kind == "moment" and (moment := moment_of(value, reader.tz)) is not None:
        return f"{reader.moment(moment, seconds=False)} ({reader.offset(moment)})"
    if field.kind == "date" and value:
        return _day(value, reader)
    return value


def _day(value: str, reader: Reader) -> str:
    try:
        return reader.day(date.fromisoformat(value))
    except ValueError:
        return value


def results(counts: Mapping[str, int]) -> str:
    """Say how many checks came out how: "3 checks passed, 1 did not pass, 1 could not be checked"."""
    parts = []
    if n := counts.get(Result.PASSED, 0):
        parts.append(ngettext("%(n)d check passed", "%(n)d checks passed", n) % {"n": n})
    if n := counts.get(Result.FAILED, 0):
        parts.append(ngettext("%(n)d check did not pass", "%(n)d checks did not pass", n) % {"n": n})
    if n := counts.get(Result.UNCHECKED, 0):
        told = ngettext("%(n)d check could not be made", "%(n)d checks could not be made", n)
        parts.append(told % {"n": n})
    return ", ".join(parts)


def barred(code: str, facts: Mapping[str, Any], own_name: str) -> dict[str, str]:
    """Say on a page why somebody gets no button there, and who can do it. Looking at a page is no attempt."""
    whom, name = str(facts.get("whom") or ""), str(facts.get("name") or "")
    others = _("%(whom)s can do it.") % {"whom": whom} if whom else _("Nobody else can do it yet.")
    if code == "run-step-not-yours":
        title = _("This step is for: %(role)s.") % {"role": facts.get("role", "")}
        return {"title": title, "text": others if whom else _("Nobody has this role yet.")}
    if code == "run-signed-already":
        return {"title": _("You have signed this."), "text": _("Somebody else must sign it as well.")}
    title = _("Someone else must sign this.")
    if code == "run-link-of-own":
        why = _("Your link and PIN were made by %(name)s, who had a hand in it.") % {"name": name}
        new = _("Ask for a new link. %(whom)s can make one.") % {"whom": whom}
        return {"title": _("This link cannot sign this."), "text": f"{why} {new}"}
    if code == "run-about-you":
        return {"title": title, "text": f"{_('It is about you.')} {others}"}
    if code == "run-role-excluded":
        why = _("You had a part in this run that the same person never has: %(other)s.")
        return {"title": title, "text": f"{why % {'other': facts.get('other', '')}} {others}"}
    if name and name != own_name:
        why = _("%(name)s had a hand in it, and that is you as well.") % {"name": name}
    else:
        why = _("You had a hand in it yourself.")
    return {"title": title, "text": f"{why} {others}"}
