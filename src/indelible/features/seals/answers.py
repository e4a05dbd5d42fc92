"""What the pages say of something that came back, or of words that were typed: state, title, meaning, next step."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.features.seals import services_receipts as comparing
from indelible.features.seals.compared_words import ALIKE, WordsAnswer
from indelible.features.seals.services_receipts import Comparison
from indelible.ledger.words import check_words
from indelible.web.numbers import written


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `state` is a name of web.states; `entry` a number from 1 and `seal` a size to lead to."""

    state: str
    title: str
    text: str = ""
    steps: tuple[str, ...] = ()
    entry: int | None = None
    seal: int | None = None
    detail: str = ""

    @property
    def is_alarm(self) -> bool:
        """Whether this is what nobody may overlook."""
        return self.state == "altered"


def of_comparison(found: Comparison, entries: int) -> Answer:
    """Put into words what came of holding a seal against the record of so many entries."""
    n = written(found.size or 0)
    match found.verdict, found.code:
        case comparing.SAME, code:
            text = ngettext(
                "The record still leads to it: the entry that it covers was not changed or removed since.",
                "The record still leads to it: none of its %(n)s entries was changed, removed or moved since.",
                found.size or 0,
            ) % {"n": n}
            unsigned = _("It came without our signature, which says nothing against it.")
            said = f"{text} {unsigned}" if code else text
            return Answer("untouched", _("Seal %(n)s is still the same.") % {"n": n}, said, seal=found.size)
        case comparing.DIFFERS, "tree-differs":
            return Answer(
                "altered",
                _("Our stored record no longer leads to seal %(n)s.") % {"n": n},
                _("What came back is what we sealed ourselves. What is stored here was altered since."),
                (
                    _("Keep what came back as it is."),
                    _("Run a check of everything: it tells what was altered."),
                ),
                detail=found.detail,
            )
        case comparing.DIFFERS, _code:
            return Answer(
                "altered",
                _("Our record holds another history than seal %(n)s.") % {"n": n},
                _(
                    "What came back is signed by our sealing key, and the record as it stands does not lead to it. "
                    "Both cannot be right: either entries up to %(n)s were changed here since, or somebody sealed "
                    "another record with our key."
                )
                % {"n": n},
                _alarm_steps(),
                detail=f"{found.detail}\n\n{found.their_note}\n\n{found.our_note}",
            )
        case comparing.AHEAD, _code:
            return Answer(
                "altered",
                _("Seal %(n)s covers more than the record holds.") % {"n": n},
                ngettext(
                    "It is signed by our sealing key, and the record has only %(m)s entry.",
                    "It is signed by our sealing key, and the record has only %(m)s entries.",
                    entries,
                )
                % {"m": written(entries)}
                + " "
                + _("The newest entries were cut off, or an older state was put back. Both cannot be right."),
                _alarm_steps(),
                detail=f"{found.detail}\n\n{found.their_note}",
            )
        case comparing.OTHER, "other-log":
            return Answer(
                "information",
                _("This seal is of another record."),
                _("It says nothing about this one."),
                detail=found.detail,
            )
        case comparing.OTHER, _code:
            return Answer(
                "could not be checked",
                _("This seal is not signed by our key."),
                _(
                    "It says something else than our record, but anybody could have written it, so it says nothing "
                    "against the record. Keep it as it is, and ask for the whole mail or the file seal.txt."
                ),
                detail=found.detail,
            )
    return unreadable(found.detail)


def _alarm_steps() -> tuple[str, ...]:
    return (
        _("Keep what came back as it is. We keep it as evidence too."),
        _("New entries wait, because sealing them would make a second history."),
        _("Run a check of everything."),
        _("Do not hand out packs until you know which is right."),
        _("Tell the people who answer for this record. Call them on a number you already have."),
    )


def unreadable(detail: str = "") -> Answer:
    """Say that nothing we know was found in what was sent."""
    return Answer(
        "could not be checked",
        _("This is no receipt that we can read."),
        _("It may have been damaged on the way. Nothing can be said about the entry or the seal."),
        detail=detail,
    )


def of_words(found: WordsAnswer) -> Answer:
    """Put into words what came of comparing seal words."""
    seal = found.seal.size if found.seal else None
    n = written(seal or 0)
    match found.code:
        case "same":
            return Answer(
                "untouched",
                _("The same 12 words."),
                _("They are the words of seal %(n)s, and the record as it stands leads to that seal.")
                % {"n": n},
                seal=seal,
            )
        case "different":
            return _different(found, n)
        case "unknown":
            return Answer(
                "could not be checked", _unknown(found), _("Look at the words again and compare once more.")
            )
        case "count":
            count = len(found.typed)
            text = ngettext("Seal words are 12. We found %(n)d.", "Seal words are 12. We found %(n)d.", count)
            return Answer("could not be checked", _("These are not 12 words."), text % {"n": count})
        case "slip":
            return Answer(
                "could not be checked",
                _("These 12 words do not belong together."),
                _(
                    "All are words of our list, but the last one does not fit the others: one was misread or mistyped. "
                    "Give the number of the seal, and we name the word."
                ),
            )
        case "none":
            return Answer(
                "could not be checked",
                _("These words are of none of the seals that we looked at."),
                _(
                    "They belong together, so they may be the words of a seal. We looked at the newest and the last of "
                    "each of the last twelve months. Give the number of the seal to compare with that one."
                ),
            )
        case "no-seal":
            return Answer(
                "could not be checked",
                _("There is no seal with this number."),
                _("Look at the number again."),
            )
    return Answer(
        "altered",
        _("We give no seal words while the record does not fit its seals."),
        _("Nothing was compared."),
    )


def _different(found: WordsAnswer, n: str) -> Answer:
    assert found.comparison is not None
    place, typed, expected = (
        found.comparison.first_different,
        found.comparison.typed_word,
        found.comparison.expected_word,
    )
    facts = {"place": place, "typed": typed, "expected": expected, "n": n}
    if typed is None:
        title = _("Word %(place)s is missing: it is %(expected)s here.") % facts
    elif expected is None:
        title = _("There is a word too many: word %(place)s, %(typed)s.") % facts
    else:
        title = _("Word %(place)s is %(expected)s here, you typed %(typed)s.") % facts
    text = _("Compared with seal %(n)s.") % facts
    if found.unknown:
        text = f"{text} {_unknown(found)}"
    elif check_words(found.typed):
        text = f"{text} " + _(
            "The words belong together, so this is no slip: they are of another seal, or of another record. If the "
            "number is right, ask whoever else holds our seals to compare theirs, and run a check of everything."
        )
    elif found.alike < ALIKE:
        text = f"{text} " + _("Most of the words differ. Look at the number of the seal again.")
    else:
        text = f"{text} " + _(
            "It may be a slip of the pen. If the words were noted right, the record is no longer the same."
        )
    return Answer("could not be checked", title, text, seal=found.seal.size if found.seal else None)


def _unknown(found: WordsAnswer) -> str:
    word, near = found.unknown[0]
    if near:
        return _("“%(word)s” is not a word of our list. Did you mean %(near)s?") % {
            "word": word,
            "near": near,
        }
    return _("“%(word)s” is not a word of our list.") % {"word": word}
