"""The pages on which people carry out a run: the list, one run, one step, signing, who does what, paper, and guests.

* `desk`: who is at a run, and where its pages lie for them. The same pages serve people with an account and outsiders.
* `gathered`, `standing`, `showing`, `whole`, `clocks`, `words`: a run and its steps as pages show them, read in a fixed
  number of queries and said in words.
* `step` (drawn by `step_page`), `looking`, `signing`, `leaving`: one step. `run`, `roles`, `paper`: the whole run.
  `lists`, `starting`: many.
* `guest`: the pages behind an outsider's link. Nothing else is reachable with it.
"""
