"""Home answers first: is the record intact. Then what waits for somebody, and what happened last."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from indelible.features.coverage import showing as coverage
from indelible.features.home.charts import bars_a_day
from indelible.features.home.waiting import waiting_for
from indelible.features.people import access
from indelible.features.people.access import needs
from indelible.features.people.queries import person
from indelible.features.record import looks
from indelible.features.record import queries as record
from indelible.features.runbooks import setting_up
from indelible.features.seals import queries as seals
from indelible.features.sources.silence import queries as silence
from indelible.storage.database import reads, search
from indelible.storage.database.errors import NotFound
from indelible.web.acts import entries_shown, logbook_in_use
from indelible.web.chrome import reader_of

LATEST = 6
DAYS = 30


@needs(access.RECORD_READ)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show how the record stands."""
    try:
        logbook = logbook_in_use()
    except NotFound:
        return redirect("setup:start")
    now, reader = datetime.now(UTC), reader_of(request)
    standing = seals.standing(logbook, now)
    rows = record.newest_rows(logbook, LATEST)
    looks.look(logbook, person(request), [row.index for row in rows if not row.is_seal], now)
    first = reads.get_entries(logbook, 0, 0)
    days = seals.days_of_checks(logbook, now, reader.tz, DAYS)
    outside, two_versions = seals.outside_overview(logbook, now), seals.two_versions(logbook)
    rules, rules_on = coverage.for_home(logbook, now, reader)
    context = {
        "standing": standing,
        "outside": outside,
        "two_versions": two_versions,
        "alarm": two_versions is not None and not two_versions.is_explained,
        "last": seals.told(standing.last),
        "percent": seals.percent(standing.running) if standing.running else 0,
        "left": seals.seconds_left(standing.running, now) if standing.running else None,
        "size": entries_shown(logbook),
        "began": first[0].recorded_at if first else None,
        "seal": reads.get_checkpoint(logbook),
        "days": days,
        "days_checked": sum(day.tone != "none" for day in days),
        "all_good": all(day.tone in ("ok", "none") for day in days),
        "rows": rows,
        "waiting": waiting_for(logbook, person(request), standing, outside, reader),
        "setup": setting_up.for_home(logbook, now),
        "missing": silence.anything_missing(logbook),
        "rules": rules,
        "rules_on": rules_on,
        "gaps": silence.open_gaps(logbook),
        "chart": bars_a_day(search.days_with_counts(logbook, DAYS, now, reader.tz)),
    }
    return render(request, "home/home.html", context)
