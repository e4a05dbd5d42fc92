"""What a page knows of a rule that somebody is saying: the sentence as it was read, and its parts to choose from.

The words come first. Parts chosen on the page hold as long as the words are those that they were filled from
(`read_from`); words that changed are read anew, so that nothing chosen for another sentence slips in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from indelible.features.rules.catalogue import RULES, Need
from indelible.features.rules.forms import PartsForm, SentenceForm
from indelible.features.rules.models import Rule, RuleVersion
from indelible.features.rules.wanted import Wanted, of_ready, of_version
from indelible.language.reading import understand
from indelible.language.understanding import Understanding, Unknown
from indelible.language.world import World


@dataclass(slots=True)
class Said:
    """A rule as it is being said. `read` is None where the words stand for what a rule says already."""

    sentence: SentenceForm
    text: str = ""
    read: Understanding | None = None
    parts: PartsForm | None = None
    wanted: Wanted | None = None  # as the parts say it, where they are valid

    @property
    def understood(self) -> bool:
        """Whether a rule can be made of it as it stands."""
        return self.wanted is not None and (self.read is None or self._fit)

    @property
    def shows_parts(self) -> bool:
        """Whether parts can be chosen: only of what was understood whole, so that no open question is passed over."""
        return self.parts is not None and (self.read is None or self._fit)

    @property
    def _fit(self) -> bool:
        return self.read is not None and self.read.understood

    @property
    def refused(self) -> str:
        """What to do instead, where what was said can be no rule; empty where it can."""
        offers = self.read.offers if self.read else ()
        return next((offer.label for offer in offers if offer.kind == "refused"), "")


def say(
    sent: Mapping[str, Any],
    world: World,
    now: datetime,
    *,
    rule: Rule | None = None,
    version: RuleVersion | None = None,
) -> Said:
    """Read what was sent. Without words it is a rule that is changed, a ready one (`ready`), or nothing yet."""
    start = _start(sent, rule, version)
    text = " ".join(str(sent.get("text", start.typed if start else "")).split())
    sentence = SentenceForm({"text": text} if "text" in sent or start else None)
    said = Said(sentence, text)
    if not sentence.is_bound or not sentence.is_valid():
        return said
    if start is not None and text == start.typed:
        base = start
    else:
        said.read = understand(text, world, now, purpose="rule")
        if not said.read.sentence:
            return said
        base = _carried(start, said.read, text)
    chosen = sent if sent.get("read_from") == text else None
    said.parts = PartsForm(chosen, base=base, world=world)
    if chosen is None:
        said.wanted = base
    elif said.parts.is_valid():
        said.wanted = said.parts.wanted(text)
    return said


def as_a_rule(answer: str, world: World, now: datetime) -> str:
    """Return a sentence said as a rule, where it is understood; else as it is. For the answer to a question."""
    read = understand(answer, world, now, purpose="rule")
    return read.sentence if read.understood and read.kind == "search" else answer


def _start(sent: Mapping[str, Any], rule: Rule | None, version: RuleVersion | None) -> Wanted | None:
    if rule is not None and version is not None:
        return of_version(rule, version)
    name = str(sent.get("ready", ""))
    return of_ready(name) if name in RULES else None


def _carried(start: Wanted | None, read: Understanding, text: str) -> Wanted:
    """Return what was read as a rule, with what the words say nothing of as it was before."""
    marks = {need.fact: need.mark for need in start.needs} if start else {}
    needs = tuple(Need(fact, marks.get(fact, "")) for fact in read.pattern.facts)
    if start is None:
        return Wanted(text, read.pattern, read.duties, needs)
    kept = start.duties
    duties = replace(
        read.duties,
        keep=read.duties.keep or kept.keep,
        keep_from=read.duties.keep_from or ("" if read.duties.keep else kept.keep_from),
        review=read.duties.review or kept.review,
        tell=read.duties.tell or kept.tell,
        silent_after=read.duties.silent_after or kept.silent_after,
        expected=read.duties.expected or kept.expected,
        reason=read.duties.reason or kept.reason,
        look=read.duties.look or kept.look,
    )
    return replace(start, typed=text, pattern=read.pattern, duties=duties, needs=needs)


def may_be_a_thing(unknown: Unknown) -> bool:
    """Whether words that nobody knows could be the name of a thing of the organisation's own."""
    return 2 < len(unknown.words) <= 60 and not any(letter.isdigit() for letter in unknown.words)
