"""Whether somebody may do a step, and whether they may sign it: four eyes are two people, not two accounts.

Who did something is what counts, not who holds which role now: whoever had a hand in what a second signature covers
(wrote, attached, decided, did, signed, in any attempt) cannot give it. That holds for another account or link of the
same person, for stand-ins, and after a change of roles. Neither can whom the run is about, nor somebody from outside
whose link and PIN were made by one of those, as long as anybody else could have made them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from indelible.features.people import access
from indelible.features.people.models import User
from indelible.features.runbooks.document.runbook import Runbook, Step
from indelible.features.runbooks.models import Run, RunStep
from indelible.features.runbooks.running.documents import document_of, role_of, roles_of
from indelible.features.runbooks.running.doers import Doer, first_same, is_called
from indelible.features.runbooks.running.known import Known, holders

NOT_ASKED, OWN_WORK, ABOUT_THEM, OTHER_ROLE, SIGNED_ALREADY, LINK_OF_OWN = (
    "run-step-not-yours",
    "run-own-work",
    "run-about-you",
    "run-role-excluded",
    "run-signed-already",
    "run-link-of-own",
)
MOST_MAKERS: Final = 50


@dataclass(frozen=True, slots=True)
class Bar:
    """Why somebody may not. `code` is a key of explanations.toml, `facts` fill its words."""

    code: str
    facts: dict[str, object]


def bars(step: RunStep, doer: Doer, *, signing: bool = False, known: Known | None = None) -> Bar | None:
    """Return why somebody may not do a step, or with `signing` not sign it; None where they may.

    `known` is what was read of several runs, where many steps are looked at.
    """
    known = known or Known([step.run_id])
    document = document_of(step.run)
    part = document.step(step.key)
    role = role_in(step.run, document, part, doer, known)
    if role is None or not _may_at_all(doer):
        title = document.roles[role_of(document, part)].title
        return Bar(NOT_ASKED, {"whom": _whom(step, document, known), "role": title})

    def bar(code: str, **facts: object) -> Bar:
        return Bar(code, {"whom": _whom(step, document, known, but=doer), **facts})

    if signing and (same := known.first(doer, _signers(step, known))) is not None:
        return bar(SIGNED_ALREADY, name=same.name)
    if part.sign == "two" and (signing or part.kind == "second"):
        hands = _hands(step.run_id, document.covered(step.key), step.key, known)
        if (same := known.first(doer, hands)) is not None:
            return bar(OWN_WORK, name=same.name)
        if (
            of_own := _of_their_link(doer, [known.doers[tag] for tag in hands if tag in known.doers])
        ) is not None:
            return of_own
        if is_called(doer, _named(step.run, document, known)):
            return bar(ABOUT_THEM, about=step.run.about)
    return _of_roles(step, document, role, doer, known)


def role_in(run: Run, document: Runbook, part: Step, doer: Doer, known: Known | None = None) -> str | None:
    """Return in which role somebody comes to a step, None where in none."""
    wanted = roles_of(document, part)
    for row in (known or Known([run.pk])).roles[run.pk]:
        if row.role not in wanted:
            continue
        if doer.user is not None and doer.user.pk in (row.user_id, row.stand_in_id):
            return row.role
        if doer.outsider is not None and doer.outsider.pk == row.outsider_id:
            return row.role
    return None


def _may_at_all(doer: Doer) -> bool:
    if doer.user is not None:
        return access.may(doer.user, access.STEPS_DO)
    return doer.outsider is not None and doer.outsider.ended_at is None


def _of_their_link(doer: Doer, hands: list[Doer]) -> Bar | None:
    """Refuse whoever comes by a link that one of those made whose work they would check: that one knows link and PIN.
    In a house where nobody else can make one, it stands; the entry of the invitation says who made it."""
    if doer.outsider is None:
        return None
    maker = doer.outsider.invited_by
    if first_same(Doer(user=maker), hands) is None:
        return None
    roles = [role for role, acts in access.ACTS.items() if access.RUNS_START in acts]
    able = User.objects.filter(is_active=True, role__in=roles).order_by("name", "pk")[:MOST_MAKERS]
    others = [one for one in able if first_same(Doer(user=one), hands) is None]
    if not others:
        return None
    return Bar(LINK_OF_OWN, {"name": maker.name, "whom": access.said([one.name for one in others], or_=True)})


def _of_roles(step: RunStep, document: Runbook, role: str, doer: Doer, known: Known) -> Bar | None:
    """Refuse whoever did something in a role that this one may not be filled together with."""
    excluded = {*document.roles[role].not_, *(key for key, one in document.roles.items() if role in one.not_)}
    keys = [one.key for one in document.steps if one.by in excluded or set(one.also) & excluded]
    if not keys:
        return None
    if (same := known.first(doer, _tags_in_role(step.run_id, document, keys, excluded, known))) is None:
        return None
    titles = [document.roles[key].title for key in document.roles if key in excluded]
    return Bar(
        OTHER_ROLE,
        {"role": document.roles[role].title, "other": access.said(titles, or_=True), "name": same.name},
    )


def _tags_in_role(run: int, document: Runbook, keys: list[str], roles: set[str], known: Known) -> list[str]:
    """Return who had a hand, in any attempt, in steps of these roles; of steps that several sign, who signed as one."""
    tags: list[str] = []
    for key in keys:
        part = document.step(key)
        if part.by in roles and not part.also:
            tags += [known.by.get((run, key), ""), *known.hands[run, key]]
        tags += [tag for row, tag in known.signatures[run, key] if row.sign_off.covers.get("role") in roles]
    return tags


# Who had a hand in it --------------------------------------------------------------------------------------


def hands_in(run: Run, keys: Iterable[str], *, but: str = "") -> list[Doer]:
    """Return everybody who had a hand in steps, in any attempt, those of the step `but` left out."""
    known = Known([run.pk])
    tags = _hands(run.pk, keys, but, known)
    return [known.doers[tag] for tag in tags if tag in known.doers]


def _hands(run: int, keys: Iterable[str], but: str, known: Known) -> list[str]:
    tags: list[str] = []
    for key in keys:
        if key != but:
            tags += [*known.hands[run, key], known.by.get((run, key), "")]
            tags += [*(tag for _row, tag in known.signatures[run, key]), *known.decided[run, key]]
    return list(dict.fromkeys(tags))


def _signers(step: RunStep, known: Known) -> list[str]:
    """Return who has signed this attempt of a step so far."""
    rows = known.signatures[step.run_id, step.key]
    return [tag for row, tag in rows if row.attempt == step.attempt and not row.stale]


def named_in(run: Run, document: Runbook) -> list[str]:
    """Return whom a run is about: what it was opened about, and persons that were filled in."""
    return _named(run, document, Known([run.pk]))


def _named(run: Run, document: Runbook, known: Known) -> list[str]:
    people = {one.key for step in document.steps for one in step.fields if one.kind == "person"}
    names = [run.about] if run.about else []
    for values in known.values[run.pk] if people else ():
        names += [str(value) for key, value in values.items() if key in people and value]
    return names


def _whom(step: RunStep, document: Runbook, known: Known, *, but: Doer | None = None) -> str:
    """Say who can do or sign a step: "Daniel Osei or Alina Popescu"; empty where nobody can yet."""
    wanted = roles_of(document, document.step(step.key))
    there = [one for row in known.roles[step.run_id] if row.role in wanted for one in holders(row)]
    names = [one.name for one in there if but is None or known.first(but, [one.tag]) is None]
    return access.said(list(dict.fromkeys(names)), or_=True)
