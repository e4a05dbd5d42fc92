"""The ways by which others than people with an account are told: adding, trying and removing them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from indelible.explanations import explain
from indelible.features.alarms import channelling, queries
from indelible.features.alarms.channels.chat import SERVICES
from indelible.features.alarms.forms import ChannelForm
from indelible.features.alarms.models import Channel, ChannelKind
from indelible.features.alarms.services import AlarmError
from indelible.features.people import access
from indelible.features.sources.uploads import person as sender
from indelible.web.acts import logbook_in_use
from indelible.web.once import first_time


@sensitive_post_parameters("address")
@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.ALARMS_MANAGE)
def ways(request: HttpRequest) -> HttpResponse:
    """List the ways there are; add one."""
    logbook = logbook_in_use()
    form = ChannelForm(request.POST or None, initial={"kind": ChannelKind.MAIL.value})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        base = request.build_absolute_uri("/")
        try:
            channel, secret = channelling.add(
                logbook, data["kind"], data["name"], data["address"], sender(request), base=base
            )
        except AlarmError as refused:
            words = explain(refused.code, **refused.facts)
            field = "name" if refused.code in ("alarm-channel-name", "alarm-channel-taken") else "address"
            form.add_error(field, f"{words.title} {words.next_step}".strip())
        else:
            if secret:
                # Shown once, in this answer alone: it is kept locked, and no page can show it again.
                return render(request, "alarms/secret.html", {"channel": channel, "secret": secret})
            messages.success(
                request, _("Added, and recorded. Send a test message to see whether it arrives.")
            )
            return redirect("alarms:ways")
    listed = [
        (one, explain(one.problem, detail=one.detail) if one.problem else None)
        for one in queries.channels_of(logbook)
    ]
    context = {"ways": listed, "form": form, "services": ", ".join(dict.fromkeys(SERVICES.values()))}
    return render(request, "alarms/ways.html", context, status=422 if form.errors else 200)


@require_POST
@access.needs(access.ALARMS_MANAGE)
def try_out(request: HttpRequest, key: int) -> HttpResponse:
    """Send a test message."""
    channel = get_object_or_404(Channel, logbook=logbook_in_use(), pk=key, ended_at=None)
    if first_time(request):
        trouble = channelling.try_out(channel, sender(request))
        if trouble is None:
            messages.success(request, _("The other side took the test message. See whether it arrived."))
        else:
            words = explain(trouble.code, detail=trouble.detail)
            messages.warning(request, f"{words.title} {words.next_step}")
    return redirect("alarms:ways")


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.ALARMS_MANAGE)
def remove(request: HttpRequest, key: int) -> HttpResponse:
    """Remove a way, once somebody said yes."""
    channel = get_object_or_404(Channel, logbook=logbook_in_use(), pk=key, ended_at=None, user=None)
    if request.method == "POST":
        channelling.end(channel.pk, sender(request))
        messages.success(request, _("Removed, and recorded. Its address is forgotten."))
        return redirect("alarms:ways")
    used = channel.alarms.count()
    return render(request, "alarms/remove.html", {"channel": channel, "used": used})
