"""Taking one file in: looked through first, then recorded batch by batch, and told by a receipt.

* Where a doubt about a whole column is open, the import waits with its questions and nothing is recorded.
* A run that ends early, for whatever cause, is gone on with after what it accounted for (recording.py).
* The receipt is an entry of Indelible's own: the file's digest, its counts, its range, its notices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from indelible.events import own
from indelible.events.event import Event
from indelible.explanations import explain
from indelible.features.sources import codes, continuing
from indelible.features.sources.accounts.late import file_closed
from indelible.features.sources.left_out import layout_of
from indelible.features.sources.looking import used_mapping
from indelible.features.sources.models import Import, Source, Stage
from indelible.features.sources.origins import (
    By,
    lawful_name,
    record_own,
    source_called,
    source_for_system,
)
from indelible.features.sources.recording import Outcome, Recorder, TakenOverError, in_batches
from indelible.features.sources.result import ImportResult, result_of
from indelible.intake import reading
from indelible.intake.errors import IntakeError
from indelible.intake.given import Given
from indelible.intake.howread import as_document
from indelible.intake.limits import Limits
from indelible.intake.mapping import Mapping
from indelible.storage.database.models import Logbook


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is: outcomes accounted for, of how many where that is known."""

    taken: int
    expected: int | None
    row: Import


