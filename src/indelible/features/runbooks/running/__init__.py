"""Going through a runbook: what may happen to a run and its steps, and the entries that tell of it.

* `doers`, `independence`: who does something, and whether they may.
* `opening`, `roles`, `doing`, `signing`, `overriding`, `altering`: the acts. Each is one transaction, in which its
  entries are appended last.
* `moving`: what follows from an act by itself: the next step opens, Indelible looks, a wait ends, the run closes.
* `ground`, `lists`, `dates`: what checks stand on, the lists that steps show, by when things are due.
* `queries`: how a run stands, for pages.
"""
