"""What the ready rules mean, for whoever measures with them: their patterns, and some questions with conditions."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Final

from indelible.features.rules.catalogue import RULES
from indelible.language.pattern import Condition, Pattern, When, Who
from indelible.language.reading import understand
from indelible.language.world import Member, World

NOW: Final = datetime(2026, 12, 1, tzinfo=UTC)
OFFICE: Final = World(
    groups={"Finance": tuple(Member(f"u-{number}") for number in range(0, 40, 4))}, currency="EUR"
)

CONDITIONS: Final[dict[str, Pattern]] = {
    "payments over 5,000 EUR": Pattern.of(
        things=["payment"], where=[Condition("amount", ">", "5000", "EUR")]
    ),
    "amounts over 900,000": Pattern.of(where=[Condition("amount", ">", "900000")]),
    "price changes without approval": Pattern.of(
        verbs=["change"], things=["price", "discount"], where=[Condition("approval_ref", "absent")]
    ),
    "changes on weekends": Pattern.of(verbs=["change"], when=When(days=("sat", "sun"))),
    "payments outside working hours": Pattern.of(
        things=["payment"], when=When(hours="outside working hours")
    ),
    "exports at night": Pattern.of(verbs=["export"], when=When(hours="22:00-06:00")),
    "bank details by somebody outside a group": Pattern.of(
        things=["supplier.bank_account"], not_who=[Who(group="Finance")]
    ),
    "own approvals": Pattern.of(where=[Condition("approver", "same_as", "maker")]),
    "denied sign-ins": Pattern.of(verbs=["sign_in"], outcomes=["denied"]),
    "exports of more than 100 rows": Pattern.of(verbs=["export"], where=[Condition("row_count", ">", "100")]),
    "an amount raised above 80,000": Pattern.of(where=[Condition("changes/amount", ">", "80000")]),
    "a reason with two words": Pattern.of(where=[Condition("reason", "contains", "invoice payment")]),
}
"""Questions with conditions of each kind."""


@cache
def catalogue_patterns() -> dict[str, Pattern]:
    """Return the pattern of each ready rule, by its id."""
    return {name: understand(rule.says, OFFICE, NOW).pattern for name, rule in RULES.items()}
