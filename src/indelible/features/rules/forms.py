"""The form in which a rule is said: own words first, then each part of what was understood, to choose differently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.events.vocabulary import CATEGORIES, FACTS, VERBS
from indelible.features.rules import choices, parts, wording
from indelible.features.rules.catalogue import TEAMS, Need
from indelible.features.rules.services import LONGEST_REASON
from indelible.features.rules.wanted import EXPECTED_BY, LONGEST_SENTENCE, Wanted
from indelible.language.pattern import Condition, Duties, Pattern, Review, Who
from indelible.language.world import World

MOST_FACTS: Final = 40


class SentenceForm(forms.Form):
    """The sentence alone, as somebody types it."""

    text = forms.CharField(
        label=gettext_lazy("What must be recorded, in your own words"),
        help_text=gettext_lazy(
            "For example: every change to a supplier's bank details made by anyone outside Finance"
        ),
        max_length=LONGEST_SENTENCE,
        widget=forms.Textarea({"rows": 2, "autocomplete": "off", "spellcheck": "true"}),
        error_messages={
            "required": gettext_lazy("Say what must be recorded, in one sentence."),
            "max_length": gettext_lazy("This is too long for one rule. Say it in one sentence."),
        },
    )


class PartsForm(forms.Form):
    """What was understood, part by part. `initial_of` fills it from a rule; `wanted` reads it back."""

    verbs = forms.MultipleChoiceField(
        label=gettext_lazy("What happens"), required=False, widget=forms.CheckboxSelectMultiple
    )
    things = forms.MultipleChoiceField(
        label=gettext_lazy("Of what"), required=False, widget=forms.CheckboxSelectMultiple
    )
    pieces = forms.MultipleChoiceField(
        label=gettext_lazy("Only if"), required=False, widget=forms.CheckboxSelectMultiple
    )
    if_fact = forms.ChoiceField(label=gettext_lazy("Another condition"), required=False)
    if_op = forms.ChoiceField(
        label=gettext_lazy("How it compares"), required=False, choices=list(wording.OPS.items())
    )
    if_value = forms.CharField(label=gettext_lazy("With what"), required=False, max_length=200)
    if_unit = forms.CharField(label=gettext_lazy("Currency or unit"), required=False, max_length=20)
    who = forms.ChoiceField(label=gettext_lazy("By whom"), required=False)
    systems = forms.MultipleChoiceField(
        label=gettext_lazy("From where"), required=False, widget=forms.CheckboxSelectMultiple
    )
    more_fact = forms.ChoiceField(label=gettext_lazy("Another fact that it needs"), required=False)
    expected = forms.ChoiceField(
        label=gettext_lazy("How many we expect"),
        required=False,
        choices=[(key, choices.EXPECTED_WORDS[key]) for key in ("unknown", "pace", "numbers", "total")],
    )
    about = forms.IntegerField(
        label=gettext_lazy("About how many, if you know"), required=False, min_value=1, max_value=10_000_000
    )
    per = forms.ChoiceField(
        label=gettext_lazy("In what time"), required=False, choices=list(choices.PER.items())
    )
    silent_after = forms.ChoiceField(label=gettext_lazy("Tell me if it is silent for"), required=False)
    keep = forms.ChoiceField(label=gettext_lazy("Keep it"), required=False)
    keep_from = forms.CharField(
        label=gettext_lazy("Counted from"),
        help_text=gettext_lazy("For example: end of financial year"),
        required=False,
        max_length=80,
    )
    every = forms.ChoiceField(label=gettext_lazy("Looked at"), required=False)
    reviewer = forms.CharField(
        label=gettext_lazy("By whom it is looked at"),
        help_text=gettext_lazy("For example: Financial controller"),
        required=False,
        max_length=80,
    )
    two_people = forms.ChoiceField(
        label=gettext_lazy("A change of it needs a second person"),
        required=False,
        choices=[("", gettext_lazy("no")), ("yes", gettext_lazy("yes"))],
    )
    team = forms.ChoiceField(label=gettext_lazy("Listed under"), required=False)

    def __init__(self, data: Any, *, base: Wanted, world: World) -> None:
        self.base, self.world = base, world
        super().__init__(data, initial=choices.initial(base, world))
        self.facts = [each.fact for each in base.needs]
        offered: dict[str, Sequence[Any]] = {
            "verbs": [(name, verb.someone) for name, verb in VERBS.items()],
            "things": choices.thing_choices(base.pattern, world),
            "pieces": [(piece.name, piece.words) for piece in parts.pieces_of(base.pattern, world)],
            "if_fact": [("", "-"), *choices.fact_choices(FACTS)],
            "who": choices.who_choices(base.pattern, world),
            "systems": [
                (name, name) for name in dict.fromkeys((*base.pattern.systems, *world.systems[:200]))
            ],
            "more_fact": [("", "-"), *choices.fact_choices(FACTS - set(self.facts))],
            "silent_after": choices.and_present(choices.SILENT, base.duties.silent_after),
            "keep": choices.keep_choices(base.duties.keep),
            "every": choices.and_present(
                choices.EVERY, base.duties.review.every if base.duties.review else ""
            ),
            "team": [("", _("no team")), *((team.id, team.name) for team in TEAMS)],
        }
        for name, offer in offered.items():
            self.fields[name].choices = offer  # type: ignore[attr-defined]
        for place, need in enumerate(base.needs):
            self.fields[f"mark_{place}"] = forms.ChoiceField(
                label=wording.fact(need.fact),
                required=False,
                initial=need.mark,
                choices=[*choices.MARK_WORDS.items(), ("no", _("not needed"))],
            )

    def marks(self) -> list[Any]:
        """Return the fields that say what is stored of each fact."""
        return [self[f"mark_{place}"] for place in range(len(self.facts))]

    def folded(self, name: str) -> Folded:
        """Return a field of tick boxes as the page folds it: what is ticked, in words."""
        bound = self[name]
        ticked = set(bound.value() or ())
        words = [str(label) for value, label in choices.flat(bound.field.choices) if value in ticked]  # type: ignore[attr-defined]
        return Folded(bound, words)

    @property
    def acts(self) -> Folded:
        """What happens."""
        return self.folded("verbs")

    @property
    def kinds(self) -> Folded:
        """Of what."""
        return self.folded("things")

    @property
    def places(self) -> Folded:
        """From where."""
        return self.folded("systems")

    def clean(self) -> dict[str, Any]:
        """Hold a new condition's parts against each other."""
        cleaned = super().clean() or {}
        compares = cleaned.get("if_fact") and cleaned.get("if_op") not in wording.WITHOUT_VALUE
        if compares and not cleaned.get("if_value"):
            self.add_error("if_value", _("Say with what it is compared, or leave the condition out."))
        return cleaned

    def wanted(self, typed: str) -> Wanted:
        """Return the rule as the parts say it, once they are valid."""
        told = self.cleaned_data
        facts = [need.fact for need in self._needs()]
        pattern = self._pattern(facts)
        return replace(
            self.base,
            typed=typed,
            pattern=pattern,
            duties=self._duties(),
            needs=tuple(self._needs()),
            expected=self._expected(),
            two_people=told["two_people"] == "yes",
            team=told["team"],
        )

    def _pattern(self, facts: list[str]) -> Pattern:
        told, base = self.cleaned_data, self.base.pattern
        gone = {piece.name for piece in parts.pieces_of(base, self.world)} - set(told["pieces"])
        found = parts.as_parts(parts.without(base, gone))
        found |= {
            "verbs": told["verbs"],
            "things": told["things"],
            "systems": told["systems"],
            "facts": facts,
        }
        found |= self._who(told["who"])
        if told["if_fact"]:
            bare = told["if_op"] in wording.WITHOUT_VALUE
            value, unit = ("", "") if bare else (told["if_value"].strip(), told["if_unit"].strip())
            found["where"] = (*found["where"], Condition(told["if_fact"], told["if_op"], value, unit))
        return Pattern.of(**found)

    def _who(self, chosen: str) -> dict[str, Any]:
        if chosen == "as-said":
            return {}
        kind, _equals, name = chosen.removeprefix(choices.NOT).partition("=")
        one = [Who(**{kind: name})] if kind in ("group", "kind") and name else []
        return {"who": [], "not_who": one} if chosen.startswith(choices.NOT) else {"who": one, "not_who": []}

    def _needs(self) -> list[Need]:
        told = self.cleaned_data
        found = [
            Need(fact, told[f"mark_{place}"])
            for place, fact in enumerate(self.facts)
            if told[f"mark_{place}"] != "no"
        ]
        if told["more_fact"] and len(found) < MOST_FACTS:
            found.append(Need(told["more_fact"]))
        return found

    def _duties(self) -> Duties:
        told = self.cleaned_data
        reviewer = told["reviewer"].strip()
        review = Review(told["every"], reviewer) if told["every"] or reviewer else None
        keep_from = told["keep_from"].strip() if told["keep"] else ""
        return replace(
            self.base.duties,
            keep=told["keep"],
            keep_from=keep_from,
            review=review,
            silent_after=told["silent_after"],
        )

    def _expected(self) -> dict[str, Any]:
        told = self.cleaned_data
        by = told["expected"] if told["expected"] in EXPECTED_BY else "unknown"
        if by == "pace" and told["about"]:
            return {"by": by, "about": told["about"], "every": told["per"] or "P1W"}
        return {"by": by}


