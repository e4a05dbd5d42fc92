"""Runs by runbook in a period: due, in time, late, missed, and what happened in them. Auditors ask for these counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.runbooks.proof.measures import Measured, measured
from indelible.features.runbooks.running.dates import zone_of_organisation
from indelible.features.runbooks.views.runs.words import span
from indelible.web.acts import logbook_in_use
from indelible.web.numbers import written

USUAL = timedelta(days=365)


class PeriodForm(forms.Form):
    """From which day to which."""

    first = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    last = forms.DateField(label=gettext_lazy("To"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

    def clean(self) -> dict[str, date]:
        """Refuse a period that ends before it begins."""
        data: dict[str, date] = super().clean() or {}
        if "first" in data and "last" in data and data["last"] < data["first"]:
            self.add_error("last", _("This day lies before the first one."))
        return data


@dataclass(frozen=True)
class Line:
    """A runbook's figures, with the middle time in words."""

    of: Measured
    open_for: str

    @property
    def besides(self) -> str:
        """What else happened in them, where anything did."""
        one, told = self.of, []
        if n := one.overridden:
            told.append(ngettext("%(n)s step overridden", "%(n)s steps overridden", n) % {"n": written(n)})
        if n := one.refused:
            told.append(ngettext("%(n)s try refused", "%(n)s tries refused", n) % {"n": written(n)})
        if n := one.not_made:
            told.append(ngettext("%(n)s check not made", "%(n)s checks not made", n) % {"n": written(n)})
        return ", ".join(told)


@require_safe
@needs(access.RECORD_READ)
def figures(request: HttpRequest) -> HttpResponse:
    """Show the figures of a period: the last twelve months, where nothing else is asked."""
    now, zone = datetime.now(UTC), zone_of_organisation()
    today = now.astimezone(zone).date()
    asked = {"first": today - USUAL, "last": today}
    form = PeriodForm(request.GET if "first" in request.GET else None, initial=asked)
    valid = form.is_valid() if form.is_bound else True
    days = form.cleaned_data if form.is_bound and valid else asked
    start = datetime.combine(days["first"], time(), zone)
    end = datetime.combine(days["last"] + timedelta(days=1), time(), zone)
    found = measured(logbook_in_use(), start, end, now) if valid else []
    lines = [Line(one, span(one.median_open) if one.median_open is not None else "") for one in found]
    context = {"form": form, "lines": lines, "first": days["first"], "last": days["last"]}
    return render(request, "runbooks/proof/figures.html", context, status=200 if valid else 422)
