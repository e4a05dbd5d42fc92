"""What a mail says, in plain words, in the recipient's time. Links lead to pages that ask who somebody is.

Somebody from outside is told no more than what waits for them, and is pointed to the link they were given: it is
known to nobody else, and stands in no mail of ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Final

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.events.instants import to_datetime
from indelible.features.people.models import User
from indelible.features.people.queries import house
from indelible.features.runbooks.models import Mailing, Outsider, Run, Runbook
from indelible.features.runbooks.reminding.further import words_and_path
from indelible.features.runbooks.reminding.links import base_of, run_path, runbook_path, step_path
from indelible.features.runbooks.starting.books import text_of
from indelible.features.settings.mail import MailServer
from indelible.storage.database.codes import code_of
from indelible.web.chrome import House
from indelible.web.moments import Reader, is_zone
from indelible.web.numbers import written

MOST_ITEMS: Final = 40
ORDER: Final = ("overdue", "today", "soon", "yours", "late", "escalated", "not_opened", "look_again")


@dataclass(frozen=True, slots=True)
class Written:
    """A mail ready to be sent: everything that sending it needs, so that it can be sent without the tables."""

    to: str
    subject: str
    body: str
    ident: str  # the same each time it is tried, so that a mailbox knows a repeat
    at: datetime

    def message(self, server: MailServer) -> EmailMessage:
        """Return the mail, to the byte the same each time it is made."""
        return EmailMessage(
            subject=self.subject,
            body=self.body,
            from_email=server.sender,
            to=[self.to],
            headers={
                "Message-ID": f"<{self.ident}@{server.domain or 'indelible'}>",
                "Date": format_datetime(self.at),
                "Auto-Submitted": "auto-generated",
            },
        )


def written_of(row: Mailing) -> Written | None:
    """Return what a row says; None where nobody can be told it any more."""
    to = row.address
    reader = _reader(row.user)
    if row.user is not None:
        if not row.user.is_active:
            return None
        to = row.user.email
    elif not _still_invited(row):
        return None
    subject, lines = _clock(row, reader) if row.kind == "clock" else _letter(row, reader)
    ours = house() or House("")
    name = f"Indelible, {ours.name}" if ours.name else "Indelible"
    lines += [
        "",
        _("This mail was sent by Indelible by itself. What was done and signed stands on the record."),
    ]
    return Written(
        to=to,
        subject=" ".join(f"{name}: {subject}".split()),
        body="\n".join(lines) + "\n",
        ident=ident_of(row),
        at=row.made_at,
    )


def ident_of(row: Mailing) -> str:
    """Return what a mail goes by: nobody can guess it, and it never changes."""
    return f"indelible-{row.pk}-{code_of('mailing', row.once).hex()[:16]}"


def _reader(user: User | None) -> Reader:
    ours = house() or House("")
    zone = user.zone if user is not None and is_zone(user.zone) else ours.zone
    style = (user.date_style if user else "") or ours.date_style
    return Reader(zone, style, number_style=(user.number_style if user else "") or ours.number_style)


def _still_invited(row: Mailing) -> bool:
    kind, _space, key = str(row.facts.get("person", "")).partition(" ")
    return kind == "outsider" and Outsider.objects.filter(pk=int(key), ended_at=None).exists()


# Letters ---------------------------------------------------------------------------------------------------


def _letter(row: Mailing, reader: Reader) -> tuple[str, list[str]]:
    items = sorted(row.facts.get("items", []), key=lambda item: ORDER.index(item["kind"]))
    runs = {
        run.pk: run
        for run in Run.objects.filter(pk__in={item["run"] for item in items if "run" in item})
        .select_related("version", "runbook")
        .defer("version__document")
    }
    books = Runbook.objects.in_bulk({one["subject"] for one in items if one["kind"] == "look_again"})
    unopened = Mailing.objects.in_bulk({one["subject"] for one in items if one["kind"] == "not_opened"})
    outside = row.user is None
    base = "" if outside else base_of(row.logbook)
    lines = [
        _("Good day.") if outside else _("Good day %(name)s.") % {"name": row.user.name if row.user else ""}
    ]
    for kind in ORDER:
        these = [item for item in items if item["kind"] == kind]
        if not these:
            continue
        lines += ["", _heading(kind, len(these), _is_mixed(these))]
        for item in these[:MOST_ITEMS]:
            if kind == "look_again":
                lines += _text_line(books.get(item["subject"]), reader, base)
            elif kind == "not_opened":
                lines += _unopened_line(unopened.get(item["subject"]))
            elif "further" in item:
                lines += _further_line(item, reader, base)
            else:
                lines += _task_line(item, runs.get(item["run"]), reader, base)
        if len(these) > MOST_ITEMS:
            lines.append(_("- and %(n)s more") % {"n": written(len(these) - MOST_ITEMS)})
    if outside:
        lines += ["", _("Use the link that you were given. It is not repeated here.")]
    elif base:
        lines += [
            "",
            _("If you doubt that this mail is real, open Indelible yourself and do not use the links."),
        ]
    elif _is_mixed(items):
        lines += ["", _("You find all of it in Indelible, on Home.")]
    else:
        lines += ["", _("You find all of it in Indelible, under Runbooks.")]
    return _subject(items), lines


def _is_mixed(items: Sequence[Mapping[str, Any]]) -> bool:
    """Whether something among them is no step of a run."""
    return any("further" in item for item in items)


def _subject(items: Sequence[Mapping[str, Any]]) -> str:
    counts = {kind: sum(item.get("count", 1) for item in items if item["kind"] == kind) for kind in ORDER}
    if _is_mixed(items):
        return _subject_of_things(counts)
    late = counts["overdue"] + counts["late"] + counts["escalated"]
    if late:
        return ngettext("%(n)s step is overdue", "%(n)s steps are overdue", late) % {"n": written(late)}
    if counts["not_opened"]:
        return _("a runbook could not be started")
    waits = counts["today"] + counts["soon"] + counts["yours"]
    if counts["today"]:
        today = counts["today"]
        return ngettext("%(n)s step is due today", "%(n)s steps are due today", today) % {"n": written(today)}
    if waits:
        return ngettext("%(n)s step waits for you", "%(n)s steps wait for you", waits) % {"n": written(waits)}
    return _("a runbook is to be looked at again")


def _subject_of_things(counts: Mapping[str, int]) -> str:
    """Say how much there is, where not all of it are steps of runs."""
    if late := counts["overdue"] + counts["late"] + counts["escalated"]:
        return ngettext("%(n)s thing is overdue", "%(n)s things are overdue", late) % {"n": written(late)}
    if today := counts["today"]:
        words = ngettext("%(n)s thing is due today", "%(n)s things are due today", today)
        return words % {"n": written(today)}
    waits = counts["soon"] + counts["yours"]
    return ngettext("%(n)s thing waits for you", "%(n)s things wait for you", waits) % {"n": written(waits)}


def _heading(kind: str, count: int, mixed: bool = False) -> str:
    if kind == "late" and mixed:
        return _("Overdue in runbooks and reviews that you answer for:")
    return {
        "overdue": ngettext("This is overdue:", "These are overdue:", count),
        "today": _("Due today:"),
        "soon": _("Due soon:"),
        "yours": ngettext("This waits for you:", "These wait for you:", count),
        "late": _("Overdue in runbooks that you answer for:"),
        "escalated": _("Overdue for days, and still not done:"),
        "not_opened": _("Could not be started:"),
        "look_again": _("A text of yours is to be looked at again, whether it is still right:"),
    }[kind]


def _task_line(item: Mapping[str, Any], run: Run | None, reader: Reader, base: str) -> list[str]:
    if run is None:
        return []
    document = text_of(run.version_id, run.version.digest)
    place = document.place(item["step"])
    told = {"run": run.title, "number": place + 1, "step": document.steps[place].title}
    said = (
        _("- %(run)s: step %(number)s, %(step)s, to be signed")
        if item.get("signs") or document.steps[place].kind == "second"
        else _("- %(run)s: step %(number)s, %(step)s")
    ) % told
    if item.get("due"):
        due = to_datetime(item["due"])
        past = item["kind"] in ("overdue", "late", "escalated")
        said += (_(". It was due %(when)s") if past else _(". Due %(when)s")) % {"when": _spoken(due, reader)}
    return [said, *([f"  {base}{step_path(run.pk, item['step'])}"] if base else [])]


def _further_line(item: Mapping[str, Any], reader: Reader, base: str) -> list[str]:
    words, path = words_and_path(item)
    if not words:
        return []
    said = _("- at least %(what)s") if item.get("more") else "- %(what)s"
    said = said % {"what": words}
    if item["due"]:
        past, several = item["kind"] in ("overdue", "late", "escalated"), item["count"] > 1
        when = _spoken(to_datetime(item["due"]), reader)
        if several:
            said += (_(". The oldest was due %(when)s") if past else _(". The first is due %(when)s")) % {
                "when": when
            }
        else:
            said += (_(". It was due %(when)s") if past else _(". Due %(when)s")) % {"when": when}
    return [said, *([f"  {base}{path}"] if base else [])]


def _text_line(book: Runbook | None, reader: Reader, base: str) -> list[str]:
    if book is None:
        return []
    day = reader.day(book.look_again_on) if book.look_again_on else ""
    said = _("- %(runbook)s, by %(day)s") % {"runbook": book.title, "day": day}
    return [said, *([f"  {base}{runbook_path(book.key)}"] if base else [])]


def _unopened_line(row: Mailing | None) -> list[str]:
    if row is None:
        return []
    return [
        _("- %(title)s: %(why)s") % {"title": row.facts.get("title", ""), "why": row.facts.get("why", "")}
    ]


# Clocks ----------------------------------------------------------------------------------------------------


def _clock(row: Mailing, reader: Reader) -> tuple[str, list[str]]:
    facts, run = row.facts, row.run
    due = to_datetime(facts["due"])
    told = {
        "clock": facts["title"],
        "clause": facts["clause"],
        "run": run.title if run else "",
        "when": _spoken(due, reader),
        "utc": due.strftime("%Y-%m-%d %H:%M"),
    }
    if facts["over"]:
        subject = _("the deadline is over: %(clock)s")
        lines = [
            _("The deadline “%(clock)s” (%(clause)s) of %(run)s ended %(when)s (%(utc)s UTC), and what meets it "
              "is not done."),
            "",
            _("Do it now, and write down why it is late. Many laws ask for the reason."),
        ]  # fmt: skip
    else:
        subject = _("a deadline is near: %(clock)s")
        lines = [
            _("The deadline “%(clock)s” (%(clause)s) of %(run)s ends %(when)s (%(utc)s UTC). "
              "Weekends and nights count."),
        ]  # fmt: skip
    lines = [line % told for line in lines]
    outside = row.user is None
    base = "" if outside else base_of(row.logbook)
    if base and run is not None:
        lines += ["", f"{base}{step_path(run.pk, row.step) if row.step else run_path(run.pk)}"]
    elif outside:
        lines += ["", _("Use the link that you were given. It is not repeated here.")]
    return subject % told, lines


def _spoken(moment: datetime, reader: Reader) -> str:
    local = reader.local(moment)
    return _("%(day)s at %(time)s (%(zone)s)") % {
        "day": reader.weekday(local),
        "time": reader.clock(local, seconds=False),
        "zone": reader.zone_name(local),
    }
