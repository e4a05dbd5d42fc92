"""The HTTP API: what programs send to a web connection, and what they may read back.

`docs/formats/api.md` fixes it. From the bottom up:

* `strictjson`, `moments`: one JSON value and one time, exact or refused. `eventform`: an event as a sender writes it.
* `cloudevents`, `otlp` (with `otlpjson`, `otlpwire`): two forms that others have fixed, made into the same event.
* `bodies`: what came, unpacked within bounds. `deliveries`: its events go to the desk, and what became of each.
* `door`, `attempts`: who is let in. `heavy`: how much at once. `account`, `totals`: what else is asked and told.
* `problems`: what goes wrong, in one form. `schemas`, `app`: the addresses, with their OpenAPI document. `pages`: the
  same as a page. `front`: all this comes before sessions, cookies and the rules of pages.
"""
