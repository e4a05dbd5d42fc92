"""How the page of one step is drawn: what it asks, what stands at it, and what came back from a form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from indelible.features.people.models import KnownPerson, User
from indelible.features.people.names.days import house_reader
from indelible.features.runbooks.forms_runs import DoneForm, ways_to_leave
from indelible.features.runbooks.forms_steps import StepForm
from indelible.features.runbooks.models import RunState, StepState
from indelible.features.runbooks.running.independence import bars
from indelible.features.runbooks.views.runs import words
from indelible.features.runbooks.views.runs.desk import (
    Desk,
    wrong_in,
)
from indelible.features.runbooks.views.runs.showing import Shown, has_part, steps_of

MOST_PEOPLE = 200  # names that are offered where a person is asked for


@dataclass
class Sent:
    """What a form brought, where the page comes back with it."""

    form: StepForm | None = None
    done: DoneForm | None = None
    trouble: str = ""
    file: str = ""
    seen: int | None = None  # the stamp of the run that the page was made with

    @property
    def status(self) -> int:
        """The status that the page answers with."""
        wrong = self.file or (self.form and self.form.errors) or (self.done and self.done.errors)
        return 422 if wrong or self.trouble else 200


def refresh_stamp(request: HttpRequest, desk: Desk) -> None:
    """Have a page that comes back show the run as it is now: a file that came with the form was an act already."""
    if request.method == "POST":
        desk.run.refresh_from_db(fields=["stamp"])


def shown_step(desk: Desk, key: str) -> Shown:
    return next(one for one in steps_of(desk) if one.row.key == key)


def step_form(desk: Desk, shown: Shown, request: HttpRequest | None = None) -> StepForm | None:
    if not shown.step.fields:
        return None
    data = request.POST if request is not None and request.method == "POST" else None
    zone = desk.reader.zone_name()
    return StepForm(data, asked=shown.step.fields, values=shown.values, zone=desk.reader.tz, zone_words=zone)


def done_form(desk: Desk, shown: Shown, request: HttpRequest | None = None) -> DoneForm:
    """Return the form that says it is done. Words about checks are asked for once nothing more is to be filled in that
    they could be about."""
    sent = request is not None and request.method == "POST"
    step = shown.step
    first = any(one.required for one in step.fields) or bool(step.files_least)
    explain = (sent and request is not None and request.POST.get("do") == "finish") or not first
    return DoneForm(
        request.POST if sent and request is not None else None,
        ways=step.branches if step.kind == "decide" else [way for way in step.branches if not way.if_],
        unexplained=[one for one in shown.unexplained if explain or one.reason],
        late=shown.is_late,
        today=house_reader().local(desk.now).date(),
    )


def draw(request: HttpRequest, desk: Desk, key: str, sent: Sent) -> HttpResponse:
    refresh_stamp(request, desk)
    steps = steps_of(desk)
    place = next(n for n, one in enumerate(steps) if one.row.key == key)
    shown = steps[place]
    part = shown.step
    going = desk.run.state == RunState.OPEN
    bar = bars(shown.row, desk.doer) if shown.is_now else None
    can = going and bar is None and shown.is_to_do and not shown.is_waiting and part.kind != "wait"
    second = part.kind == "second"
    asks = can and not (second and not part.fields and not part.files)
    form = (sent.form or step_form(desk, shown)) if asks else None
    done = (sent.done or done_form(desk, shown)) if asks and not second else None
    can_sign = (
        going
        and shown.is_now
        and (shown.waits_to_be_signed or (second and shown.is_to_do and not shown.is_waiting))
    )
    sign_bar = bars(shown.row, desk.doer, signing=True) if can_sign else None
    covered = [one for one in steps if one.row.key in desk.document.covered(key) and one is not shown]
    for one in covered:
        one.linked = desk.outsider is None or has_part(desk, one)
    context = {
        "desk": desk,
        "run": desk.run,
        "shown": shown,
        "wrong": _wrong(sent, form if sent.form else None, done if sent.done else None),
        "bar": _bar(desk, shown, bar or sign_bar, going),
        "asks": asks,
        "form": form,
        "done_form": done,
        "file_error": sent.file,
        "second": second,
        "finish_words": _finish_words(shown),
        "can_leave": can and bool(ways_to_leave(part)),
        "leave_url": desk.url("leave-step" if desk.outsider else "leave", key),
        "sign_url": desk.url("sign", key) if can_sign and sign_bar is None and not asks else "",
        "covered": covered if second else [],
        "override_url": _override_url(desk, shown, can or can_sign),
        "people": _people()
        if form and any(one.kind == "person" for one in part.fields) and desk.user
        else [],
        "may_look": asks and bool(part.checks),
        **_neighbours(desk, steps, place),
    }
    return render(request, "runbooks/runs/step.html", context, status=sent.status)


def _neighbours(desk: Desk, steps: list[Shown], place: int) -> dict[str, Shown | None]:
    """Return the steps before and after that somebody may open: of an outsider only those of their role."""
    seen = [one for one in steps if desk.outsider is None or has_part(desk, one)]
    before = [one for one in seen if one.row.place < place]
    after = [one for one in seen if one.row.place > place]
    return {"before": before[-1] if before else None, "after": after[0] if after else None}


def _wrong(sent: Sent, form: StepForm | None, done: DoneForm | None) -> list[tuple[str, str]]:
    """List what is wrong, each with where it is."""
    found = [(sent.trouble, "")] if sent.trouble else []
    if sent.file:
        found.append((sent.file, "file"))
    return found + wrong_in(form, done)


def _bar(desk: Desk, shown: Shown, bar: Any, going: bool) -> dict[str, str] | None:
    """Say why somebody can do nothing here, and who can."""
    if bar is not None:
        return words.barred(bar.code, bar.facts, desk.doer.name)
    if not going and shown.is_now:
        return {
            "title": _("The run is paused."),
            "text": _("Nothing can be done at its steps until somebody lets it go on."),
        }
    if shown.row.state == StepState.WAITING and going:
        return {"title": _("It is not its turn yet."), "text": _("A step before it is not through.")}
    return None


def _finish_words(shown: Shown) -> str:
    if shown.step.kind == "second":
        return _("Keep it, and go on to sign")
    if shown.step.kind == "decide":
        return _("Go on this way")
    if shown.step.sign == "one":
        return _("Done, go on to sign")
    return _("It is done")


def _override_url(desk: Desk, shown: Shown, can: bool) -> str:
    """Return where to ask that a signed step be left out all the same; only with an account."""
    if desk.user is None or not can or shown.step.sign == "none":
        return ""
    return desk.url("override", shown.row.key)


def _people() -> list[str]:
    """Return names that are offered where a person is asked for."""
    known = KnownPerson.objects.order_by("name").values_list("name", flat=True)[:MOST_PEOPLE]
    users = User.objects.filter(is_active=True).order_by("name").values_list("name", flat=True)[:MOST_PEOPLE]
    return sorted({*known, *users}, key=str.casefold)[:MOST_PEOPLE]
