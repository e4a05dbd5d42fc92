"""What the list says about itself: how many entries, which question, and how far it was looked through."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.storage.database import search
from indelible.web.numbers import written
from indelible.web.timeline import Row


def status_words(page: search.Page, question: str) -> str:
    """Say how many entries there are and for which question: "8 entries. Entries by Maria, newest recorded first."."""
    if not page.count and page.counted_all:
        return _("No entries. %(question)s.") % {"question": question}
    if not page.count:
        return _("None found so far. %(question)s.") % {"question": question}
    return f"{many_words(page)}. {question}, " + _("newest recorded first.")


def many_words(page: search.Page) -> str:
    """Say how many entries there are: "8 entries", "More than 1,000 entries"."""
    if not page.counted_all:
        words = (
            _("More than %(n)s entries") if page.count >= search.COUNT_LIMIT else _("At least %(n)s entries")
        )
        return words % {"n": written(page.count)}
    return ngettext("%(n)s entry", "%(n)s entries", page.count) % {"n": written(page.count)}


def looked_words(page: search.Page, size: int, *, upward: bool) -> str:
    """Say how far the record was looked through, where looking stopped before the page was full; empty where not."""
    if page.looked_to is None:
        return ""
    told = {"n": written(page.looked_to + 1), "size": written(size)}
    if upward:
        return (
            _(
                "Part of this can only be told by reading entries. So far they were read up to entry %(n)s of %(size)s."
            )
            % told
        )
    return (
        _(
            "Part of this can only be told by reading entries. So far they were read down to entry %(n)s of %(size)s."
        )
        % told
    )


def altered_words(rows: Sequence[Row]) -> str:
    """Say how many of the rows cannot be relied on; empty where none."""
    count = sum(row.state in ("altered", "removed") for row in rows)
    if not count:
        return ""
    words = ngettext(
        "%(n)s entry of this page is not as it was sealed.",
        "%(n)s entries of this page are not as they were sealed.",
        count,
    )
    return words % {"n": count}
