"""The parts of other pages of this feature that show seal words or take what came back.

{% newest_seal_words %}      the newest seal with its words, and what to do with them.
{% words_of_seal seal %}     the words of one seal (a stored checkpoint).
{% receipts_box %}           the box that takes a receipt, a seal, words or a pack.
"""

from __future__ import annotations

from django import template

from indelible.features.seals import minutes
from indelible.features.seals.forms import ReceiptForm
from indelible.features.seals.models import Recipient
from indelible.storage.database import reads
from indelible.storage.database.models import Logbook
from indelible.web.acts import logbook_in_use

register = template.Library()


def _logbook(context: template.Context) -> Logbook:
    """Return the logbook that the page is about, without asking once more where the page knows."""
    known = context.get("logbook")
    return known if isinstance(known, Logbook) else logbook_in_use()


@register.inclusion_tag("seals/_words.html", takes_context=True)
def newest_seal_words(context: template.Context) -> dict[str, object]:
    """Show the newest seal with its words."""
    found = minutes.newest_to_show(_logbook(context), context.get("seal"))
    return {
        "found": found,
        "reader": context.get("reader"),
        "request": context.get("request"),
        "newest": True,
    }


@register.inclusion_tag("seals/_words.html", takes_context=True)
def words_of_seal(context: template.Context, seal: reads.StoredCheckpoint) -> dict[str, object]:
    """Show the words of one seal."""
    found = minutes.words_of(_logbook(context), seal)
    return {
        "found": found,
        "reader": context.get("reader"),
        "request": context.get("request"),
        "newest": False,
    }


@register.inclusion_tag("seals/_receipts.html", takes_context=True)
def receipts_box(context: template.Context) -> dict[str, object]:
    """Show the box for what came back, and how many people get receipts."""
    holders = Recipient.objects.filter(logbook=_logbook(context), ended_at=None).count()
    return {
        "form": ReceiptForm(),
        "holders": holders,
        "csrf_token": context.get("csrf_token"),
    }
