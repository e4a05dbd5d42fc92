"""The HTTP API: what programs send to a web connection, and what they may read back.

`docs/formats/api.md` fixes it. From the bottom up:

* `strictjson`, `moments`: one JSON value and one time, exact or refused. `eventform`: an event as a sender writes it.
* `cloudevents`, `otlp` (with `otlpjson`, `otlpwire`): two forms that others have fixed, made into the same event.
* `bodies`: what came, unpacked within bounds. `deliveries`: its events go to the desk, and what became of each.
* `door`, `attempts`: who is let in. `looks`: what a source reads of the record is on the record.
* `problems`: what goes wrong, in one form. `schemas`, `app`: the addresses, with their OpenAPI document. `pages`: the
  same as a page.
"""
