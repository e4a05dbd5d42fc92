"""Proof of work: a run told as a paper, and as an evidence pack that checks itself.

* `telling`: a run in words, the same for the page and the paper.
* `paper`: the paper, as PDF.
* `packing`: the entries that belong to a run, and a pack of them.
* `measures`: what auditors ask for by period: runs due, started, in time, late, missed, and what happened in them.
"""
