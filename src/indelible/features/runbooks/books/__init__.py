"""The organisation's runbooks as texts: copied, written, published, walked through, appointed, retired.

* `drafting`: copy a ready one, write a new one, import one, change a draft. Drafts are free to edit.
* `publishing`: from a draft to a version that never changes; with a second person where the organisation wants one.
* `walking`: somebody who did not write it goes through it step by step and signs that they could follow.
* `keeping`: owner, looking again, retiring; `appointing`: who fills which role; `calendars`: due from a day on.
* `carrying`: out as TOML and in again; `comparing`: what differs between two versions, in words.
* `telling`: a document in words, for pages, print and the handbook; `checking`: everything that is wrong with one.

What people do is an entry, in the transaction of the act. Writes go through these services and nothing else.
"""
