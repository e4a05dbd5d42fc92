"""Silence: when each source is expected, what was heard of it, and the gaps where it was not.

`rhythm` is pure arithmetic with the clock as an argument; `heard` keeps when something arrived; `watch` opens and
closes gaps and tells of each on the record; `quiet` has what was announced before. Nothing here says that a source
is complete: being heard in time is no proof that nothing is missing.
"""
