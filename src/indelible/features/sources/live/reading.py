"""The bytes of one delivery become records, as a file's would: by the source's own mapping and givens.

What arrives by itself is read by the same package as an upload, so that a message is understood alike whichever way
it came. It is small, so all its records are held in memory.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from django.conf import settings

from indelible.features.sources.models import MappingVersion, Source
from indelible.features.sources.recording import Outcome
from indelible.intake import reading
from indelible.intake.errors import IntakeError
from indelible.intake.given import Given, Question
from indelible.intake.limits import Limits
from indelible.intake.mapping import Mapping
from indelible.intake.reading import Rejected

MOST_BYTES: Final = 8_000_000  # of one delivery that is held in memory


@dataclass(slots=True)
class Understood:
    """What a delivery holds. Where `questions` are open, nothing can be recorded before they are answered."""

    outcomes: list[Outcome] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    system: str = ""


def understand(source: Source, payload: bytes, name: str) -> Understood:
    """Read a delivery by the source's newest mapping. `name` is what a file of it would be called ("message.json").

    What cannot be read at all comes back as one rejected record, with its bytes as text. At most MOST_BYTES: the
    caller refuses more before it is here.
    """
    mapping, given = how_read(source)
    path = Path(settings.INDELIBLE_HOME.uploads) / f"{secrets.token_hex(16)}.message"
    with open(path, "xb", opener=_private) as file:  # a file for an instant, so nothing waits for the disk
        file.write(payload)
    try:
        survey = reading.survey(path, name, given=given, mapping=mapping, limits=Limits())
        try:
            if survey.questions:
                return Understood(questions=survey.questions, system=survey.system)
            return Understood(list(reading.read(survey)), system=survey.system)
        finally:
            survey.close()
    except IntakeError as refused:
        text = payload.decode("utf-8", "backslashreplace")
        return Understood([Rejected(1, refused.code, text)])
    finally:
        path.unlink(missing_ok=True)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def how_read(source: Source) -> tuple[Mapping | None, Given]:
    """Return the mapping and givens of a source's newest version; none and nothing where there is none."""
    version = MappingVersion.objects.filter(source=source).order_by("-number").first()
    if version is None:
        return None, Given()
    mapping = Mapping.from_json(version.mapping) if version.mapping else None
    return mapping, Given(**version.given)
