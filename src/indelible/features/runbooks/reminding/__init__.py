"""Reminders and escalations: who is told what, when, and that it is told once.

* `planning`: who is to be told what now, from facts alone. Pure: no tables, no clock.
  `days` are those of a person; `piles` are small things that are told together.
* `further`: what other features have people reminded of in the same letters.
* `facts`: what stands open, who it waits for, and who answers for it, from the tables.
* `making`: puts what is due into rows (`Mailing`), each once, and escalations on the record.
* `letters`: what a mail says.
* `courier`: hands them to the mail server, by a claim, and tries again.
"""
