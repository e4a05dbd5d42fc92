"""Checks about who did something: different people, and nobody who is named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from django.utils.translation import gettext as _

from indelible.features.people.models import User
from indelible.features.runbooks.document.runbook import Part, Runbook
from indelible.features.runbooks.models import RunRole
from indelible.features.runbooks.running.doers import Doer, doers_of, first_same, is_called

from ..filling import text_of
from ..ground import CannotTell, Found, Ground, failed, passed
from ..named import flaws_of_fields, flaws_of_roles, flaws_of_steps
from ..registry import kind
from ..telling import field_label, several, step_title


class DifferentPeople(Part, frozen=True, kw_only=True):
    """Steps that different people must have done, or roles that different people must fill."""

    steps: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


def _different_flaws(settings: DifferentPeople, document: Runbook) -> Iterator[str]:
    yield from flaws_of_steps(document, settings.steps)
    yield from flaws_of_roles(document, settings.roles)
    if len(settings.steps) < 2 and len(settings.roles) < 2:
        yield _("Name at least two steps or two roles.")


@kind("different_people", DifferentPeople, _different_flaws)
def different_people(ground: Ground, settings: DifferentPeople) -> Found:
    """Whether nobody did two of these steps, by whatever account or link."""
    parts = [(_who_did(ground, key), step_title(ground, key)) for key in settings.steps]
    parts += _who_fill(ground, settings.roles)
    for people, title in parts:
        if not people:
            raise CannotTell(_("“%(what)s”: nobody is known for it yet.") % {"what": title})
    for (ours, one), (theirs, other) in combinations(parts, 2):
        for who in ours:
            if (same := first_same(who, theirs)) is not None:
                facts = {"one": one, "other": other, "name": same.name}
                return failed(_("“%(one)s” and “%(other)s” are the same person: %(name)s.") % facts, **facts)
    names = list(dict.fromkeys(who.name for people, _title in parts for who in people if who.name))
    return passed(_("Different people: %(names)s.") % {"names": several(names)}, people=names)


class NotNamed(Part, frozen=True, kw_only=True):
    """Fields that name people of whom none may have done a step."""

    fields: tuple[str, ...] = ()
    about: bool = False  # whether whom the run is about is meant too
    steps: tuple[str, ...] = ()  # empty: all steps done so far


def _not_named_flaws(settings: NotNamed, document: Runbook) -> Iterator[str]:
    yield from flaws_of_fields(document, settings.fields)
    yield from flaws_of_steps(document, settings.steps)
    if not settings.fields and not settings.about:
        yield _("Say which fields name somebody.")


@kind("not_named", NotNamed, _not_named_flaws)
def not_named(ground: Ground, settings: NotNamed) -> Found:
    """Whether nobody worked on what is about themselves."""
    names = [name for key in settings.fields for name in _names_in(text_of(ground, key))]
    if settings.about:
        if not ground.run.about.strip():
            raise CannotTell(_("It is not said yet whom or what this run is about."))
        names += _names_in(ground.run.about)
    steps = settings.steps or tuple(ground.doers)
    people = [who for key in steps for who in _who_did(ground, key)]
    if not people:
        raise CannotTell(_("Nobody has done anything yet."))
    for who in people:
        if is_called(who, names):
            return failed(_("%(name)s is named, and did something here.") % {"name": who.name}, name=who.name)
    labels = [field_label(ground, key) for key in settings.fields]
    return passed(
        _("Nobody who did something here is named: %(names)s.") % {"names": several(names)}, fields=labels
    )


def _names_in(text: str) -> list[str]:
    """Return the names that somebody wrote in one field: as a whole, and one by one where they are a row."""
    parts = [
        part.strip() for part in text.replace(";", ",").replace("\n", ",").replace(" and ", ",").split(",")
    ]
    return list(dict.fromkeys([text.strip(), *(part for part in parts if part)]))


def _who_did(ground: Ground, step: str) -> list[Doer]:
    return _doers(ground.doers.get(step, ()))


def _doers(people: Iterable[User | str]) -> list[Doer]:
    told = list(people)
    users = [Doer(user=one) for one in told if not isinstance(one, str)]
    tags = [one for one in told if isinstance(one, str) and one]
    return [*users, *(doers_of(tags) if tags else ())]


def _who_fill(ground: Ground, roles: Sequence[str]) -> list[tuple[list[Doer], str]]:
    if not roles:
        return []
    rows = RunRole.objects.filter(run=ground.run, role__in=roles).select_related("user", "outsider")
    by_role = {row.role: row for row in rows}
    found = []
    for role in roles:
        row = by_role.get(role)
        people = [Doer(user=row.user)] if row and row.user else []
        if row and row.outsider:
            people.append(Doer(outsider=row.outsider))
        known = ground.document.roles.get(role)
        found.append((people, known.title if known else role))
    return found
