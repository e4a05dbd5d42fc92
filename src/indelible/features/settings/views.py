"""The pages of the settings: an index, and a page for each thing that can be set."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indelible.explanations import explain
from indelible.features.people import access
from indelible.features.people import queries as people
from indelible.features.people import services as people_services
from indelible.features.people.access import needs
from indelible.features.people.forms import OrganisationForm, OwnSettingsForm, settings_of
from indelible.features.people.queries import person
from indelible.features.settings import hours, mail, queries, services
from indelible.features.settings.forms import (
    WEEKDAYS,
    HoursForm,
    MailForm,
    OwnDayForm,
    PastedDaysForm,
    PlaceForm,
)
from indelible.features.settings.models import OfficeHours
from indelible.web.acts import context_of
from indelible.web.chrome import forget_reader, reader_of
from indelible.web.moments import Reader
from indelible.web.numbers import SAMPLES
from indelible.web.once import first_time


@needs(access.RECORD_READ)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show what can be set, and how it is set now."""
    reader, office = reader_of(request), queries.office()
    context = {
        "yours": _how_shown(reader),
        "house_shown": _house_shown(),
        "office_words": _week_words(office),
        "place": queries.place_words(office),
        "mail": queries.mail_standing(),
        "done": _done(request.GET.get("done", "")),
    }
    return render(request, "settings/index.html", context)


def _how_shown(reader: Reader) -> list[str]:
    today = reader.local(datetime.now(UTC))
    return [reader.zone_name(), reader.day(today), SAMPLES.get(reader.number_style, SAMPLES["comma"])]


def _house_shown() -> list[str]:
    ours = people.organisation()
    if ours is None:
        return []
    reader = Reader(ours.zone, ours.date_style, number_style=ours.number_style)
    return [ours.name, *_how_shown(reader)]


def _week_words(office: OfficeHours) -> list[str]:
    """Say the office hours with days alike told together: "Monday to Friday 08:00 to 18:00"."""
    week = queries.week_of(office)
    told: list[tuple[int, int, str]] = []
    for weekday in range(7):
        text = hours.write_hours(week.get(weekday, ()))
        if told and told[-1][2] == text:
            told[-1] = (told[-1][0], weekday, text)
        else:
            told.append((weekday, weekday, text))
    return [
        _("%(first)s to %(last)s %(hours)s")
        % {"first": WEEKDAYS[first], "last": WEEKDAYS[last], "hours": text}
        if first != last
        else f"{WEEKDAYS[first]} {text}"
        for first, last, text in told
        if text
    ]


def _done(code: str) -> str:
    return {
        "saved": _("Saved, and recorded."),
        "same": _("Nothing was different, so nothing was changed."),
        "password": _("Your password was changed, and that is recorded."),
    }.get(code, "")


# Yours, and the organisation's -----------------------------------------------------------------------------


@needs(access.OWN_CHANGE)
@require_http_methods(["GET", "POST"])
def yours(request: HttpRequest) -> HttpResponse:
    """Show and change what one chose for oneself."""
    user = person(request)
    form = OwnSettingsForm(
        request.POST or None, initial=settings_of(user, people_services.OWN_SETTINGS), prefix="own"
    )
    if request.method == "POST" and form.is_valid():
        changes = people_services.change_own_settings(user, form.cleaned_data, context_of(request))
        return _saved(request, "settings:yours", bool(changes))
    return _page(request, "settings/yours.html", form)


@needs(access.SETTINGS_CHANGE)
@require_http_methods(["GET", "POST"])
def organisation(request: HttpRequest) -> HttpResponse:
    """Show and change what holds for everybody who chose nothing else."""
    user, ours = person(request), people.organisation()
    if ours is None:
        return HttpResponseRedirect("/")
    initial = settings_of(ours, people_services.ORGANISATION_SETTINGS)
    form = OrganisationForm(request.POST or None, initial=initial, prefix="organisation")
    if request.method == "POST" and form.is_valid():
        changes = people_services.change_organisation(ours, form.cleaned_data, user, context_of(request))
        return _saved(request, "settings:organisation", bool(changes))
    return _page(request, "settings/organisation.html", form)


def _saved(request: HttpRequest, page: str, changed: bool) -> HttpResponse:
    forget_reader(request)
    return HttpResponseRedirect(f"{reverse(page)}?done={'saved' if changed else 'same'}")


def _page(request: HttpRequest, template: str, form: Any, **more: object) -> HttpResponse:
    context = {"form": form, "done": _done(request.GET.get("done", "")), **more}
    return render(request, template, context, status=422 if form.errors else 200)


# Office hours and holidays ---------------------------------------------------------------------------------


@needs(access.SETTINGS_CHANGE)
@require_http_methods(["GET", "POST"])
def office(request: HttpRequest) -> HttpResponse:
    """Show and change the office hours of the week, and whose public holidays hold: two forms on a page."""
    row, which = queries.office(), request.POST.get("which", "")
    ours = people.organisation()
    form = HoursForm(request.POST if which == "hours" else None, week=queries.week_of(row), prefix="hours")
    guess = queries.country_to_offer(row, ours.zone if ours else "")
    place = PlaceForm(request.POST if which == "place" else None, office=row, guess=guess, prefix="place")
    if which == "hours" and form.is_valid():
        changes = services.change_hours(form.cleaned_data["week"], person(request), context_of(request))
        return _saved(request, "settings:office", bool(changes))
    if which == "place" and place.is_valid():
        given = place.cleaned_data
        changes = services.choose_country(
            given["country"], given["region"], person(request), context_of(request)
        )
        return _saved(request, "settings:office", bool(changes))
    failed = place if place.errors else form
    today = reader_of(request).local(datetime.now(UTC)).date()
    context = {
        "hours": form,
        "place": place,
        "failed": failed,
        "next_days": queries.free_days(row, today, today + timedelta(days=366))[:5],
        "place_words": queries.place_words(row),
        "house_zone": Reader(ours.zone).zone_name() if ours else "UTC",
        "done": _done(request.GET.get("done", "")),
    }
    return render(request, "settings/office.html", context, status=422 if failed.errors else 200)


