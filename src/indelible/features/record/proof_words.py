"""What the panel of an entry says about its proof: four plain facts, and the lines for an engineer."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.features.record.proof import UNKNOWN, Verdict
from indelible.features.record.queries import EntryView
from indelible.storage.database.models import Logbook
from indelible.web.moments import Reader
from indelible.web.numbers import written


def proof_facts(view: EntryView, reader: Reader) -> list[tuple[str, str, str]]:
    """Return the facts of the proof as lines. Where one fails, a good one beside it says nothing about the text."""
    proof = view.proof
    seals = {"newest": written(proof.newest_seal), "first": written(proof.first_seal)}
    clock = reader.clock(view.recorded_at) if view.recorded_at else "?"
    words: list[tuple[Verdict, str, dict[Verdict, str]]] = [
        (
            proof.reads_as_sealed.verdict,
            _("It reads as it did when it was sealed"),
            {
                "matches": _("It still gives the fingerprint taken at %(clock)s.") % {"clock": clock},
                "does not match": _("It gives another fingerprint than the one taken when it was sealed."),
                UNKNOWN: _("The fingerprint that it should give is not at hand."),
            },
        ),
        (
            proof.inside_a_seal.verdict,
            _("It is inside a seal"),
            {
                "matches": _(
                    "Its receipt leads to seal %(newest)s. It was first sealed in seal %(first)s, as it was recorded."
                )
                % seals,
                "does not match": _("No receipt leads from it to a seal of ours."),
                UNKNOWN: _("What its receipt is made of is not at hand."),
            },
        ),
        (
            proof.not_rewritten.verdict,
            _("Nothing was rewritten since"),
            {
                "matches": _("The newest seal, %(newest)s, still contains the one it was first sealed in.")
                % seals,
                "does not match": _("The newest seal does not contain the one it was first sealed in."),
                UNKNOWN: _("The seals to compare are not at hand."),
            },
        ),
    ]
    broken = proof.verdict == "does not match"
    unsure = _("This holds for what was sealed. It says nothing about the text that stands there now.")
    told: list[tuple[str, str, str]] = [
        ("off", title, unsure) if broken and verdict == "matches" else (verdict, title, texts[verdict])
        for verdict, title, texts in words
    ]
    title = _("Others hold the same seal")
    good = view.held.verdict == "matches"
    told.append(
        ("off", title, unsure) if broken and good else (view.held.verdict, title, held_words(view, reader))
    )
    return told


def held_words(view: EntryView, reader: Reader) -> str:
    """Say who outside holds a seal over the entry, or why nobody does yet."""
    held = view.held
    facts: dict[str, object] = {"holder": held.holder, "size": written(held.size), "others": held.holders - 1}
    if held.code == "held":
        facts["when"] = reader.moment(reader.local(held.at))
        many = ngettext(
            "%(holder)s holds seal %(size)s, which covers it, since %(when)s. So does %(others)s other.",
            "%(holder)s holds seal %(size)s, which covers it, since %(when)s. So do %(others)s others.",
            max(held.holders - 1, 0),
        )
        alone = _("%(holder)s holds seal %(size)s, which covers it, since %(when)s.")
        return (many if held.holders > 1 else alone) % facts
    if held.code == "troubled" and held.view is not None:
        since = reader.spoken(reader.local(held.view.since)) if held.view.since else "?"
        words = _("Not yet: %(name)s %(trouble)s, since %(when)s. We keep trying.")
        return words % {"name": held.view.row.name, "trouble": held.view.trouble, "when": since}
    return {
        "on_its_way": _("Not yet. Its seal goes to the witnesses within ten seconds."),
        "late": _("Not yet, though it was due. The background work of Indelible may have stopped."),
        "nobody": _("Nobody outside is set up to hold our seals."),
        "other_history": _(
            "%(holder)s holds a different seal %(size)s. Ours and theirs cannot both be right."
        ),
        "spoiled": _("What is on file as held outside does not fit our seals."),
    }[held.code] % facts


def technical(view: EntryView, logbook: Logbook) -> str:
    """Return the lines for an engineer: index, hashes, path, signature, key."""
    proof = view.proof
    lines = [
        f"index              {view.entry.index}",
        f"origin             {logbook.origin}",
        f"verifier key       {logbook.public_key}",
        f"leaf hash held     {proof.held_hash.hex() if proof.held_hash else 'none'}",
        *([f"cannot be read: {view.entry.problem}"] if view.entry.problem else []),
        *(f"{fact.verdict}: {fact.detail}" for fact in proof.facts if fact.detail),
        *([f"held outside: {view.held.detail}"] if view.held.detail else []),
    ]
    return "\n".join(lines) + (f"\n\n{proof.receipt.text}" if proof.receipt else "")
