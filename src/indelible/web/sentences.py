"""A sentence as markup: the names set apart, before struck out, after set off.

Which words a sentence has is decided in `indelible.events.sentence`; here each part only gets its look. The
words "before" and "after" are there for those who do not see the difference. Counts of our own are written as the
reader reads numbers; values stay as the source has them. All text is escaped: what a source sent is never markup.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from indelible.events.event import Event
from indelible.events.phrases import counting_by
from indelible.events.sentence import Part, on_screen, tell
from indelible.web import numbers

SHORT_CHARACTERS = 80
FULL_CHARACTERS = 2_000

ThingUrl = Callable[[str, str], str]


def marked_up(
    event: Event, *, index: int | None = None, short: bool = False, thing_url: ThingUrl | None = None
) -> SafeString:
    """Return the event's sentence as markup.

    `short` cuts long values for lists. `thing_url` gives the address of a thing by kind and id (empty where
    it has no page); without it nothing in the sentence is a link, so that a row can be one link as a whole.
    """
    with counting_by(numbers.written):
        whole = tell(event, index=index, translate=_)
    told = on_screen(whole, SHORT_CHARACTERS if short else FULL_CHARACTERS)
    pieces = ((_piece(part, event, thing_url),) for part in told.parts)
    return format_html_join("", "{}", pieces)


def _piece(part: Part, event: Event, thing_url: ThingUrl | None) -> SafeString:
    match part.role:
        case "actor":
            return format_html("<b>{}</b>", part.text)
        case "thing":
            return _thing(part, event, thing_url)
        case "before":
            return format_html(
                '<del class="was"><span class="vh">{} </span>{}</del>', _("before:"), part.text
            )
        case "after":
            return format_html('<ins class="now"><span class="vh">{} </span>{}</ins>', _("after:"), part.text)
        case _:
            return format_html("{}", part.text)


def _thing(part: Part, event: Event, thing_url: ThingUrl | None) -> SafeString:
    bold = format_html("<b>{}</b>", part.text)
    if thing_url is None or part.target is None:
        return bold
    target = event["targets"][part.target]
    kind, ident = target.get("kind"), target.get("id")
    url = thing_url(kind, ident) if kind and ident else ""
    return format_html('<a href="{}">{}</a>', url, bold) if url else bold
