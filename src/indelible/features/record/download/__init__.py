"""What a list shows, taken away as a table: `gathering` finds the entries, `table` says them, `making` writes the file.

A download is what was seen on the page and no evidence in itself: for that there are packs. It says so, and which
seal it can be held against. Giving one out is an entry with the fingerprint of the file, so that a table that turns up
later can be told from one that was never given out.
"""

SCRATCH = "download-"
"""How the folders begin in which workbooks are put together."""
