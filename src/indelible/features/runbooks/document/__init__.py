"""What a runbook is: one document with its roles, its starts, its clocks and its steps. Pure: no tables, no clock.

* `runbook`: the parts of a document as values, format 1 (docs/formats/runbook.md).
* `reading`: TOML or JSON text to a Runbook, and what is wrong with it, part by part, in plain words.
* `writing`: a Runbook back to TOML, the same for the same document; canonical JSON and its digest, as sealed.
"""
