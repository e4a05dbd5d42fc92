"""Runs that nobody starts by hand: opened by the calendar, by an entry, or by an alarm.

* `books`: the runbooks in force, with their newest text.
* `by_calendar`: each occurrence of a schedule opens one run, late where the machine was off; a day that passed is
  missed.
* `by_entry`: each entry that a runbook waits for opens one run.
* `by_alarm`: each notice of an alarm that a runbook waits for opens one run.
* `opening`: what all of them have in common: one run a cause, so many an hour, and what becomes of a run that cannot
  be opened.

Every function is given the time, is safe to call from several workers at once, and does nothing twice.
"""
