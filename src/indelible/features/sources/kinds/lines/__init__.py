"""System log lines: syslog over UDP, TCP and TLS, taken in by a process of its own.

From the network to the record:

* `framing`   bytes of a connection or a datagram become messages          (RFC 6587, 5425, 5426)
* `udp`, `tcp`, `certificates`   the sockets, who may send, encryption
* `backlog`   what was read and is not yet recorded: bounded, so that senders wait
* `recorder`, `spool`   batches go to the desk; what cannot be recorded waits on the disk
* `receiver`  the process: one listener a source, in line with the sources as they are set

What a line says is read by `indelible.intake.logs.live`. `form`, `page`, `senders` and `rotating` are for people.
"""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from indelible.features.sources.kinds import SourceKind
from indelible.features.sources.kinds.lines import views
from indelible.features.sources.kinds.lines.form import LinesForm
from indelible.features.sources.kinds.lines.listening import who_listens_at
from indelible.features.sources.kinds.lines.page import context
from indelible.features.sources.models import Kind, Source
from indelible.features.sources.origins import SourceError


def _begun(source: Source) -> None:
    """Refuse a port that another source has got since the form was looked at."""
    how, port = str(source.settings["how"]), int(source.settings["port"])
    if (other := who_listens_at(how, port, source)) is not None:
        raise SourceError("lines-port-used", port=port, other=other.name)


KIND = SourceKind(
    kind=Kind.LINES,
    order=50,
    title=_("System log lines"),
    summary=_("Servers, firewalls and other devices send their log lines here as they write them (syslog)."),
    icon="queue-list",
    form=LinesForm,
    template="sources/kinds/lines.html",
    context=context,
    begun=_begun,
    urls=(
        path("sources/<int:key>/lines/", views.now, name="lines-now"),
        path("sources/<int:key>/lines/indelible.pem", views.certificate, name="lines-certificate"),
        path(
            "sources/<int:key>/lines/indelible-next.pem",
            views.next_certificate,
            name="lines-next-certificate",
        ),
        path("sources/<int:key>/lines/new-certificate/", views.announce, name="lines-announce"),
        path("sources/<int:key>/lines/switch/", views.switch, name="lines-switch"),
    ),
)
