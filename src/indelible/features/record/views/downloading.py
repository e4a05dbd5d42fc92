"""Downloads what the list shows. The table is made, put on the record with its fingerprint, and only then given out."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from indelible.events import own
from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.people.queries import organisation, person
from indelible.features.record.addresses import list_url, pack_url
from indelible.features.record.asking import Asked, asked_of
from indelible.features.record.download.gathering import MOST, TooMany, gather
from indelible.features.record.download.making import MEDIA_TYPES, Kind, make_file, write_rows
from indelible.features.record.download.table import Head, partly_words
from indelible.features.seals.minutes import words_of
from indelible.storage.database import reads
from indelible.web.acts import context_of, logbook_in_use, party_of, record
from indelible.web.chrome import reader_of

KINDS: Final = tuple(MEDIA_TYPES)


@needs(access.RECORD_READ)
@require_POST
def download(request: HttpRequest) -> HttpResponseBase:
    """Give out the entries that answer a question as a table, newest recorded first.

    Nothing leaves before its entry is sealed: while nothing can be sealed, nothing is given out.
    """
    logbook, reader, now = logbook_in_use(), reader_of(request), datetime.now(UTC)
    sent = QueryDict(urlsplit(request.POST.get("here", "")).query)
    asked = asked_of(logbook, sent.get("q", ""), now, reader.tz)
    kind = request.POST.get("as", "")
    if asked.is_open or kind not in KINDS:
        return redirect(list_url(asked.typed))
    seal = reads.get_checkpoint(logbook)
    try:
        gathered = gather(logbook, asked, seal.size)
    except TooMany:
        return _too_many(request, asked)
    folder, ours = Path(settings.INDELIBLE_HOME.uploads), organisation()
    count = len(gathered.indexes)
    rows = write_rows(logbook, gathered.indexes, reader, folder)
    with rows.file:
        head = Head(
            asked.words,
            asked.typed,
            count,
            rows.altered,
            rows.unknown,
            words_of(logbook, seal),
            ours.name if ours else "",
            person(request).name,
            now,
            partly_words(gathered.looked_to, reader),
        )
        file, digest = make_file(cast(Kind, kind), rows, head, reader, folder)
    name = f"record-{now.astimezone(reader.tz):%Y-%m-%d-%H%M%S}.{kind}"
    try:
        record(
            own.exported(
                party_of(person(request)),
                count,
                asked.words,
                file_name=name,
                file_digest=digest,
                context=context_of(request),
            )
        )
    except BaseException:
        file.close()
        raise
    answer = FileResponse(file, as_attachment=True, filename=name, content_type=MEDIA_TYPES[kind])
    answer["Cache-Control"] = "no-store"
    return answer


def _too_many(request: HttpRequest, asked: Asked) -> HttpResponse:
    context = {
        "asked": asked,
        "most": MOST,
        "back": list_url(asked.typed),
        "pack_url": pack_url(asked.pattern),
        "title": _("That is too much for a table"),
    }
    return render(request, "record/too_many.html", context, status=422)
