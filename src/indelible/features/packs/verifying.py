"""What is said about a file that somebody sent to have it checked: a pack, a receipt of an entry, or a seal.

The answer is worked out from the file and what the reader trusts alone; our own record is not asked, so that
the page says the same on everybody's server. Words for what a check found are those of the page in the pack.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.features.packs.verify_form import MOST_UNPACKED_BYTES
from indelible.features.seals.returned import ZIP, read_returned
from indelible.ledger.checkpoints import Checkpoint
from indelible.ledger.errors import LedgerError, MalformedInput, SignatureError
from indelible.ledger.hashing import leaf_hash
from indelible.ledger.keys import ED25519, VerifierKey
from indelible.ledger.notes import SignedNote, parse_note
from indelible.ledger.packs.checking import check_pack
from indelible.ledger.packs.report import DIFFERS, MATCHES, NOT_CHECKED, Check, PackReport, Trust, worst
from indelible.ledger.proof_file import ProofFile
from indelible.ledger.proofs import check_inclusion
from indelible.ledger.words import compare_words, seal_words
from indelible.verifier.words import tell_check, tell_finding, tell_verdict

SHOWN: Final = 50  # findings
# Of a receipt or a mail. A long mail of very many parts takes seconds to take apart, and strangers may send one.
MOST_TEXT_BYTES: Final = 300_000


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that was checked: a verdict, what it is called, and what came of it."""

    verdict: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the page says. `kind` is pack, receipt or seal."""

    kind: str
    verdict: str
    title: str
    text: str
    points: Sequence[Point] = ()
    findings: Sequence[tuple[str, str]] = ()  # title and sentence
    more: int = 0  # findings that are not shown
    compared: bool = False  # whether anything that the reader brought settles whose it is
    words: Sequence[str] = ()
    limits: Sequence[str] = ()
    technical: str = ""
    facts: Sequence[tuple[str, str]] = field(default_factory=tuple)


class NotUnderstood(Exception):
    """The file is nothing that can be checked here."""


def answer_for(file: BinaryIO, trust: Trust) -> Answer:
    """Check a file and return what to say.

    Raises NotUnderstood where it is neither pack, receipt nor seal; MalformedInput (`pack-too-large`).
    """
    start = file.read(len(ZIP))
    file.seek(0)
    if start == ZIP:
        return of_pack(check_pack(file, trust, most_bytes=MOST_UNPACKED_BYTES))
    data = file.read(MOST_TEXT_BYTES + 1)
    if len(data) > MOST_TEXT_BYTES:
        raise NotUnderstood
    found = read_returned(data)
    if found.proof:
        return of_receipt(found.proof, trust)
    for note in found.notes:
        try:
            return of_seal(parse_note(note), trust)
        except MalformedInput:
            continue  # the three lines alone, or something like a seal
    raise NotUnderstood


# A pack -----------------------------------------------------------------------------------------------


def of_pack(report: PackReport) -> Answer:
    """Say what came of checking a pack."""
    told = tell_verdict(report, _)
    found = report.findings
    return Answer(
        "pack",
        report.verdict,
        told.title,
        " ".join(part for part in (_counted(report), told.meaning) if part),
        [Point(one.verdict, *_told(one)) for one in report.checks],
        [(each.title, each.meaning) for each in (tell_finding(one, _) for one in found[:SHOWN])],
        max(len(found) - SHOWN, 0),
        report.key_compared or report.trusted_words is not None,
        report.words,
        _pack_limits(report),
        "\n".join(f"{one.code} entry={one.entry} field={one.field} file={one.file}" for one in found[:SHOWN]),
        _pack_facts(report),
    )


def _told(check: Check) -> tuple[str, str]:
    told = tell_check(check, _)
    return told.title, told.meaning


def _counted(report: PackReport) -> str:
    if report.kind is None:
        return ""
    text = ngettext("%(n)s entry was checked.", "%(n)s entries were checked.", report.entries)
    return text % {"n": f"{report.entries:,}"}


def _pack_facts(report: PackReport) -> list[tuple[str, str]]:
    """Return what the pack says of itself, as its sender's claim."""
    claims = report.claims
    if not claims:
        return []
    facts = [(_("From"), str(claims.get("organisation", "")))]
    question = claims.get("question")
    if isinstance(question, dict):
        facts.append((_("Asked for"), str(question.get("words", ""))))
    hidden = sum(report.closed.get(why, 0) for why in ("withheld", "repeats"))
    if hidden:
        text = ngettext("%(n)s detail", "%(n)s details", hidden) % {"n": f"{hidden:,}"}
        facts.append((_("Hidden"), text))
    if report.closed.get("erased"):
        count = report.closed["erased"]
        text = ngettext("%(n)s detail", "%(n)s details", count) % {"n": f"{count:,}"}
        facts.append((_("Erased by law"), text))
    if report.times_unknown:
        count = report.times_unknown
        text = ngettext("%(n)s entry", "%(n)s entries", count) % {"n": f"{count:,}"}
        facts.append((_("Outside the period, time not known"), text))
    facts.append((_("Made by"), f"{claims.get('software', '')} · {claims.get('made_at', '')}"))
    return [(name, value) for name, value in facts if value]


def _pack_limits(report: PackReport) -> list[str]:
    limits = [
        _("That the sources told the record everything, or that what they told is true."),
        _(
            "That the software gave running numbers honestly at the time; a check of the whole record shows more."
        ),
    ]
    if report.kind == "selection":
        limits.insert(0, _("Anything about entries that are not in this selection."))
    if not report.key_compared and report.trusted_words is None:
        limits.insert(0, _("Whose record this is from: no key card and no seal words were compared."))
    return limits


