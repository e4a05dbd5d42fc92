"""Changing the certificate of a listener without a gap: announce, then switch at a moment that a person chooses.

A listener shows one certificate. So overlap means that senders are told of the next one before it is shown: they are
set to accept both fingerprints, then the listener switches, then they are set to accept the new one alone.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction

from indelible.events import own
from indelible.events.event import Change
from indelible.features.sources.kinds.lines import certificates
from indelible.features.sources.kinds.lines.form import KEY, OWN
from indelible.features.sources.kinds.lines.listening import TLS, Listening, hosts_of
from indelible.features.sources.live.health import try_again_now
from indelible.features.sources.live.secrets import keep_secret, secrets_of
from indelible.features.sources.models import Source, State
from indelible.features.sources.origins import RULE_0, By, SourceError, record_own

NEXT_KEY: Final = "next private key"
_AT_ONCE: Final = timedelta(0)


def announce(source: Source, by: By) -> str:
    """Make the next certificate and return its fingerprint; the present one goes on being shown. On the record.

    Raises SourceError for a source that has ended, or whose certificate is not ours to make.
    """
    with transaction.atomic():
        row = _locked(source)
        listening = Listening.of(row)
        made = certificates.make(hosts_of(listening.address, listening.reached_as))
        keep_secret(row, NEXT_KEY, made.key, overlap=_AT_ONCE)
        row.settings = {**row.settings, "next_certificate": made.certificate}
        row.save(update_fields=["settings"])
        shown = certificates.fingerprint_of(made.certificate)
        _record(row, [{"field": "fingerprint of its next certificate", "after": shown}], by)
    return shown


def switch(source: Source, by: By) -> None:
    """Show the next certificate from now on. On the record. Raises SourceError where none was made."""
    with transaction.atomic():
        row = _locked(source)
        following = str(row.settings.get("next_certificate") or "")
        keys = secrets_of(row, NEXT_KEY)
        if not following or not keys:
            raise SourceError("lines-no-new-certificate", name=row.name)
        before = certificates.fingerprint_of(str(row.settings.get("own_certificate", "")))
        keep_secret(row, KEY, keys[0], overlap=_AT_ONCE)
        row.settings = {**row.settings, "own_certificate": following, "next_certificate": ""}
        row.save(update_fields=["settings"])
        try_again_now(row)
        after = certificates.fingerprint_of(following)
        _record(row, [{"field": "fingerprint of its certificate", "before": before, "after": after}], by)


def _locked(source: Source) -> Source:
    row = Source.objects.select_for_update().select_related("logbook").get(pk=source.pk)
    if row.state == State.ENDED:
        raise SourceError("source-ended", name=row.name)
    if row.settings.get("how") != TLS or row.settings.get("certificate_from") != OWN:
        raise SourceError("lines-no-new-certificate", name=row.name)
    return row


def _record(row: Source, changes: list[Change], by: By) -> None:
    event = own.source_changed(by.party, row.pk, row.name, changes, context=by.context)
    record_own(row.logbook, event, rules=(RULE_0,))
