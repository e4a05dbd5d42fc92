"""The document that a run goes by: of its version, read once a process."""

from __future__ import annotations

from functools import lru_cache

from indelible.features.runbooks.document.reading import from_data
from indelible.features.runbooks.document.runbook import Runbook, Step
from indelible.features.runbooks.models import Run, RunStep, Version


def document_of(run: Run) -> Runbook:
    """Return the document of a run's version. A published version never changes, so it is kept."""
    return _kept(run.version_id, run.version.digest)


def step_of(run_step: RunStep) -> Step:
    """Return what the document says of a run's step."""
    return document_of(run_step.run).step(run_step.key)


def role_of(document: Runbook, step: Step) -> str:
    """Return the role that a step is of. What Indelible does by itself and cannot end falls to the owner."""
    return document.owner if step.by == "system" else step.by


def roles_of(document: Runbook, step: Step) -> tuple[str, ...]:
    """Return every role that has a part in a step: whoever does it, and who signs it as well."""
    return (role_of(document, step), *step.also)


@lru_cache(maxsize=256)
def _kept(version: int, digest: str) -> Runbook:
    return from_data(Version.objects.get(pk=version, digest=digest).document)
