"""The organisation's own kinds of thing."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from indelible.events.vocabulary import CATEGORIES
from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.rules.forms import ThingForm
from indelible.features.rules.models import OwnThing
from indelible.features.rules.services import RuleError
from indelible.features.rules.things import MOST_THINGS, add_thing
from indelible.features.rules.views.telling import words_of
from indelible.features.sources.uploads import person
from indelible.web.acts import logbook_in_use


@needs(access.RECORD_READ)
@require_safe
def things(request: HttpRequest) -> HttpResponse:
    """List the organisation's own kinds of thing."""
    rows = OwnThing.objects.filter(logbook=logbook_in_use())[:MOST_THINGS]
    shown = [(row, CATEGORIES.get(row.category, row.category)) for row in rows]
    return render(request, "rules/things.html", {"things": shown})


@needs(access.RULES_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Name a kind of thing, and go back to the sentence in which it was met."""
    back = request.POST.get("back", request.GET.get("back", ""))
    if not url_has_allowed_host_and_scheme(back, None) or not back.startswith("/rules/"):
        back = ""
    form = ThingForm(request.POST or None, initial={"name": request.GET.get("name", "")[:60]})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            made = add_thing(
                logbook_in_use(),
                told["name"],
                told["plural"],
                told["category"],
                person(request),
                also=form.others(),
            )
        except RuleError as refused:
            words = words_of(refused)
            form.add_error("name", f"{words.title} {words.next_step}")
        else:
            messages.success(request, _("“%(name)s” is a thing of yours from now on.") % {"name": made.name})
            return HttpResponseRedirect(back) if back else redirect("rules:things")
    context = {"form": form, "back": back}
    return render(request, "rules/thing_add.html", context, status=422 if form.errors else 200)
