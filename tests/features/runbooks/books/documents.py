"""Runbooks to test with: one small one that has a bit of everything, as text and as a value."""

from __future__ import annotations

from indelible.features.runbooks.document.reading import from_text
from indelible.features.runbooks.document.runbook import Runbook

PETTY_CASH = """
format = 1
id = "PC-1"
title = "Petty cash count"
purpose = "Make sure the cash box holds what the book says."
team = "finance"
owner = "manager"
note = "In a small firm the office manager is both counter and owner of nothing."
due_words = "By the fifth working day."
outputs = ["Count sheet"]
serves = ["SOX 404"]
keep = "control"
look_again = "P1Y"

[roles.counter]
title = "Counter"
not = ["manager"]
note = "Anybody careful."

[roles.manager]
title = "Office manager"

[starts]
when = "Every month"
trigger = "Also when the box looks wrong"

[[starts.schedule]]
every = "month"
on = "last working"
holiday = "before"
opens = "P2D"
working = true
covers = "current"

[[clocks]]
key = "tell"
title = "Tell the insurer"
clause = "Policy 4"
within = "P5D"
met_by = "agree"
warn = ["PT24H"]
only_if = "short=yes"

[[steps]]
key = "count"
title = "Count the cash"
do = "Count every note and coin with the box on the table."
by = "counter"
kind = "fill"
why = "A count that nobody saw is a guess."
done = "The total is written down."
if_fails = "Count again from the beginning."
fields = [
  { key = "total", label = "Total counted", kind = "number" },
  { key = "short", label = "Is anything missing?", kind = "choice", options = ["yes", "no"], hint = "Also a coin." },
]
files = "A picture of the count sheet"
files_least = 1
due = { within = "P1D", working = true, after = "open" }

[[steps]]
key = "look"
title = "Look at what was paid out"
do = "Open the list and look at each line."
by = "counter"
kind = "view"
sign = "one"
means = "checked"
why = "Money that left without a paper is not in the book."
done = "Every line has a paper."
if_fails = "Ask who took it."
view = { entries = "payments", decide = ["fine", "ask"], reason_for = ["ask"], at_least = 1 }
branches = [{ label = "Short", if = "short=yes", to = "agree", start = "RB-09", needs_words = true }]

[[steps.checks]]
key = "filled"
says = "The total was filled in"
kind = "answered"
settings = { fields = ["total"] }
if_fails = "Go back and count."

[[steps]]
key = "pause"
title = "Wait for the bank"
do = "Nothing is to be done."
by = "system"
kind = "wait"
why = "The bank statement comes the day after."
done = "A day has gone by."
if_fails = "Go on without it and say so."
wait = { within = "P1D" }
optional = true

[[steps]]
key = "agree"
title = "Agree to the count"
do = "Compare the count with the book."
by = "manager"
kind = "second"
sign = "two"
means = "approved"
covers = ["count", "look"]
why = "Two people see more than one."
done = "Both figures are the same."
if_fails = "Send it back with the reason."
"""


def petty_cash() -> Runbook:
    """Return the runbook about the cash box."""
    return from_text(PETTY_CASH)
