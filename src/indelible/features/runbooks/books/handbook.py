"""The handbook: every runbook in force, with its version, who keeps it, its next look, and who fills its roles.

As PDF it is set by typst from a template with nothing but data, tagged, the same bytes for the same day and texts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, time
from importlib.resources import as_file, files
from typing import Any, Final, Literal

import typst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from indelible.features.people.queries import organisation
from indelible.features.runbooks.books import wording
from indelible.features.runbooks.books.appointing import Filled
from indelible.features.runbooks.books.holding import document_of_version, today
from indelible.features.runbooks.books.queries import newest_versions
from indelible.features.runbooks.books.telling import Line, Told, tell
from indelible.features.runbooks.models import Appointment, Runbook, RunbookState, Version
from indelible.storage.database.models import Logbook
from indelible.web.chrome import House
from indelible.web.moments import Reader

STANDARD: Final[Literal["ua-1"]] = "ua-1"


@dataclass(frozen=True, slots=True)
class Chapter:
    """One runbook of the handbook."""

    book: Runbook
    version: Version
    told: Told
    people: tuple[tuple[str, str, str], ...]  # role, who fills it, who stands in


def chapters(logbook: Logbook) -> list[Chapter]:
    """Return the runbooks in force, by team and title: three queries, however many there are."""
    versions = newest_versions(logbook)
    rows = Runbook.objects.filter(logbook=logbook, state=RunbookState.PUBLISHED).select_related("owner")
    filled: dict[int, dict[str, Filled]] = {}
    for row in Appointment.objects.filter(runbook__logbook=logbook).select_related("user", "stand_in"):
        filled.setdefault(row.runbook_id, {})[row.role] = Filled(row.user, row.stand_in)
    found = [_chapter(row, versions[row.pk], filled.get(row.pk, {})) for row in rows if row.pk in versions]
    return sorted(
        found, key=lambda each: (each.told.team.casefold(), each.told.title.casefold(), each.book.key)
    )


def _chapter(row: Runbook, version: Version, filled: dict[str, Filled]) -> Chapter:
    document = document_of_version(version)
    people = []
    for key, role in document.roles.items():
        told = filled.get(key, Filled())
        people.append(
            (role.title, told.user.name if told.user else "", told.stand_in.name if told.stand_in else "")
        )
    return Chapter(row, version, tell(document), tuple(people))


# As PDF ----------------------------------------------------------------------------------------------------


def pdf(logbook: Logbook, now: datetime) -> bytes:
    """Return the handbook as PDF. Raises typst.TypstError where it cannot be set.

    What no font of this machine can show stands as its number, such as [U+0500].
    """
    data = json.dumps(_data(chapters(logbook), now), ensure_ascii=False)
    made_at = int(datetime.combine(today(now), time(0), UTC).timestamp())
    attempts = ((data, True), (data, False), (_plain(data), True))
    for place, (words, own_fonts) in enumerate(attempts, 1):
        try:
            return _compiled(words, made_at, own_fonts=own_fonts)
        except typst.TypstError as unshown:
            if "could not be displayed" not in str(unshown) or place == len(attempts):
                raise
    raise ValueError("no attempt was made")


def _compiled(data: str, timestamp: int, *, own_fonts: bool) -> bytes:
    with as_file(files("indelible.features.runbooks") / "typst" / "handbook.typ") as template:
        compiler = typst.Compiler(str(template), ignore_system_fonts=own_fonts, sys_inputs={"data": data})
        made = compiler.compile(format="pdf", pdf_standards=[STANDARD], timestamp=timestamp)
    assert isinstance(made, bytes)
    return made


def _plain(data: str) -> str:
    """Return text in which each character beyond those of the fonts inside typst stands as its number."""
    return "".join(each if _is_shown(each) else f"[U+{ord(each):04X}]" for each in data)


def _is_shown(character: str) -> bool:
    code = ord(character)
    return 0x20 <= code < 0x7F or (0xA1 <= code < 0x180 and code != 0xAD) or character in "–—‘’“”„…·•€™"


def _data(found: list[Chapter], now: datetime) -> dict[str, Any]:
    ours = organisation()
    house = House(ours.name, ours.zone, ours.date_style, ours.number_style) if ours else House("")
    reader = Reader(zone=house.zone, date_style=house.date_style, number_style=house.number_style)
    day = reader.day(today(now))
    return {
        "language": (get_language() or "en").partition("-")[0],
        "title": _("Handbook of runbooks"),
        "organisation": house.name or " ",
        "as_of": _("As in force on %(day)s") % {"day": day},
        "contents": _("Contents"),
        "empty": _("No runbook is in force yet."),
        "of": _("Page"),
        "footer": _("%(organisation)s · Handbook of runbooks, %(day)s")
        % {"organisation": house.name, "day": day},
        "steps_title": _("Steps"),
        "roles_title": _("Who does what"),
        "role_heads": [_("Role"), _("Who"), _("Stands in")],
        "limits": _(
            "This is a copy. What counts is the record: each version is an entry there, with its text. Runs that began "
            "earlier keep the version they began under."
        ),
        "chapters": [_chapter_data(each, reader) for each in found],
    }


def _chapter_data(chapter: Chapter, reader: Reader) -> dict[str, Any]:
    told, version, row = chapter.told, chapter.version, chapter.book
    again = reader.day(row.look_again_on) if row.look_again_on else _("not said")
    facts = [
        (_("Version"), _version_words(version, reader)),
        (_("Text kept by"), row.owner.name if row.owner else _("nobody yet")),
        (_("Text to be looked at by"), again),
        (_("Walked through by"), version.walked_by.name if version.walked_by else _("nobody")),
        *((line.label, _items(line)) for line in told.facts),
    ]
    return {
        "id": told.id,
        "team": told.team or str(wording.team("")) or " ",
        "title": told.title,
        "purpose": told.purpose,
        "note": told.note,
        "facts": [(label, words if isinstance(words, list) else [words]) for label, words in facts],
        "people": [(role, who or "–", stand_in or "–") for role, who, stand_in in chapter.people],
        "roles": [f"{title}: {words}" for _key, title, words in told.roles if words],
        "steps": [
            {
                "title": step.title,
                "number": str(step.number),
                "meta": f"{step.by} · {step.kind}",
                "do": step.do,
                "lines": [(line.label, list(line.items)) for line in (*step.reasons, *step.lines)],
            }
            for step in told.steps
        ],
    }


def _version_words(version: Version, reader: Reader) -> str:
    return _("%(n)s, in force since %(day)s") % {
        "n": version.number,
        "day": reader.day(reader.local(version.published_at)),
    }


def _items(line: Line) -> list[str]:
    return list(line.items)
