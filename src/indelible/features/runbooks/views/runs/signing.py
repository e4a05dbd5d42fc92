"""Signing a step: all that the signature covers on one page, the password (or PIN) asked again; or sending it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from indelible.explanations import explain
from indelible.features.people import access
from indelible.features.people.second import password
from indelible.features.people.second.proving import password_field, refusal_words
from indelible.features.runbooks.forms_runs import NotPassed
from indelible.features.runbooks.forms_steps import Control, reason_field
from indelible.features.runbooks.models import RunState, RunStep
from indelible.features.runbooks.running import doing, roles, signing
from indelible.features.runbooks.running.errors import Barred, RunError
from indelible.features.runbooks.running.evidence import lists_covered
from indelible.features.runbooks.running.independence import bars
from indelible.features.runbooks.views.runs import words
from indelible.features.runbooks.views.runs.desk import (
    Desk,
    line_of,
    onward,
    quicker,
    refusal,
    seen_in,
    step_of,
    with_desk,
    wrong_in,
)
from indelible.features.runbooks.views.runs.showing import Shown, steps_of
from indelible.features.runbooks.views.runs.step import barred
from indelible.features.signoffs.signing import state_of
from indelible.web.acts import context_of
from indelible.web.numbers import written
from indelible.web.once import first_time


class SignForm(forms.Form):
    """Why it can be signed where something is amiss, a way on where one is chosen, a note, and who it is."""

    use_required_attribute = False

    def __init__(
        self,
        data: Any = None,
        *,
        unexplained: Sequence[NotPassed],
        ways: Sequence[Any] = (),
        note: bool = False,
        late: bool = False,
        by_pin: bool = False,
    ) -> None:
        super().__init__(data)
        self.checks = [one for one in unexplained if not one.reason]
        for one in self.checks:
            self.fields[f"why_{one.key}"] = one.field(required=True)
        if ways:
            choices = [(way.label, way.label) for way in ways]
            self.fields["choice"] = Control(choices=choices, label=_("How does it go on?"))
        if note:
            label = _("It is late. What kept you?") if late else _("A note")
            self.fields["note"] = reason_field(label, required=late)
        self.fields["secret"] = _pin_field() if by_pin else password_field()

    @property
    def reasons(self) -> dict[str, str]:
        """The words given for checks that did not pass, by their keys."""
        return {one.key: self.cleaned_data[f"why_{one.key}"] for one in self.checks}


def _pin_field() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Your PIN, to sign"),
        help_text=gettext_lazy("You were told it apart from the link."),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={"required": gettext_lazy("Enter your PIN")},
    )


class BackForm(forms.Form):
    """Which step goes back, and why."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, steps: Sequence[Shown]) -> None:
        super().__init__(data, prefix="back")
        choices = [(one.row.key, f"{one.number}. {one.title}") for one in steps]
        self.fields["to"] = Control(
            choices=choices,
            label=_("Which step is to be done again?"),
            initial=choices[-1][0] if len(choices) == 1 else None,
            error_messages={"required": _("Choose a step")},
        )
        self.fields["reason"] = reason_field(_("Why does it go back?"))


@sensitive_post_parameters("secret")
@access.needs(access.STEPS_DO)
@require_http_methods(["GET", "HEAD", "POST"])
@with_desk
def sign(request: HttpRequest, desk: Desk, key: str) -> HttpResponseBase:
    """Show what a signature covers; take it, or send it back."""
    return sign_page(request, desk, key)


def sign_page(request: HttpRequest, desk: Desk, key: str) -> HttpResponseBase:
    """Show what a signature covers to somebody who may give it; take it, or send it back."""
    row = step_of(desk, key)
    part = desk.document.step(key)
    if part.sign == "none":
        return redirect(desk.url("step", key))
    bar = bars(row, desk.doer, signing=True)
    if request.method == "POST":
        if bar is not None:
            return barred(request, desk, row, Barred(bar.code, **bar.facts))
        if not first_time(request):
            return redirect(desk.url("step", key))
        return _back(request, desk, row) if request.POST.get("do") == "back" else _sign(request, desk, row)
    steps = steps_of(desk)
    shown = next(one for one in steps if one.row.key == key)
    if bar is None and shown.is_to_do and part.kind == "second" and desk.run.state == RunState.OPEN:
        doing.open_step(row, desk.doer, desk.now)
        steps = steps_of(desk)
    return _page(request, desk, key, steps)


def _sign(request: HttpRequest, desk: Desk, row: RunStep) -> HttpResponseBase:
    steps = steps_of(desk)
    form = _form(desk, row.key, steps, request.POST)
    here = desk.url("step", row.key)
    if not form.is_valid():
        return _page(request, desk, row.key, steps, form)
    covered = list(desk.document.covered(row.key))
    if request.POST.get("lists") != state_of(lists_covered(desk.run, covered)):
        return quicker(request, desk, here)
    if wrong := _not_them(request, desk, form.cleaned_data["secret"]):
        form.add_error("secret", wrong)
        return _page(request, desk, row.key, steps, form)
    try:
        made = signing.sign(
            row,
            desk.doer,
            desk.now,
            note=form.cleaned_data.get("note", ""),
            choice=form.cleaned_data.get("choice", ""),
            reasons=form.reasons,
            seen=seen_in(request),
            lists_seen=request.POST["lists"],
        )
    except RunError as refused:
        if refused.code == "sign-changed-meanwhile":
            return quicker(request, desk, here)
        if isinstance(refused, Barred) or refused.code in ("run-changed-meanwhile", "step-not-open"):
            return refusal(request, desk, refused, here)
        form.add_error(None, line_of(refused))
        again = steps_of(desk)
        fresh = _form(desk, row.key, again, request.POST)
        fresh.full_clean()
        fresh.add_error(None, line_of(refused))
        return _page(request, desk, row.key, again, fresh)
    number = written(made.sign_off.entry + 1)
    messages.success(request, _("Signed. Your signature is entry %(number)s.") % {"number": number})
    return onward(request, desk)


