"""Rows that were left out of one import, mended and sent again: which import they continue.

They come back with the column that we added to say why they were left out. Which import that was is told by the name
under which they were given out, and else by the columns. The link stands among the notices of the later import.
"""

from __future__ import annotations

import re
from typing import Any, Final

from django.utils.translation import gettext as _

from indelible.features.sources.models import Import
from indelible.intake.fields import plain_name
from indelible.intake.mapping import WHY_COLUMN
from indelible.intake.reading import Survey

CODE: Final = "continues_import"
MOST_COMPARED: Final = 50  # of the newest imports that left rows out
MOST_LATER: Final = 200
_GIVEN_OUT: Final = re.compile(r"-left-out-(\d{1,12})\b")
_OURS: Final = plain_name(WHY_COLUMN)


def find_continued(row: Import, survey: Survey) -> Import | None:
    """Return the import whose rows come back in this file; None where it is no such file."""
    tables = [{plain_name(column.name) for column in part.columns} for part in survey.parts]
    if not any(_OURS in names for names in tables):
        return None
    with_rejects = Import.objects.filter(logbook=row.logbook, rejected__gt=0, live_day=None).exclude(
        pk=row.pk
    )
    if named := _GIVEN_OUT.search(row.file_name):
        found = with_rejects.filter(pk=int(named[1])).first()
        if found is not None:
            return found
    for earlier in with_rejects.order_by("-pk")[:MOST_COMPARED]:
        columns = {plain_name(name) for name in (earlier.layout or {}).get("columns", [])} - {_OURS}
        if columns and any(names - {_OURS} == columns for names in tables):
            return earlier
    return None


def notice_of(earlier: Import) -> dict[str, Any]:
    """Return the notice that links an import to the one it continues."""
    text = _("Rows that were left out of %(name)s, mended and sent again.") % {"name": earlier.file_name}
    return {"code": CODE, "message": text, "count": 1, "import": earlier.pk}


def links_of(row: Import) -> list[dict[str, Any]]:
    """Return the notices of an import that link it to an earlier one."""
    return [each for each in row.notices if each.get("code") == CODE]


def continued_by(row: Import) -> Import | None:
    """Return the import that this one continues; None where it stands for itself."""
    keys = [each["import"] for each in links_of(row)]
    return Import.objects.filter(pk__in=keys, logbook=row.logbook).first() if keys else None


def later_ones(row: Import) -> list[Import]:
    """Return the imports that continue this one, oldest first."""
    if not row.rejected or row.live_day is not None:
        return []
    later = Import.objects.filter(logbook=row.logbook, pk__gt=row.pk, live_day=None).order_by("pk")[
        :MOST_LATER
    ]
    return [each for each in later if any(link["import"] == row.pk for link in links_of(each))]
