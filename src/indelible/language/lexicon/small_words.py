"""Small words: how sentences begin, what joins their parts, what narrows them, times and names that many know."""

from __future__ import annotations

from typing import Final

from indelible.language.lexicon.acts import PARTICLES
from indelible.language.lexicon.values import Reading
from indelible.language.lexicon.words import Words

CONJUNCTIONS: Final = {
    "both": (",", "and", "or", ", and", ", or", "and or", "and/or", "&", "as well as", "plus", ", as well as",
             "and also", "or else", "nor", ", nor", "along with"),
    "wide": (",", "and", ", and", "but", ", but", ", and also", "and also"),
    "clause": (",", "and", ", and", "or", ", or", "as well as", "and also", "and when", "or when", ", and when",
               "and whenever", "or whenever", "and if", "or if"),
    "between": (".", ";", ",", "and", ", and", ", and also", "and also", "and then", ". and", "but", ", but",
                ", then", "and please", "and they"),
}  # fmt: skip

_LISTS: Final = {"CA": 0, "CT": 0, "CN": 0, "CW": 0, "CG": 0, "CWI": 0, "CF": 0, "CL": 0, "CO": 0, "CS": 0, "CD": 0,
                 "CFI": 0, "CTL": 0, "CLA": 0, "CXA": 0, "CLT": 0}  # fmt: skip

_OF_COSTS: Final = frozenset(
    {"in", "on", "at", "with", "from", "within", "over", "through", "under", "against", "as"}
)

_IN_COSTS: Final = frozenset({"to", "into", "of", "with", "via", "using", "through", "on", "at", "by way of"})