def _not_them(request: HttpRequest, desk: Desk, secret: str) -> str:
    """Say why whoever signs is not shown to be who they are; nothing where they are."""
    if desk.user is not None:
        refused = password.check(desk.user, secret, context_of(request))
        return refusal_words(refused) if refused is not None else ""
    left = roles.check_pin(desk.outsider, secret, desk.now) if desk.outsider is not None else 0
    if left is None:
        return ""
    wrong = explain("run-pin-wrong" if left else "run-pin-used-up", left=left)
    return f"{wrong.title} {wrong.meaning} {wrong.next_step}"


def _back(request: HttpRequest, desk: Desk, row: RunStep) -> HttpResponseBase:
    steps = steps_of(desk)
    form = BackForm(request.POST, steps=_can_go_back(desk, row.key, steps))
    if not form.is_valid():
        return _page(request, desk, row.key, steps, back=form)
    to, reason = form.cleaned_data["to"], form.cleaned_data["reason"]
    try:
        signing.send_back(row, desk.doer, reason, desk.now, to=to, seen=seen_in(request))
    except RunError as refused:
        return refusal(request, desk, refused, desk.url("step", row.key))
    title = desk.document.step(to).title
    messages.success(request, _("Sent back: %(title)s. Who did it sees why.") % {"title": title})
    return redirect(desk.run_url)


def _can_go_back(desk: Desk, key: str, steps: Sequence[Shown]) -> list[Shown]:
    """Return the covered steps that somebody did, and can do again."""
    covered = desk.document.covered(key)
    return [one for one in steps if one.row.key in covered and one.row.key != key and one.row.by_name]


def _form(desk: Desk, key: str, steps: Sequence[Shown], data: Any = None) -> SignForm:
    covered = desk.document.covered(key)
    shown = next(one for one in steps if one.row.key == key)
    second = shown.step.kind == "second"
    checks = {found.key: found for one in steps if one.row.key in covered for found in one.unexplained}
    return SignForm(
        data,
        unexplained=list(checks.values()),
        ways=[way for way in shown.step.branches if not way.if_] if second else (),
        note=second,
        late=second and shown.is_late,
        by_pin=desk.outsider is not None,
    )


def _page(
    request: HttpRequest,
    desk: Desk,
    key: str,
    steps: Sequence[Shown],
    form: SignForm | None = None,
    back: BackForm | None = None,
) -> HttpResponse:
    shown = next(one for one in steps if one.row.key == key)
    keys = desk.document.covered(key)
    covered = [one for one in steps if one.row.key in keys]
    bar = bars(shown.row, desk.doer, signing=True)
    open_ = desk.run.state == RunState.OPEN and shown.is_now
    goes_back = _can_go_back(desk, key, steps) if shown.step.sign == "two" and shown.is_to_do else []
    form = form or _form(desk, key, steps)
    back = back or (BackForm(steps=goes_back) if goes_back else None)
    failed = next((one for one in (form, back) if one is not None and one.errors), None)
    reason = None
    if bar is not None:
        reason = words.barred(bar.code, bar.facts, desk.doer.name)
    elif not open_:
        reason = {"title": _("There is nothing to sign here now."), "text": _("See how the run stands.")}
    means = words.MEANS.get(shown.step.means, shown.step.means)
    context = {
        "desk": desk,
        "run": desk.run,
        "shown": shown,
        "covered": covered,
        "bar": reason,
        "means": _("Your signature says: “%(means)s”.") % {"means": means},
        "covers_words": _covers(covered),
        "sign_words": _("Sign: %(means)s") % {"means": means},
        "form": form,
        "back_form": back,
        "lists_state": state_of(lists_covered(desk.run, list(keys))),
        "step_url": desk.url("step", key),
        "wrong": wrong_in(form, back),
    }
    return render(request, "runbooks/runs/sign.html", context, status=422 if failed else 200)


def _covers(covered: Sequence[Shown]) -> str:
    """Say how much a signature covers: steps, files, lists with their rows, checks."""
    files = sum(len([one for one in step.files if not one["row"].withdrawn]) for step in covered)
    rows = sum(one.frozen.count for step in covered for one in step.lists)
    lists = sum(len(step.lists) for step in covered)
    checks = sum(len(step.newest) for step in covered)
    parts = [ngettext("%(n)s step", "%(n)s steps", len(covered)) % {"n": len(covered)}]
    if files:
        parts.append(ngettext("%(n)s file", "%(n)s files", files) % {"n": files})
    if lists:
        told_rows = ngettext("%(n)s row", "%(n)s rows", rows) % {"n": written(rows)}
        parts.append(
            ngettext("%(n)s list of %(rows)s", "%(n)s lists of %(rows)s", lists)
            % {"n": lists, "rows": told_rows}
        )
    if checks:
        parts.append(ngettext("%(n)s check", "%(n)s checks", checks) % {"n": checks})
    return _("It covers %(what)s, as they stand above.") % {"what": access.said(parts)}


__all__ = ["sign", "sign_page"]
