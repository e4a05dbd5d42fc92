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
from indelible.features.runbooks.models import Outsider, Run, RunRole, RunStep, StepSignature, StepWork
from indelible.features.runbooks.running.documents import document_of, role_of, roles_of
from indelible.features.runbooks.running.doers import Doer, doers_of, first_same, is_called
from indelible.features.signoffs.models import Decision

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


def bars(step: RunStep, doer: Doer, *, signing: bool = False) -> Bar | None:
    """Return why somebody may not do a step, or with `signing` not sign it; None where they may."""
    document = document_of(step.run)
    part = document.step(step.key)
    role = role_in(step.run, document, part, doer)
    if role is None or not _may_at_all(doer):
        return Bar(NOT_ASKED, {"whom": whom(step), "role": document.roles[role_of(document, part)].title})
    if signing and (same := first_same(doer, signers_of(step))) is not None:
        return Bar(SIGNED_ALREADY, {"whom": whom(step, but=doer), "name": same.name})
    if part.sign != "two" or not (signing or part.kind == "second"):
        return _of_roles(step, document, role, doer)
    covered = document.covered(step.key)
    hands = hands_in(step.run, covered, but=step.key)
    if (same := first_same(doer, hands)) is not None:
        return Bar(OWN_WORK, {"whom": whom(step, but=doer), "name": same.name})
    if (bar := _of_their_link(doer, hands)) is not None:
        return bar
    if is_called(doer, named_in(step.run, document)):
        return Bar(ABOUT_THEM, {"whom": whom(step, but=doer), "about": step.run.about})
    return _of_roles(step, document, role, doer)


def role_in(run: Run, document: Runbook, part: Step, doer: Doer) -> str | None:
    """Return in which role somebody comes to a step, None where in none."""
    wanted = roles_of(document, part)
    for row in RunRole.objects.filter(run=run, role__in=wanted).order_by("pk"):
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


def _of_roles(step: RunStep, document: Runbook, role: str, doer: Doer) -> Bar | None:
    """Refuse whoever did something in a role that this one may not be filled together with."""
    excluded = {*document.roles[role].not_, *(key for key, one in document.roles.items() if role in one.not_)}
    keys = [one.key for one in document.steps if one.by in excluded or set(one.also) & excluded]
    if not keys:
        return None
    did = [one for one in _doers_in_role(step.run, document, keys, excluded) if one.tag]
    if (same := first_same(doer, did)) is None:
        return None
    titles = [document.roles[key].title for key in document.roles if key in excluded]
    return Bar(
        OTHER_ROLE,
        {"role": document.roles[role].title, "other": access.said(titles, or_=True), "name": same.name},
    )


def _doers_in_role(run: Run, document: Runbook, keys: list[str], roles: set[str]) -> list[Doer]:
    """Return who had a hand, in any attempt, in steps of these roles; of steps that several sign, who signed as one."""
    tags: list[str] = []
    alone = [key for key in keys if document.step(key).by in roles and not document.step(key).also]
    for row in RunStep.objects.filter(run=run, key__in=alone).exclude(by_user=None, by_outsider=None):
        tags.append(_tag(row.by_user_id, row.by_outsider_id))
    for work in StepWork.objects.filter(step__run=run, step__key__in=alone):
        tags += [*work.hands, (work.ended or {}).get("by", "")]
    signed = StepSignature.objects.filter(step__run=run, step__key__in=keys).select_related("sign_off")
    for one in signed:
        if one.sign_off.covers.get("role") in roles:
            tags.append(f"user {one.sign_off.by_id}" if one.sign_off.by_id else one.sign_off.outsider)
    return doers_of(tag for tag in dict.fromkeys(tags) if tag)


# Who had a hand in it --------------------------------------------------------------------------------------


def hands_in(run: Run, keys: Iterable[str], *, but: str = "") -> list[Doer]:
    """Return everybody who had a hand in steps, in any attempt; of the step `but` itself only what was done to it
    besides signing."""
    wanted = [key for key in keys if key != but]
    tags: list[str] = []
    for work in StepWork.objects.filter(step__run=run, step__key__in=wanted):
        tags += work.hands
        tags += [(work.ended or {}).get("by", "")]
    for row in RunStep.objects.filter(run=run, key__in=wanted):
        tags.append(_tag(row.by_user_id, row.by_outsider_id))
    for signature in StepSignature.objects.filter(step__run=run, step__key__in=wanted).select_related(
        "sign_off"
    ):
        tags.append(_tag(signature.sign_off.by_id, None) or signature.sign_off.outsider)
    decided = Decision.objects.filter(frozen__in=_lists(run, wanted)).values_list("by", "outsider").distinct()
    tags += [_tag(user, None) or outsider for user, outsider in decided]
    return doers_of(tag for tag in dict.fromkeys(tags) if tag)


def _lists(run: Run, keys: list[str]) -> list[int]:
    from indelible.features.runbooks.models import StepList

    return list(StepList.objects.filter(step__run=run, step__key__in=keys).values_list("frozen", flat=True))


def _tag(user: int | None, outsider: int | None) -> str:
    if user is not None:
        return f"user {user}"
    return f"outsider {outsider}" if outsider is not None else ""


def signers_of(step: RunStep) -> list[Doer]:
    """Return who has signed this attempt of a step so far."""
    rows = StepSignature.objects.filter(step=step, attempt=step.attempt, stale=False).select_related(
        "sign_off"
    )
    return doers_of(_tag(row.sign_off.by_id, None) or row.sign_off.outsider for row in rows)


def named_in(run: Run, document: Runbook) -> list[str]:
    """Return whom a run is about: what it was opened about, and persons that were filled in."""
    people = {one.key for step in document.steps for one in step.fields if one.kind == "person"}
    names = [run.about] if run.about else []
    if people:
        for work in StepWork.objects.filter(step__run=run):
            names += [str(value) for key, value in work.values.items() if key in people and value]
    return names


def whom(step: RunStep, *, but: Doer | None = None) -> str:
    """Say who can do or sign a step: "Daniel Osei or Alina Popescu"; empty where nobody can yet."""
    document = document_of(step.run)
    part = document.step(step.key)
    names: list[str] = []
    rows = RunRole.objects.filter(run=step.run, role__in=roles_of(document, part))
    for row in rows.select_related("user", "stand_in", "outsider").order_by("pk"):
        for who in (row.user, row.stand_in, row.outsider):
            if who is None:
                continue
            one = Doer(outsider=who) if isinstance(who, Outsider) else Doer(user=who)
            if but is not None and first_same(but, [one]) is not None:
                continue
            names.append(who.name)
    return access.said(list(dict.fromkeys(names)), or_=True)
