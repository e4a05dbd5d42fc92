"""What to put into the programs that send: rsyslog, syslog-ng, and one command that sends a first line.

Texts to copy, for the source as it is set now. What is chosen in them is the careful choice: messages in the newer
form, counted in length, with a queue on the sender's own disk, since syslog gives no word back and only the sender
can keep what we were not there to take.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from indelible.features.sources.kinds.lines.certificates import fingerprint_of
from indelible.features.sources.kinds.lines.listening import TLS, UDP, Listening

FORM: Final = "RSYSLOG_SyslogProtocol23Format"
_QUEUE: Final = (
    'queue.type="LinkedList" queue.filename="indelible"',
    'queue.maxDiskSpace="1g" queue.saveOnShutdown="on"',
    'action.resumeRetryCount="-1" action.resumeInterval="5"',
)


@dataclass(frozen=True, slots=True)
class Way:
    """One program: what it is called, where its lines belong, and the lines."""

    title: str | Promise
    where: str | Promise
    text: str


def ways(listening: Listening, certificate: str) -> list[Way]:
    """Return what to copy into each program. `certificate` is the one shown now, as PEM; empty without TLS."""
    return [
        Way(
            _("rsyslog"),
            _("In a file such as /etc/rsyslog.d/60-indelible.conf"),
            rsyslog(listening, certificate),
        ),
        Way(
            _("syslog-ng"), _("In a file such as /etc/syslog-ng/conf.d/indelible.conf"), syslog_ng(listening)
        ),
    ]


def rsyslog(listening: Listening, certificate: str, *, folder: str = "/etc/rsyslog.d") -> str:
    """Return the lines for rsyslog (8.2108 or newer where it is encrypted)."""
    lines = []
    if listening.how == TLS:
        own = [f'DefaultNetstreamDriverCAFile="{folder}/indelible.pem"']
        if listening.senders_certificates:
            own += [
                f'DefaultNetstreamDriverCertFile="{folder}/sender.pem"',
                f'DefaultNetstreamDriverKeyFile="{folder}/sender-key.pem"',
            ]
        lines.append("global({})".format("\n  ".join(own)))
    protocol = "udp" if listening.how == UDP else "tcp"
    action = [
        f'type="omfwd" target="{listening.host}"',
        f'port="{listening.port}" protocol="{protocol}"',
        f'template="{FORM}"',
    ]
    if listening.how != UDP:
        action += ['TCP_Framing="octet-counted"', *_QUEUE]
    if listening.how == TLS:
        action += [
            'StreamDriver="gtls" StreamDriverMode="1"',
            'StreamDriverAuthMode="x509/fingerprint"',
            f'StreamDriverPermittedPeers="SHA256:{fingerprint_of(certificate)}"',
        ]
    lines.append("*.* action({})".format("\n  ".join(action)))
    return "\n".join(lines)


def syslog_ng(listening: Listening, *, folder: str = "/etc/syslog-ng", source: str = "s_src") -> str:
    """Return the lines for syslog-ng. `source` is what its own file calls the lines of its computer."""
    options = [f'transport("{listening.how}") port({listening.port})']
    if listening.how == TLS:
        tls = [f'ca-file("{folder}/indelible.pem")', "peer-verify(required-trusted)"]
        if listening.senders_certificates:
            tls += [f'cert-file("{folder}/sender.pem")', f'key-file("{folder}/sender-key.pem")']
        options.append(f"tls({' '.join(tls)})")
    if listening.how != UDP:
        options.append("disk-buffer(reliable(yes) disk-buf-size(1073741824)\n      mem-buf-size(16777216))")
    joined = "\n    ".join(options)
    return (
        f'destination d_indelible {{\n  syslog("{listening.host}"\n    {joined});\n}};\n'
        f"log {{ source({source}); destination(d_indelible); }};"
    )


def first_line(listening: Listening) -> str:
    """Return a command that sends one line, to see whether it arrives. `logger` itself knows no encryption."""
    if listening.how == TLS:
        host = f"[{listening.host}]" if ":" in listening.host else listening.host
        shown = " -cert sender.pem -key sender-key.pem" if listening.senders_certificates else ""
        said = "<13>1 %s %s indelible - - - A first line\\n"
        return (
            f'printf \'{said}\' "$(date -u +%FT%TZ)" "$(hostname)" |\n'
            f"  openssl s_client -quiet -no_ign_eof -connect {host}:{listening.port} \\\n"
            f"  -CAfile indelible.pem -partial_chain -verify_return_error{shown}"
        )
    way = "--udp" if listening.how == UDP else "--tcp --octet-count"
    said = '--rfc5424 --tag indelible "A first line"'
    return f"logger {way} --server {listening.host} --port {listening.port} {said}"
