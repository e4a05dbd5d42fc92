"""Sources that send or are looked at by themselves: who may send, what became of it, how they do.

* `passwords` and `secrets`: what lets a sender in, and what lets us in elsewhere.
* `reading`: the bytes of one delivery become records, by the source's own mapping.
* `desk`: records become entries, with an account of each, before the sender hears "taken".
* `files`: what comes as a file goes the way of an upload, unattended.
* `health`: when a source was last heard of, and what is wrong. `claims`: one worker at a time looks at it.
"""
