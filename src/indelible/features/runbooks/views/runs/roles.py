"""Who does what in a run: giving a role, handing it over, and letting in somebody from outside by a link and a PIN."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from indelible.features.people import access
from indelible.features.runbooks.forms_runs import PeopleChoice
from indelible.features.runbooks.models import RunRole
from indelible.features.runbooks.running import roles
from indelible.features.runbooks.running.errors import RunError
from indelible.features.runbooks.views.runs.desk import Desk, line_of, note_other, with_desk
from indelible.features.runbooks.views.runs.gathered import holders_of, role_words
from indelible.web.once import first_time


class FillForm(forms.Form):
    """Who has a role, and who stands in."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, row: RunRole) -> None:
        super().__init__(data, initial={"user": row.user_id, "stand_in": row.stand_in_id})
        self.fields["user"] = PeopleChoice(
            label=_("Who"),
            empty_label=_("Choose somebody"),
            error_messages={"required": _("Choose somebody")},
        )
        self.fields["stand_in"] = PeopleChoice(
            label=_("Who stands in"), required=False, empty_label=_("Nobody stands in")
        )
        if holders_of(row):
            self.fields["told"] = forms.CharField(
                label=_("What were they told?"),
                help_text=_("What they must know to go on: what is done, what is open, where things lie."),
                max_length=2_000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )


class OutsiderForm(forms.Form):
    """Somebody without an account."""

    use_required_attribute = False

    name = forms.CharField(max_length=150)
    email = forms.EmailField(required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="guest")
        self.fields["name"].label = _("Their name")
        self.fields["name"].error_messages["required"] = _("Enter their name")
        self.fields["email"].label = _("Their e-mail address")
        self.fields["email"].help_text = _("Only so that they are known. We send nothing to it.")
        self.fields["email"].error_messages["invalid"] = _("Enter an address such as name@example.org")


@never_cache
@access.needs(access.STEPS_DO)
@require_http_methods(["GET", "HEAD", "POST"])
@with_desk
def role(request: HttpRequest, desk: Desk, role: str) -> HttpResponseBase:
    """Show who has a role; give it, hand it over, or invite somebody from outside."""
    part = desk.document.roles.get(role)
    rows = RunRole.objects.select_related("user", "stand_in", "outsider")
    row = rows.filter(run=desk.run, role=role).first()
    if part is None or row is None:
        raise Http404
    wanted = request.POST.get("do", "fill")
    data = request.POST if request.method == "POST" else None
    form = FillForm(data if wanted == "fill" else None, row=row)
    invite = OutsiderForm(data if wanted == "invite" else None)
    if request.method == "POST" and first_time(request):
        try:
            if wanted == "end" and row.outsider is not None:
                why = request.POST.get("reason", "").strip()[:2_000]
                roles.end_outsider(row.outsider, desk.doer, why, desk.now)
                messages.success(request, _("The link works no more, and that is recorded."))
                return redirect(request.path)
            if wanted == "invite" and part.outsider and invite.is_valid():
                return _invite(request, desk, role, invite)
            if wanted == "fill" and form.is_valid():
                sent = form.cleaned_data
                roles.fill(
                    desk.run,
                    role,
                    desk.doer,
                    desk.now,
                    user=sent["user"],
                    stand_in=sent["stand_in"],
                    told=sent.get("told", ""),
                )
                messages.success(request, _("It is on the record."))
                return redirect(desk.run_url)
        except RunError as refused:
            note_other(request, desk, refused)
            target = invite if wanted == "invite" else form
            field = "told" if refused.code == "run-hand-over-why" else None
            target.add_error(field, line_of(refused))
    wrong = bool(form.errors or invite.errors)
    titles = [one.title for key, one in desk.document.roles.items() if key in part.not_ or role in one.not_]
    context = {
        "desk": desk,
        "run": desk.run,
        "role": part,
        "who": role_words(row),
        "filled": bool(holders_of(row)),
        "outsider": row.outsider,
        "form": form,
        "invite": invite,
        "not_same": _("Never the same person as: %(roles)s.") % {"roles": ", ".join(titles)}
        if titles
        else "",
    }
    return render(request, "runbooks/runs/role.html", context, status=422 if wrong else 200)


def _invite(request: HttpRequest, desk: Desk, role: str, form: OutsiderForm) -> HttpResponse:
    """Make a link and a PIN, and show them this once."""
    sent = form.cleaned_data
    outsider, key, pin = roles.invite_outsider(
        desk.run, role, sent["name"], sent["email"], desk.doer, desk.now
    )
    context = {
        "desk": desk,
        "run": desk.run,
        "role": desk.document.roles[role],
        "outsider": outsider,
        "url": request.build_absolute_uri(reverse("runbooks:guest-link", args=[key])),
        "pin": f"{pin[:3]} {pin[3:]}",
    }
    return render(request, "runbooks/runs/invited.html", context)
