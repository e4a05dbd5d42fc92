"""What the words of the lexicon and of the organisation may be in a sentence."""

from __future__ import annotations

from typing import Final

from indelible.language.lexicon import Trie
from indelible.language.readings_places import Places

_JOINING: Final = frozenset({"to", "into", "of", "from", "with", "at", "in"})


class Words(Places):
    """Words and own names."""

    def _add_words(self, place: int, names: Trie, keys: list[str], singulars: list[str]) -> None:
        found = [(end, reading) for end, readings in names.found(keys, place) for reading in readings]
        own = {(end, reading.type) for end, reading in found}
        mine = list(found)
        for trie, by in ((self.lexicon.exact, keys), (self.lexicon.nouns, singulars)):
            for end, readings in trie.found(by, place):
                found.extend((end, reading) for reading in readings)
        # "Changes" is a verb and a noun, which mean the same.
        verbs = {(end, one.value.options) for end, one in found if one.type == "ACT" and not one.value.noun}
        found = [
            (end, one)
            for end, one in found
            if one.type not in ("ACT", "XACT") or not one.value.noun or (end, one.value.options) not in verbs
        ]
        longest: dict[str, int] = {}
        for end, reading in found:
            longest[reading.type] = max(longest.get(reading.type, 0), end)
        seen = set()
        for end, reading in found:
            if (end, reading.type, id(reading.value)) in seen:
                continue
            seen.add((end, reading.type, id(reading.value)))
            value, cost = reading.value, reading.cost
            longer = self.pieces[longest[reading.type] - 1].key
            if (
                end < longest[reading.type]
                and reading.type not in ("KEEP", "SKIP")
                and not (reading.type == "ACT" and longer in _JOINING)
            ):
                cost += 3  # what is said in more words is meant, where it can be
            if reading.type in ("THING", "LTHING") and self._is_a_time(place, end):
                continue
            if reading.type == "SKIP" and self.pieces[end - 1].possessive:
                continue  # "Will's file"
            if reading.type == "SKIP" and place and any(piece.capital for piece in self.pieces[place:end]):
                cost += 3  # "approved by Will"
            if reading.type == "PERSON" and isinstance(value, str):
                kind = "OWNER" if self.pieces[end - 1].possessive else "OWNER_LATE"
                self._add(kind, value, place, end, 1)
            if reading.type == "ROLE":
                typed = self.typed(place, end)
                one = value is None or typed.lower() in ("employee", "staff member")
                value = f"{typed}s" if one and not typed.endswith("s") else typed
            if (end, reading) in mine and len(found) > len(mine):
                plain = place == 0 or not any(piece.capital for piece in self.pieces[place:end])
                cost += 2 if plain else 0  # "payments" is rather a word than the group Payments
            if reading.type in ("GROUP", "SYSTEM") and not any(value == mine for mine in self._own_names):
                if (end, reading.type) in own:
                    continue  # the organisation's own spelling goes before the usual one
                if not any(piece.capital for piece in self.pieces[place:end]):
                    cost += 1
            if reading.type == "TELL_WHEN" and "SILENT_TOLD" in longest:
                cost += 1  # "if silent for 2 days" is a time, not a sign
            if (
                reading.type == "FACT"
                and place
                and self.pieces[place - 1].key == "an"
                and value == ("approval_ref",)
            ):
                cost += 1  # "with an approval": that there is one
            if (
                reading.type in ("IN", "EXCEPT", "NOTIN")
                and place
                and any(step.end == place and step.edge.type == "SOMEONE" for step in self.steps[place - 1])
            ):
                cost += 2  # "someone in Finance": who, not where
            if reading.type == "SOMEONE" and value == "who" and place and self._ends_with_somebody(place):
                self._add("SKIP", None, place, end)  # "nurses who opened a patient's file"
            if reading.type == "SOMEONE" and self.pieces[end - 1].possessive:
                self._add("SKIP", None, place, end)  # "anybody's pay"
            if reading.type == "SKIP_START":
                if place and any(not self._is_skipped(before) for before in range(place)):
                    continue
                self._add("SKIP", None, place, end, cost)
                continue
            if reading.type == "THING" and place and self.pieces[place].capital and end == place + 1:
                cost += 1
            if (
                reading.type == "SOMEONE"
                and value == "who"
                and place
                and self.pieces[place - 1].key in ("and", "including")
            ):
                cost += 1
            self._add(reading.type, value, place, end, cost)

    def _ends_with_somebody(self, place: int) -> bool:
        kinds = ("ROLE", "GROUP", "PERSON", "KIND_OF_ACTOR")
        return any(
            step.end == place and step.edge.type in kinds
            for before in range(max(0, place - 3), place)
            for step in self.steps[before]
        )

    def _is_a_time(self, place: int, end: int) -> bool:
        """Whether "hours" are no hours worked but a span of time: "in an hour", "72 hours"."""
        if end > place + 1 or self.pieces[place].key not in ("hour", "hours"):
            return False
        return self.pieces[place].key == "hour" or (place > 0 and self.pieces[place - 1].kind == "number")

    def _add_has(self, place: int) -> None:
        """Let "has changed" be "changed"; but "who has access" asks for something else."""
        if self.pieces[place].key in ("has", "have", "had") and place + 1 < len(self.pieces):
            after = self.pieces[place + 1].key
            participles = {form for forms in self.lexicon.acts["irregular"].values() for form in forms}
            if after.endswith("ed") or after in participles or after in ("been", "just", "not"):
                self._add("SKIP", None, place, place + 1)

    def _is_skipped(self, place: int) -> bool:
        return (
            any(step.edge.type == "SKIP" for step in self.steps[place]) or self.pieces[place].kind == "mark"
        )