class SmallWords(Words):
    """The small words of a language."""

    def _add_small_words(self) -> None:
        skip = self.words["skip"]
        for kind, words, cost in (
            ("SKIP", skip["words"], 0),
            ("SKIP", skip["weak"], 1),
            ("SKIP_START", skip["opening"], 0),
        ):
            for word in words:
                self._exact(word, Reading(kind, None, cost))
        for kind, words in self.words["tokens"].items():
            if kind in ("LIFE", "LIFE_LOG"):
                continue
            for word in words:
                cost = 1 if kind == "SOMEONE" and "user" in word else 0
                if kind == "OF":
                    cost = 1 if word in _OF_COSTS else 0
                elif kind == "IN":
                    cost = 1 if word in _IN_COSTS else 0
                elif kind == "CMD_RULE" and word == "audit":
                    cost = 1  # "audit log exports"
                elif (kind == "SINCE" and word == "from") or kind == "FOR_SPAN":
                    cost = 1
                elif kind == "REVIEWED":
                    cost = 2  # rather an act: "candidates looked at by HR"
                elif kind == "SILENT" and word.startswith(("if", "when", "after")):
                    cost = 1  # rather what somebody is to be told of
                elif (kind == "BY" and word == "of") or (kind == "NOTIN" and word.startswith("outside")):
                    cost = 1
                self._exact(word, Reading(kind, word, cost))
        for word in self.words["tokens"]["OUTSIDE"]:
            if not word.startswith(("not in", "not from", "other than", "not being")):
                self._exact(word, Reading("OUTSIDE_M", word))
        for word in ("to", "of", "on"):
            self._exact(word, Reading("OF_LATE", word))
        self._exact("of", Reading("BY_OF", "of", 1))
        for word in ("to", "into"):
            self._exact(word, Reading("IN_TO", word))
        self._exact("of", Reading("OF_OWNER", "of", 1))
        for word in ("new", "brand new"):
            self._exact(word, Reading("NEW", word))
        for word in self.words["tokens"]["SILENT"]:
            self._exact(word, Reading("SILENT_TOLD", word))
        for word in self.words["tokens"]["REVIEWED_BY"]:
            self._exact(word, Reading("BY_REVIEWER", word))
        for word, span in (("LIFE", "record-life"), ("LIFE_LOG", "log-life")):
            for phrase in self.words["tokens"][word]:
                self._exact(phrase, Reading("LIFE", span))
        for op, words in self.words["compare"].items():
            for word in words:
                for prefix in ("", *self.words["before_compare"]["words"]):
                    self._exact(f"{prefix} {word}".strip(), Reading("COMPARE", op))
                    self._exact(f"{prefix} {word}".strip(), Reading("COMPARE_N", op))
                    turned = {">": "<=", "<": ">=", ">=": "<", "<=": ">"}.get(op)
                    if (
                        turned
                        and word[0].isalpha()
                        and not word.startswith(("no", "not", "is", "are", "was", "a "))
                    ):
                        for no in ("not", "no") if word.endswith("than") else ("not",):
                            self._exact(f"{prefix} {no} {word}".strip(), Reading("COMPARE", turned))
        for particle in PARTICLES:
            self._exact(particle, Reading("PARTICLE", particle))

    def _add_conjunctions(self) -> None:
        for word in CONJUNCTIONS["both"]:
            for kind, cost in _LISTS.items():
                self._exact(word, Reading(kind, word, cost))
        for word in ("and to", "or to", "and of", "or of", "and in", "or in", "and on", "or on"):
            self._exact(word, Reading("CT", word, 1))  # "changes to suppliers and to their bank details"
        for word in CONJUNCTIONS["wide"]:
            self._exact(word, Reading("CM", word))
        for word in CONJUNCTIONS["clause"]:
            self._exact(word, Reading("CC", word, 4))
        for word in CONJUNCTIONS["between"]:
            self._exact(word, Reading("SEP", word))
        for mark in ":!?()/":
            self.exact.add([mark], Reading("SKIP", None))
        self.exact.add([":"], Reading("WITH", ":", 1))  # "each reconciliation: the difference, the papers"
        self.exact.add(["-"], Reading("CM", "-"))
        self.exact.add(["-"], Reading("AND_TO", "-"))

    def _add_narrowing(self) -> None:
        for outcomes, words in self.words["outcomes"].items():
            for word in words:
                self._exact(word, Reading("OUTCOME", tuple(outcomes.split())))
            for outcome in outcomes.split():
                self._exact(outcome, Reading("OUTCOME_NAME", (outcome,)))
        for fact, words in self.words["units"].items():
            for word in words:
                self._noun(word, Reading("UNIT", fact))
        # "Refused payments" were rejected; "refused sign-ins" were denied.
        self._exact("refused", Reading("OUTCOME", ("denied",), 2))
        for sign in self.words["signs"]["words"]:
            self._exact(sign, Reading("SIGN", sign))
        for word in self.words["unchecked"]["before"]:
            for kind in ("ADJ_A", "ADJ_T"):
                self._exact(word, Reading(kind, word, 1))
        for phrase in self.words["unchecked"]["words"]:
            self._exact(phrase, Reading("UNCHECKED", phrase))

    def _add_times(self) -> None:
        for period in self.words["periods"]["words"]:
            self._exact(period, Reading("PERIOD", period.replace("previous", "last")))
        for days, words in self.words["days"].items():
            for word in words:
                self._noun(word, Reading("DAY", tuple(days.split())))
        for hours, words in self.words["hours"].items():
            for word in words:
                self._exact(word, Reading("HOURS", hours))
        for span, words in self.words["often"].items():
            if span != "every":
                for word in words:
                    self._exact(word, Reading("OFTEN", span))

    def _add_names(self) -> None:
        for kind, words in self.words["kinds"].items():
            for word in words:
                self._noun(word, Reading("KIND_OF_ACTOR", kind))
        for role in self.words["roles"]["words"]:
            self._noun(role, Reading("ROLE", None))
        for title in self.words["roles"]["titles"]:
            self._exact(title, Reading("ROLE", "=", 1 if title.islower() else 0))
        for group in self.words["groups"]["words"]:
            self._exact(group, Reading("GROUP", group.removeprefix("the ")))
        for system in self.words["systems"]["words"]:
            self._exact(system, Reading("SYSTEM", system.removeprefix("the ")))
