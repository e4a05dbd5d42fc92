"""The words for what was wrong with somebody outside, by code: what follows their name on a page."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TROUBLES: Final[dict[str, str | Promise]] = {
    "no-answer": _("does not answer"),
    "too-slow": _("does not answer in time"),
    "too-much": _("sends far more than an answer"),
    "bad-address": _("has an address that cannot be used"),
    "certificate-not-trusted": _("shows a certificate that this machine does not trust"),
    "witness-refused": _("does not take our seals"),
    "log-unknown": _("does not know this record yet: give it our key card"),
    "key-unknown": _("does not know our sealing key: give it our key card"),
    "answer-unreadable": _("gives an answer that cannot be read"),
    "no-cosignature": _("answers without its own signature: it may have another key"),
    "different-seal": _("holds a different seal"),
    "overtaken": _("has a newer seal of ours already"),
    "own-tree": _("was sent nothing, because our record does not fit its seals: check it"),
    "stamp-refused": _("gives no time stamp"),
    "stamp-unreadable": _("gives a time stamp that cannot be read"),
    "stamp-differs": _("gave a time stamp of something else, which was not kept"),
    "stamp-untrusted": _("signs with a certificate that does not lead to the root you pinned"),
    "stamp-policy": _("stamps under another policy than the one you asked for"),
    "stamp-clock": _("tells a time far from ours: one of the two clocks is wrong"),
}
SILENT: Final = frozenset({"no-answer", "too-slow"})
"""The codes that mean that nobody answered, rather than that an answer was not good."""


def trouble_words(code: str) -> str:
    """Return the words of a code."""
    return str(TROUBLES.get(code, TROUBLES["witness-refused"]))
