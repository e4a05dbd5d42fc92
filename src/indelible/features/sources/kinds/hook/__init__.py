"""Messages from a web service: it posts them to an address of ours, each signed with a secret that both sides know.

* `senders`     the services: how each signs, names its messages, and where its pages want the address
* `signatures`  whether a message was signed with our secret, and not recorded to be played again
* `receiving`   the address itself, from the request to the answer
* `refused`     what was not signed: counted, shown, told
* `form`, `secret`, `page`   for people
"""

from __future__ import annotations

import base64
import secrets

from django.urls import path
from django.utils.translation import gettext_lazy as _

from indelible.features.sources.kinds import SourceKind
from indelible.features.sources.kinds.hook import page, receiving, secret
from indelible.features.sources.kinds.hook.form import HookForm
from indelible.features.sources.kinds.hook.senders import sender_of
from indelible.features.sources.models import Kind, Source, State

ADDRESS_BYTES = 20  # 160 bits: nobody finds an address by trying


def new_address() -> str:
    """Return an address that nobody can guess and that is never given again."""
    return base64.b32encode(secrets.token_bytes(ADDRESS_BYTES)).decode().lower()


def _begun(source: Source) -> None:
    """Give a new source its address; where we know how its messages read, it is on at once."""
    source.address = new_address()
    source.state = State.ON if sender_of(source.settings).known else State.WAITING
    source.resumes_as = source.state
    source.save(update_fields=["address", "state", "resumes_as"])


KIND = SourceKind(
    kind=Kind.HOOK,
    order=30,
    title=_("Messages from a web service"),
    summary=_(
        "GitHub, Stripe, Slack, Okta, Shopify and others tell us by themselves when something happens."
    ),
    icon="bell-alert",
    form=HookForm,
    template="sources/kinds/hook.html",
    context=page.context,
    begun=_begun,
    urls=(
        path("in/<slug:address>/", receiving.receive_message, name="in"),
        path("in/<slug:address>", receiving.receive_message),  # as some services write it
        path("sources/<int:key>/messages/", page.hook_now, name="hook-now"),
        path("sources/<int:key>/secret/", secret.secret, name="hook-secret"),
    ),
)
