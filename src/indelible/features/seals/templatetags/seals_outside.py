"""The parts of pages that say who outside holds our seals.

{% who_holds_it %}              the box of the overview: witnesses, outside time stamps, how far they hold.
{% holders_of_seal seal.size %} who holds one seal, with what they gave us for it.
{% outside_limits %}            what the seals do not show, by how far they are held outside.
{% outside_alarm %}             the notice that a witness holds a different seal; nothing where none does.
"""

from __future__ import annotations

from django import template

from indelible.features.seals.outside import differences, outcomes, states
from indelible.web.acts import logbook_in_use

register = template.Library()


def _passed_on(context: template.Context) -> dict[str, object]:
    """Return what the components inside a part need from the page around it."""
    return {name: context.get(name) for name in ("request", "reader", "csrf_token", "user")}


@register.inclusion_tag("seals/outside/_who_holds_it.html", takes_context=True)
def who_holds_it(context: template.Context) -> dict[str, object]:
    """Show everybody outside and how they stand."""
    logbook = logbook_in_use()
    return {**_passed_on(context), "outside": states.overview(logbook, outcomes.now())}


@register.inclusion_tag("seals/outside/_holders.html", takes_context=True)
def holders_of_seal(context: template.Context, size: int) -> dict[str, object]:
    """Show who holds the seal of exactly this size."""
    logbook = logbook_in_use()
    rows = states.holders_of_seal(logbook, size)
    return {
        **_passed_on(context),
        "size": size,
        "witnesses": [row for row in rows if row.kind == "witness"],
        "stamps": [row for row in rows if row.kind == "stamp"],
        "held": states.held_outside(logbook),
    }


@register.inclusion_tag("seals/outside/_alarm.html", takes_context=True)
def outside_alarm(context: template.Context) -> dict[str, object]:
    """Show every finding of two histories, those that nobody explained yet as an alarm."""
    return {**_passed_on(context), "differences": differences.differences(logbook_in_use())}


@register.inclusion_tag("seals/outside/_limits.html", takes_context=True)
def outside_limits(context: template.Context) -> dict[str, object]:
    """Say what the seals cannot show."""
    return {**_passed_on(context), "held": states.held_outside(logbook_in_use())}
