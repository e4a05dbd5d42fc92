"""Packs in the background: made by the worker, and their files removed in time."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from indelible.features.packs import services
from indelible.features.packs.models import Pack
from indelible.features.sources.origins import By
from indelible.storage.database.errors import AppendFailed, AppendRefused
from indelible.web.acts import party_of
from indelible.web.jobs import Interrupted, job, periodic, should_stop

KEEP_DRAFTS = timedelta(days=7)
KEEP_LEFT_OVERS = timedelta(days=2)


@job
def make_pack(pack_id: int) -> None:
    """Make a pack that was asked for on a page. Safe to run again at any point."""
    row = (
        Pack.objects.select_related("logbook", "asked_by").filter(pk=pack_id, state__in=services.OPEN).first()
    )
    if row is None:
        return
    by = By(party_of(row.asked_by), None, row.asked_by) if row.asked_by else By()
    if not services.carry_out(row, by, should_stop) and should_stop():
        raise Interrupted


@periodic(timedelta(hours=6))
@job
def sweep_packs() -> None:
    """Remove files that were kept long enough, drafts that nobody went on with, and what a crash left."""
    now = datetime.now(UTC)
    Pack.objects.filter(state=Pack.State.DRAFT, asked_at__lt=now - KEEP_DRAFTS).delete()
    for row in Pack.objects.exclude(held_at="").filter(finished_at__lt=now - services.KEEP):
        try:
            services.delete_file(row, By())
        except (AppendRefused, AppendFailed):
            return  # nothing can be recorded at present, so nothing is deleted
    home = settings.INDELIBLE_HOME
    for left in (*Path(home.uploads).glob("pack-*"), *(Path(home.path) / "packs").glob(".pack-*")):
        if datetime.fromtimestamp(left.stat().st_mtime, UTC) >= now - KEEP_LEFT_OVERS:
            continue
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)
