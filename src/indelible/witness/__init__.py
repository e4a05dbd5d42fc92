"""A witness: keeps the newest seal of each log it watches, and cosigns only what extends it.

It is run by somebody outside, on a machine of their own, so that whoever runs a log cannot show one history
to one reader and another to the next. It needs no Django and no database server: the standard library and
`ledger`. From the bottom up:

`errors`, `tables`, `evidence` and `state` (what was cosigned, and what was refused, for good), `folder` (the
witness's own key, made once), `watched` (lists of logs), `asked` (a request, read), `judging` (the one
decision), `wording` and `page` (what people read), `head`, `answers` and `serving` (HTTP), `running` (a whole
server, from folder to signal), `owning` (what its owner does beside).

Source: C2SP tlog-witness (main of July 2026).
"""