def import_file(
    path: Path,
    name: str,
    *,
    logbook: Logbook,
    by: By,
    source_name: str | None = None,
    given: Given | None = None,
    mapping: Mapping | None = None,
    limits: Limits | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> ImportResult:
    """Take one file in, from looking it through to its receipt.

    Nothing is recorded of a file that is refused or raises a question: the result says so. `progress` is
    called after every batch, `stop` asked before each; what is sealed by then stays.
    Raises SourceError for a source name that cannot be used.
    """
    try:
        survey = reading.survey(path, name, given=given, mapping=mapping, limits=limits)
    except IntakeError as refused:
        return refusal(name, refused)
    used = as_document(used_mapping(survey), survey.given)
    if survey.questions:
        survey.close()
        questions = [asdict(each) for each in survey.questions]
        return ImportResult(name, survey.system, questions=questions, notices=told(survey), mapping=used)
    row = receive(path, name, logbook=logbook, by=by, source_name=source_name, given=given, mapping=mapping)
    return replace(record(row, survey, by, progress=progress, stop=stop), mapping=used)


def refusal(name: str, refused: IntakeError) -> ImportResult:
    """Return the account of a file that was not read at all."""
    facts = {"name": name, "detail": refused.detail, **refused.facts}
    words = explain(refused.code, **facts)
    notice = {"code": refused.code, "message": f"{words.title} {words.meaning}".strip(), "count": 1}
    system = "empty" if refused.code == "empty_file" else "unsupported"
    return ImportResult(name, system, notices=[notice], refusal={"code": refused.code, **facts})


def receive(
    path: Path,
    name: str,
    *,
    logbook: Logbook,
    by: By,
    source_name: str | None = None,
    given: Given | None = None,
    mapping: Mapping | None = None,
    source: Source | None = None,
) -> Import:
    """Note that a file has arrived, as an import of which nothing is recorded yet.

    `source` is where all its records come from, whatever system they tell of; else `source_name`, else one a system.
    """
    if source_name is not None:
        source_name = lawful_name(source_name)
    _digest, fingerprint = codes.file_codes(path)
    return Import.objects.create(
        logbook=logbook,
        source=source,
        source_name=source_name or "",
        file_name=name[:255],
        size=path.stat().st_size,
        fingerprint=fingerprint,
        held_at=str(path),
        given=(given or Given()).as_pairs(),
        mapping=mapping.as_json() if mapping is not None else None,
        by=by.user,
        by_name=by.name[:150],
    )


def record(
    row: Import,
    survey: reading.Survey,
    by: By,
    *,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> ImportResult:
    """Record what a surveyed file holds, going on after what an earlier run accounted for.

    Returns the account so far where another process has taken the import over, or `stop` said so.
    """
    row.stage, row.system, row.questions = Stage.RECORDING, survey.system, []
    row.layout, row.expected = layout_of(survey), survey.expected
    if not continuing.links_of(row) and (earlier := continuing.find_continued(row, survey)) is not None:
        row.notices = [continuing.notice_of(earlier)]
    row.save(update_fields=["stage", "system", "questions", "layout", "expected", "notices"])
    recorder = Recorder(row, _finder(row, survey, by))
    left = _skipping(reading.read(survey), row.taken)
    try:
        for batch in in_batches(left):
            if stop():
                return result_of(_close(recorder.row, survey, by, Stage.STOPPED))
            recorder.record(batch)
            if progress is not None:
                progress(Progress(recorder.row.taken, survey.expected, recorder.row))
    except TakenOverError:
        return result_of(Import.objects.get(pk=row.pk))
    except IntakeError as broken:  # unreadable from here on: what was read before stands
        return result_of(_close(recorder.row, survey, by, Stage.STOPPED, broken))
    finally:
        survey.close()
    return result_of(_close(recorder.row, survey, by, Stage.DONE))


def _skipping(outcomes: Iterable[Outcome], count: int) -> Iterator[Outcome]:
    """Pass over what was accounted for before. It is read again, since what follows can hang on it."""
    for place, outcome in enumerate(outcomes):
        if place >= count:
            yield outcome


def _finder(row: Import, survey: reading.Survey, by: By) -> Callable[[Event], Source]:
    """Return what finds an event's source: the import's own, the one asked for by name, else one a system."""
    if (ours := row.source) is not None:
        return lambda _event: ours
    known: dict[str, Source] = {}

    def source_of(event: Event) -> Source:
        system = event.get("source", {}).get("system") or survey.system
        if system not in known:
            if row.source_name:
                known[system] = source_called(row.logbook, row.source_name, system, by)
            else:
                known[system] = source_for_system(row.logbook, system, survey.title_of(system), by)
        return known[system]

    return source_of


def _close(
    row: Import, survey: reading.Survey, by: By, stage: Stage, broken: IntakeError | None = None
) -> Import:
    """Write the receipt of what was recorded, and the last state of the import, in one transaction."""
    digest, _code = codes.file_codes(Path(row.held_at))
    with transaction.atomic():
        row = Import.objects.select_for_update().get(pk=row.pk)
        if row.stage == Stage.DONE:
            return row
        row.notices = told(survey) + _held_notices(row) + continuing.links_of(row)
        row.source = row.source or _main_source(row, survey)
        row.stage, row.stop_asked, row.finished_at = stage, False, timezone.now()
        row.refusal = refusal(row.file_name, broken).refusal if broken else None
        if stage == Stage.DONE:
            file_closed(row)
        receipt = record_own(row.logbook, _receipt(row, digest, by))
        row.receipt, row.checkpoint = receipt.entries[0].index, receipt.checkpoint
        row.save()
    return row


def told(survey: reading.Survey) -> list[dict[str, Any]]:
    """Return the notices of a reading as plain values."""
    return [{"code": each.code, "message": each.message, "count": each.count} for each in survey.notices]


def _held_notices(row: Import) -> list[dict[str, Any]]:
    """Return what is to be said about records that the record holds already."""
    words = {
        "already_held": (
            row.held_before,
            _("Records that are on the record already; they were not added again."),
        ),
        "conflict_with_held": (
            row.conflicts,
            _("Records that say something else than the entry held for them. Both are kept."),
        ),
        "arrived_late": (
            row.late,
            _(
                "Records from a time that an earlier delivery had covered already. A list made before is not whole."
            ),
        ),
    }
    return [{"code": code, "message": text, "count": count} for code, (count, text) in words.items() if count]


def _main_source(row: Import, survey: reading.Survey) -> Source | None:
    """Return the source of the file as a whole; None where it gave no record."""
    sources = Source.objects.filter(logbook=row.logbook)
    if row.source_name:
        return sources.filter(name=row.source_name).first()
    return sources.filter(system=survey.system).order_by("pk").first()


def _receipt(row: Import, digest: str, by: By) -> Event:
    return own.file_imported(
        by.party,
        row.source.name if row.source else "",
        row.file_name,
        {name: getattr(row, name) for name in ("read", "recorded", "duplicates", "conflicts", "rejected")},
        digest,
        row.first_entry,
        row.last_entry,
        [{"code": each["code"], "count": each["count"]} for each in row.notices],
        system=row.system,
        size=row.size,
        earliest=row.earliest or None,
        latest=row.latest or None,
        given=row.given,
        mapping=row.mapping,
        import_id=row.pk,
        stopped=row.stage == Stage.STOPPED,
        context=by.context,
    )