@needs(access.SETTINGS_CHANGE)
@require_GET
def holidays(request: HttpRequest) -> HttpResponse:
    """Show the holidays of twelve months, and add some of one's own."""
    return _holidays(request, OwnDayForm(), PastedDaysForm())


def _holidays(
    request: HttpRequest, one: OwnDayForm, pasted: PastedDaysForm, status: int = 200
) -> HttpResponse:
    row, today = queries.office(), reader_of(request).local(datetime.now(UTC)).date()
    first = _month(request.GET.get("from", ""), today)
    last = _months_later(first, 12) - timedelta(days=1)
    earliest = date(today.year - services.YEARS_BACK, 1, 1)
    latest = date(today.year + services.YEARS_AHEAD, 12, 31)
    before, after = _months_later(first, -12), _months_later(first, 12)
    context = {
        "days": queries.free_days(row, first, last),
        "first": first,
        "last": last,
        "place_words": queries.place_words(row),
        "one": one,
        "pasted": pasted,
        "failed": pasted if pasted.errors else one,
        "newer": f"?from={before:%Y-%m}" if before >= earliest else "",
        "older": f"?from={after:%Y-%m}" if after <= latest else "",
    }
    return render(request, "settings/holidays.html", context, status=status)


def _month(text: str, today: date) -> date:
    """Return the first day of the month in the address, of this month where there is none that can be shown."""
    if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text, re.ASCII):
        year = int(text[:4])
        if today.year - services.YEARS_BACK <= year <= today.year + services.YEARS_AHEAD:
            return date(year, int(text[5:]), 1)
    return today.replace(day=1)


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)


@needs(access.SETTINGS_CHANGE)
@require_POST
def add_days(request: HttpRequest) -> HttpResponse:
    """Add a day, or several that were pasted."""
    one = OwnDayForm(request.POST if "day" in request.POST else None)
    pasted = PastedDaysForm(request.POST if "days" in request.POST else None)
    if one.is_bound and one.is_valid():
        days = {one.cleaned_data["day"]: one.cleaned_data["name"]}
    elif pasted.is_bound and pasted.is_valid():
        days = pasted.cleaned_data["days"]
    else:
        return _holidays(request, one, pasted, 422)
    try:
        changes = services.add_holidays(days, person(request), context_of(request))
    except ValueError:
        most = _("There can be up to %(n)s days of your own") % {"n": services.MOST_OWN_HOLIDAYS}
        (one if one.is_bound else pasted).add_error("day" if one.is_bound else "days", most)
        return _holidays(request, one, pasted, 422)
    if changes:
        words = ngettext("%(n)s day was added or renamed.", "%(n)s days were added or renamed.", len(changes))
        messages.success(request, words % {"n": len(changes)})
    else:
        messages.info(request, _("Nothing was different, so nothing was changed."))
    return redirect(f"{reverse('settings:holidays')}?from={min(days):%Y-%m}")


@needs(access.SETTINGS_CHANGE)
@require_POST
def remove_day(request: HttpRequest, key: int) -> HttpResponse:
    """Work on a day after all."""
    gone = services.remove_holiday(key, person(request), context_of(request))
    if gone is None:
        return redirect("settings:holidays")
    words = _("%(name)s, %(day)s, is a working day again.")
    messages.success(request, words % {"name": gone.name, "day": reader_of(request).day(gone.day)})
    return redirect(f"{reverse('settings:holidays')}?from={gone.day:%Y-%m}")


# E-mail ----------------------------------------------------------------------------------------------------


@needs(access.SETTINGS_CHANGE)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def mail_page(request: HttpRequest) -> HttpResponse:
    """Show and change through which server mail leaves."""
    account = queries.mail_account()
    by_server = mail.is_set_by_server()
    form = MailForm(request.POST or None, account=account)
    if request.method == "POST" and not by_server and form.is_valid():
        changes = services.set_mail(form.cleaned_data, person(request), context_of(request))
        return _saved(request, "settings:mail", bool(changes))
    standing = queries.mail_standing()
    trouble = standing.trouble
    context = {
        "by_server": by_server,
        "account": account,
        "standing": standing,
        "trouble": explain(trouble.code, detail=trouble.detail) if trouble else None,
        "test": queries.last_test(standing.server) if standing.server else None,
    }
    return _page(request, "settings/mail.html", form, **context)


@needs(access.SETTINGS_CHANGE)
@require_POST
def test_mail(request: HttpRequest) -> HttpResponse:
    """Send a test message to whoever asks."""
    if first_time(request):
        with suppress(mail.MailError):  # there is no server to try; the page says so
            services.send_test(person(request), context_of(request))
    return HttpResponseRedirect(f"{reverse('settings:mail')}#test")


@needs(access.SETTINGS_CHANGE)
@require_http_methods(["GET", "POST"])
def forget_mail(request: HttpRequest) -> HttpResponse:
    """Say what forgetting the mail server means, and do it."""
    if request.method == "POST":
        if services.forget_mail(person(request), context_of(request)):
            messages.success(request, _("The mail server and its password are forgotten."))
        return redirect("settings:mail")
    return render(request, "settings/forget_mail.html", {"account": queries.mail_account()})
