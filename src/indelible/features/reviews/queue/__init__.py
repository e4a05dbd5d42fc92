"""Entries that a rule wants looked at: how they come into the queue, who looks, and what was answered.

* `feeding` follows the log and puts each entry into the queue once.
* `whom` says who may look: what the duty names, and never who did it.
* `answering` takes answers, each an entry of its own.
* `duty` switches a rule's wish on and off; `queries` reads what the pages show.
"""