# A receipt of an entry --------------------------------------------------------------------------------


def of_receipt(data: bytes, trust: Trust) -> Answer:
    """Say whether a receipt leads from its entry to its seal. Raises NotUnderstood."""
    try:
        proof = ProofFile.parse(data)
        note = parse_note(proof.checkpoint_note)
        checkpoint = Checkpoint.parse(note.text)
    except LedgerError as fault:
        raise NotUnderstood from fault
    points = [_contained(proof, checkpoint), *_vouched(note, checkpoint, trust)]
    verdict = worst(point.verdict for point in points)
    number = f"{proof.index + 1:,}"
    titles = {
        MATCHES: _("Entry %(n)s is inside its seal"),
        DIFFERS: _("This receipt does not hold for entry %(n)s"),
        NOT_CHECKED: _("Entry %(n)s fits its seal; whose seal it is was not compared"),
    }
    leaf = (proof.extra or b"").decode("utf-8", "replace")
    return Answer(
        "receipt",
        verdict,
        titles[verdict] % {"n": number},
        _("The receipt leads to the seal of the first %(n)s entries of %(origin)s.")
        % {"n": f"{checkpoint.size:,}", "origin": checkpoint.origin},
        points,
        compared=_compared(trust, verdict),
        words=seal_words(checkpoint.text),
        limits=[
            _(
                "What the entry says: a receipt holds its fingerprints only. Compare with the entry you were shown."
            ),
            _("That what was recorded is true."),
        ],
        technical=leaf,
    )


def _contained(proof: ProofFile, checkpoint: Checkpoint) -> Point:
    title = _("Inside the seal")
    if proof.extra is None:
        return Point(
            NOT_CHECKED, title, _("The receipt does not hold its entry, so nothing could be compared.")
        )
    try:
        check_inclusion(leaf_hash(proof.extra), proof.index, checkpoint.size, proof.path, checkpoint.root)
    except LedgerError:
        return Point(DIFFERS, title, _("The entry does not fit the seal that came with it."))
    return Point(MATCHES, title, _("The entry is one of those that the seal covers."))


# A seal -----------------------------------------------------------------------------------------------


def of_seal(note: SignedNote, trust: Trust) -> Answer:
    """Say what a seal covers and whether what the reader trusts vouches for it. Raises MalformedInput."""
    checkpoint = Checkpoint.parse(note.text)
    points = _vouched(note, checkpoint, trust)
    verdict = worst(point.verdict for point in points)
    titles = {
        MATCHES: _("This seal is genuine"),
        DIFFERS: _("This seal does not hold"),
        NOT_CHECKED: _("This is a seal; whose it is was not compared"),
    }
    return Answer(
        "seal",
        verdict,
        titles[verdict],
        _("It covers the first %(n)s entries of %(origin)s.")
        % {"n": f"{checkpoint.size:,}", "origin": checkpoint.origin},
        points,
        compared=_compared(trust, verdict),
        words=seal_words(checkpoint.text),
        limits=[
            _("Whether the record still contains it today: whoever keeps the record answers that."),
            _("That what was recorded is true."),
        ],
        technical=note.text,
    )


def _compared(trust: Trust, verdict: str) -> bool:
    return verdict != NOT_CHECKED and (trust.key is not None or trust.words is not None)


def _vouched(note: SignedNote, checkpoint: Checkpoint, trust: Trust) -> list[Point]:
    """Return what key card, words and witnesses say of a seal."""
    points = []
    title = _("Key card")
    if trust.key is None:
        points.append(
            Point(NOT_CHECKED, title, _("No key card was given, so the signature was not compared."))
        )
    elif trust.key.name != checkpoint.origin or trust.key.algorithm != ED25519:
        points.append(Point(DIFFERS, title, _("The key card is of another record.")))
    elif _signed(note, trust.key):
        points.append(Point(MATCHES, title, _("The seal bears the signature of the key on the card.")))
    else:
        points.append(
            Point(DIFFERS, title, _("The seal does not bear the signature of the key on the card."))
        )
    if trust.words is not None:
        points.append(_words(checkpoint, trust.words))
    for key in trust.witnesses:
        held = _signed(note, key)
        text = _("%(name)s saw this seal.") if held else _("%(name)s has not signed this seal.")
        points.append(Point(MATCHES if held else DIFFERS, _("Witness"), text % {"name": key.name}))
    if trust.key is None and trust.words is not None and points[-1].verdict != NOT_CHECKED:
        # Words settle whose seal it is as well as a card does.
        points = [point for point in points if point.title != title]
    return points


def _signed(note: SignedNote, key: VerifierKey) -> bool:
    lines = [line for line in note.signatures if (line.name, line.key_id) == (key.name, key.key_id)]
    try:
        for line in lines:
            key.check(note.text, line.signature)
    except SignatureError:
        return False
    return bool(lines)


def _words(checkpoint: Checkpoint, typed: str) -> Point:
    title = _("Seal words")
    try:
        compared = compare_words(seal_words(checkpoint.text), typed)
    except MalformedInput:
        return Point(DIFFERS, title, _("That is far more than twelve words."))
    if compared.same:
        return Point(MATCHES, title, _("They are the words of this seal."))
    return Point(
        DIFFERS,
        title,
        _("Word %(n)s is “%(expected)s” here, you typed “%(typed)s”.")
        % {
            "n": compared.first_different,
            "expected": compared.expected_word or "–",
            "typed": compared.typed_word or "–",
        },
    )
