"""What settings name of a document: its steps, fields and roles. Who names what is not there is told so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from indelible.features.runbooks.document.runbook import Field, Runbook


def fields_of(document: Runbook) -> dict[str, Field]:
    """Return the fields of all steps by key."""
    return {one.key: one for step in document.steps for one in step.fields}


def flaws_of_steps(document: Runbook, keys: Iterable[str]) -> Iterator[str]:
    """Say which of these steps the document does not have."""
    known = {step.key for step in document.steps}
    for key in keys:
        if key not in known:
            yield _("There is no step “%(key)s”.") % {"key": key}


def flaws_of_lists(document: Runbook, keys: Iterable[str], *, decided: bool = False) -> Iterator[str]:
    """Say which of these steps show no list, or with `decided` ask for no decision about its rows."""
    known = {step.key: step for step in document.steps}
    for key in keys:
        if key not in known:
            yield from flaws_of_steps(document, [key])
        elif (view := known[key].view) is None:
            yield _("“%(step)s” shows no list.") % {"step": known[key].title}
        elif decided and not view.decide:
            yield _("“%(step)s” asks for no decision about its rows.") % {"step": known[key].title}


def flaws_of_fields(document: Runbook, keys: Iterable[str]) -> Iterator[str]:
    """Say which of these fields the document does not have."""
    known = fields_of(document)
    for key in keys:
        if key not in known:
            yield _("There is no field “%(key)s”.") % {"key": key}


def flaws_of_roles(document: Runbook, keys: Iterable[str]) -> Iterator[str]:
    """Say which of these roles the document does not have."""
    for key in keys:
        if key not in document.roles:
            yield _("There is no role “%(key)s”.") % {"key": key}
