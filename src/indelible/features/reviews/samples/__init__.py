"""Samples: rows drawn by chance from any question of the record, looked at one by one, and signed.

* `sizes` names the customary table that auditors use, row by row.
* `services` draws, decides and signs; `queries` reads what the pages show.
"""