@dataclass(frozen=True, slots=True)
class Folded:
    """A field of many tick boxes, and the words of those that are ticked."""

    bound: Any
    words: list[str]

    @property
    def summary(self) -> str:
        """What is ticked, short: "creates, changes or deletes"."""
        shown = self.words[:4]
        more = len(self.words) - len(shown)
        text = ", ".join(shown)
        return _("%(some)s and %(n)s more") % {"some": text, "n": more} if more else text

    @property
    def groups(self) -> list[tuple[str, list[Any]]]:
        """The boxes under their headings; ticked ones stand first, under none."""
        return choices.grouped(self.bound)


class ReasonForm(forms.Form):
    """Why a rule is switched off."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("One sentence is enough: “We do not use this system any more”"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": gettext_lazy("Say why. It goes on the record.")},
    )


class ThingForm(forms.Form):
    """A kind of thing of the organisation's own."""

    name = forms.CharField(
        label=gettext_lazy("What one of them is called"),
        help_text=gettext_lazy("For example: greenhouse tray"),
        max_length=60,
        error_messages={"required": gettext_lazy("Say what such a thing is called.")},
    )
    plural = forms.CharField(
        label=gettext_lazy("What several are called"),
        help_text=gettext_lazy("For example: greenhouse trays"),
        max_length=60,
        required=False,
    )
    also = forms.CharField(
        label=gettext_lazy("Other words for it"),
        help_text=gettext_lazy("With commas between. For example: seed tray, tray"),
        max_length=400,
        required=False,
    )
    category = forms.ChoiceField(
        label=gettext_lazy("Where it belongs"), choices=list(CATEGORIES.items()), initial="place"
    )

    def others(self) -> tuple[str, ...]:
        """Return the other words, each by itself."""
        return tuple(word for word in self.cleaned_data["also"].split(",") if word.strip())
