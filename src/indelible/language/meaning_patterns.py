"""The pattern of one clause, made of its parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from indelible.language.days import when_of
from indelible.language.meaning_checks import Checks
from indelible.language.meaning_spots import Misfit
from indelible.language.meaning_values import PERSONAL, Values
from indelible.language.parts import Part, Parts
from indelible.language.pattern import Pattern

_GOING_IN: Final = frozenset({"sign_in", "sign_out", "view", "import"})

_ASKS_WHAT_IT_IS: Final = (
    "what is",
    "what are",
    "where is",
    "where are",
    "who is",
    "who are",
    "how do",
    "why ",
)

_SAYING: Final = frozenset(
    (
        "act anything bare_where changed_from_to field flag late_acts named not_act not_system "
        "not_thing not_who outcome range_from_to rule said system text thing thing_exact when where "
        "who"
    ).split()
)
"""Parts that say which events are meant."""

_THINGS: Final = frozenset({"thing", "thing_exact", "anything", "named"})


class PatternReader(Checks, Values):
    """Makes the patterns of one sentence."""

    def pattern(self, parts: Parts) -> Pattern:
        """Return the pattern of one clause. Raises Misfit."""
        by: dict[str, list[Part]] = {}
        for part in parts:
            by.setdefault(part.name, []).append(part)
        acts = by.get("act", [])
        if late := by.get("late_acts", []):
            if acts or len(late) > 1:
                raise Misfit
            acts = [Part("act", act, late[0].start, late[0].end) for act in late[0].value]
        if "late_thing" in by:
            if _THINGS.intersection(by) or not acts:
                raise Misfit
            by["thing"] = by["late_thing"]
        for of in by.get("of", []):
            if any(
                part.start < of.start
                for name in ("thing", "thing_exact", "named", "field", "field_alone")
                for part in by.get(name, [])
            ):
                raise Misfit  # "the salary of Maria" is not what Maria did
        for bare in by.get("bare_where", []):
            if any(
                part.end > 0 and not self.text[part.end : bare.start].strip() for part in by.get("fact", [])
            ):
                raise Misfit  # "with an amount over 5,000 EUR" says one thing, not two
        if "impossible" in by:
            raise Misfit
        if "system_to" in by and "system" in by:
            raise Misfit  # "imports from Xero to NetSuite"
        if "system_to" in by:
            verbs_said = {verb for part in acts for option in part.value.options for verb in option.verbs}
            if not verbs_said or not verbs_said <= _GOING_IN:
                raise Misfit  # "sent to Tom Reed": not where it was done
            by["system"] = [*by.get("system", []), *by["system_to"]]
        if "field_alone" in by:
            if _THINGS.intersection(by) - {"anything"}:
                raise Misfit
            by["field"] = by["field_alone"]
        if not acts and self.text.lower().lstrip().startswith(_ASKS_WHAT_IT_IS):
            raise Misfit
        self._check_except(parts)
        self._check_lists(by, acts)
        self._check_passive(by, acts)
        self._check_places(by)
        if not _SAYING.intersection(by):
            raise Misfit  # nothing is said of which events are meant
        kinds = self._kinds(by, acts)
        verbs, categories = self._verbs(acts, kinds)
        if _is_visitors(by.get("who", [])) and {"sign_in", "sign_out"}.issuperset(verbs):
            verbs = [{"sign_in": "enter", "sign_out": "exit"}[verb] for verb in verbs]
        said: dict[str, Any] = {"verbs": verbs, "categories": categories, "things": kinds}
        self._check_alone(by, acts, verbs, kinds)
        for part in by.get("new", []):
            if not verbs and not categories:
                verbs.append("create")
            elif "create" not in verbs:
                self.misfits.append((part.start, part.end))
        if acts and verbs == ["change"] and set(by) <= {"act", "late_acts", "when"} and "when" in by:
            said["verbs"] = []  # "changes on weekends": whatever was done
            self.offers.append("changes-only")
        if "owner" in by and not (kinds and PERSONAL.issuperset(kinds)):
            raise Misfit  # "Tom's contracts" may be those that he made
        said["named"] = [part.value for part in (*by.get("named", []), *by.get("owner", []))]
        for name, to in (("who", "who"), ("not_who", "not_who")):
            said[to] = [self._who(part) for part in by.get(name, [])]
        for name in ("system", "not_system", "flag", "said", "text", "rule"):
            said[
                {"system": "systems", "not_system": "not_systems", "flag": "flags", "rule": "rules"}.get(
                    name, name
                )
            ] = [part.value for part in by.get(name, [])]
        said["outcomes"] = self._outcomes(by.get("outcome", []), verbs)
        said["not_things"] = [
            kind for part in by.get("not_thing", []) for kind in self._not_kinds(part, kinds)
        ]
        said["not_verbs"] = [
            verb
            for part in by.get("not_act", [])
            for option in part.value.meant(kinds)[:1]
            for verb in option.verbs
        ]
        said["where"] = self._conditions(by, verbs, kinds)
        said["facts"] = [fact for part in by.get("fact", []) for fact in part.value]
        said["facts"] += [fact for part in acts for fact in part.value.facts]
        for part in by.get("asked_fact", []):
            looks = {"view", "search"}.intersection(verbs)
            said["facts"] += ["purpose" if fact == "reason" and looks else fact for fact in part.value]
        said["unchecked"] = list(self._unchecked(by, acts))
        self.signs.extend(part.value for part in by.get("sign", []))
        times = [self._time(part) for part in by.get("when", [])]
        when = when_of(times, self.calendar) if times else None
        if "when" in by and when is None:
            raise Misfit  # times that no moment fulfils
        for part in by.get("misfit", []):
            self.misfits.append((part.start, part.end))
        return Pattern.of(**said, when=when)


def _is_visitors(whos: Sequence[Part]) -> bool:
    return bool(whos) and all(part.value.group in ("visitors", "guests") for part in whos)
