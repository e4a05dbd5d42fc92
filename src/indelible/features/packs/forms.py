"""The forms of the pages about packs: what is asked, what is hidden and why, and to whom a pack went."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.features.packs.asking import MOST_LISTED
from indelible.features.packs.fields import USUAL, WORDS, words_of
from indelible.features.packs.orders import HAPPENED, REASONS, RECORDED
from indelible.features.rules.models import RuleVersion
from indelible.features.sources.models import Source
from indelible.ledger.packs.manifest import SELECTION, WHOLE
from indelible.storage.database.models import Logbook

OTHER = "other"
RULE = "rule:"
"""How the choice of a rule begins; a source is chosen by its bare number."""
LONGEST = 200


class AskForm(forms.Form):
    """What a pack is to hold."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What do you want to hand over?"),
        widget=forms.RadioSelect,
        choices=(
            (
                WHOLE,
                gettext_lazy("Everything of one source or one rule. The pack proves that none was left out."),
            ),
            (SELECTION, gettext_lazy("A selection. The pack says that other entries may exist.")),
        ),
        initial=SELECTION,
    )
    source = forms.ChoiceField(label=gettext_lazy("Which source or rule?"), required=False)
    first = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    last = forms.DateField(
        label=gettext_lazy("To"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("This day is in. Leave both empty for everything since the beginning."),
    )
    by = forms.ChoiceField(
        label=gettext_lazy("How is the period counted?"),
        widget=forms.RadioSelect,
        required=False,
        choices=(
            (RECORDED, gettext_lazy("By when entries were recorded")),
            (
                HAPPENED,
                gettext_lazy(
                    "By when things happened. Number and time of every other entry of the source or rule go along, so "
                    "that a late arrival cannot hide."
                ),
            ),
        ),
        initial=RECORDED,
    )
    q = forms.CharField(
        label=gettext_lazy("Which entries?"),
        required=False,
        max_length=2_000,
        help_text=gettext_lazy(
            "As you search the record: words, or parts such as who:maria about:invoice when:2025-06"
        ),
    )
    numbers = forms.CharField(
        label=gettext_lazy("Or these entries, by number"),
        required=False,
        max_length=20_000,
        help_text=gettext_lazy("For example: 14, 20 to 25"),
    )
    words = forms.CharField(
        label=gettext_lazy("The question in your words"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("It stands on the cover. If you leave it empty, we say it in ours."),
    )

    def __init__(self, *args: Any, logbook: Logbook, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sources = Source.objects.filter(logbook=logbook).order_by("name")
        listed: list[tuple[str, object]] = [
            ("", _("Choose one")),
            (
                _("Sources"),
                [
                    *((str(row.pk), row.name) for row in sources),
                    ("0", _("Indelible itself: what people did here")),
                ],
            ),
        ]
        if rules := sentences_of_rules(logbook):
            listed.append((_("Rules"), [(f"{RULE}{pk}", said) for pk, said in rules]))
        self.fields["source"].choices = listed  # type: ignore[attr-defined]

    def clean_numbers(self) -> list[int] | None:
        """Return the places that were named, from zero; None where none was."""
        text = self.cleaned_data["numbers"]
        return places_in(text) if text.strip() else None

    def clean(self) -> dict[str, Any]:
        """See that what belongs together is there."""
        data = super().clean() or self.cleaned_data
        if data.get("kind") == WHOLE and not data.get("source"):
            self.add_error("source", _("Choose a source or a rule."))
        first, last = data.get("first"), data.get("last")
        if first and last and first > last:
            self.add_error("last", _("This day is before the first."))
        return data

    @property
    def question(self) -> str:
        """The question of a whole pack as one would type it."""
        data = self.cleaned_data
        first, last, chosen = data.get("first"), data.get("last"), data["source"]
        asked = chosen if chosen.startswith(RULE) else f"source:{chosen}"
        if not first and not last:
            return asked
        span = f"{first or ''}..{last or ''}" if first != last else str(first)
        return f"{asked} when:{span}"


def sentences_of_rules(logbook: Logbook) -> list[tuple[int, str]]:
    """Return each rule that ever counted anything with what it says now, shortened: one look-up."""
    said: dict[int, str] = {}
    for pk, sentence in (
        RuleVersion.objects.filter(rule__logbook=logbook)
        .order_by("rule", "number")
        .values_list("rule", "sentence")
    ):
        said[pk] = f"{pk}: {Truncator(sentence).chars(110)}"
    return list(said.items())


def places_in(text: str) -> list[int]:
    """Return the places (from zero) of entries named by number: "14, 20 to 25". Raises ValidationError."""
    places: list[int] = []
    for part in text.replace("\n", ",").replace(";", ",").split(","):
        edges = part.replace("..", " to ").replace("-", " to ").split(" to ")
        numbers = [edge.strip().replace("\u202f", "").replace(" ", "") for edge in edges]
        if numbers == [""]:
            continue
        if len(numbers) > 2 or not all(
            each.isascii() and each.isdecimal() and len(each) < 16 for each in numbers
        ):
            raise forms.ValidationError(
                _("“%(text)s” is no number of an entry.") % {"text": part.strip()[:80]}
            )
        first, last = int(numbers[0]), int(numbers[-1])
        if not 1 <= first <= last or last - first > MOST_LISTED or len(places) > MOST_LISTED:
            raise forms.ValidationError(
                _("“%(text)s” names no entries, or too many.") % {"text": part.strip()[:80]}
            )
        places += range(first - 1, last)
    return places


class HideForm(forms.Form):
    """Which details are hidden, and why: a tick and a reason for each."""

    other = forms.CharField(
        label=gettext_lazy("Another reason, in your words"),
        required=False,
        max_length=LONGEST,
        help_text=gettext_lazy("It stands in the pack for each detail where you chose it."),
    )

    def __init__(self, data: Any, *, facts: list[str], chosen: dict[str, str]) -> None:
        own = next((why for why in chosen.values() if why not in REASONS), "")
        super().__init__(data, initial={"other": own})
        self._names = [*WORDS, *facts]
        reasons = [*REASONS.items(), (OTHER, _("another reason, as written below"))]
        for place, name in enumerate(self._names):
            why = chosen.get(name, "")
            self.fields[f"hide{place}"] = forms.BooleanField(
                label=words_of(name), required=False, initial=bool(why)
            )
            self.fields[f"why{place}"] = forms.ChoiceField(
                label=_("Why: %(name)s") % {"name": words_of(name)},
                choices=reasons,
                required=False,
                initial=why if why in REASONS or not why else OTHER,
                widget=forms.Select(attrs={"class": "input"}),
            )

    def rows(self) -> list[tuple[str, Any, Any]]:
        """Return for each detail its name, tick and reason, the usual ones first."""
        rows = [(name, self[f"hide{place}"], self[f"why{place}"]) for place, name in enumerate(self._names)]
        return sorted(rows, key=lambda row: row[0] not in USUAL)

    def clean(self) -> dict[str, Any]:
        """See that another reason was written where it was chosen."""
        data = super().clean() or self.cleaned_data
        if any(why == OTHER for _name, why in self._chosen(data)) and not data.get("other", "").strip():
            self.add_error("other", _("Say the reason: whoever reads the pack is told it."))
        return data

    def withhold(self) -> list[tuple[str, str]]:
        """Return what was chosen, as the service takes it."""
        own = self.cleaned_data["other"].strip()
        return [(name, own if why == OTHER else why) for name, why in self._chosen(self.cleaned_data)]

    def _chosen(self, data: dict[str, Any]) -> list[tuple[str, str]]:
        return [
            (name, data.get(f"why{place}", ""))
            for place, name in enumerate(self._names)
            if data.get(f"hide{place}")
        ]


class HandOverForm(forms.Form):
    """To whom a pack went."""

    to = forms.CharField(
        label=gettext_lazy("Who got it?"),
        max_length=LONGEST,
        help_text=gettext_lazy("The person, and their firm"),
        error_messages={"required": gettext_lazy("Say who got the pack. Nothing was recorded.")},
    )
    how = forms.CharField(
        label=gettext_lazy("How?"),
        max_length=LONGEST,
        required=False,
        help_text=gettext_lazy("For example: by e-mail, on a stick, in their data room"),
    )
    at = forms.DateTimeField(
        label=gettext_lazy("When?"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text=gettext_lazy("Leave it empty for now."),
    )

    def instant(self, zone: Any) -> str | None:
        """Return when, as an instant, read in this zone; None for now. Raises ValueError for the future."""
        at = self.cleaned_data["at"]
        if at is None:
            return None
        # Django made it aware in the server's zone; what was typed is meant in the reader's.
        moment = at.replace(tzinfo=zone).astimezone(UTC)
        if moment > datetime.now(UTC):
            raise ValueError("in the future")
        return str(moment.strftime("%Y-%m-%dT%H:%M:%SZ"))
