"""Sources: where events come from, and the imports that brought them in.

`services` writes (begin and rename a source, run an import), `queries` reads; `importing` holds the steps
of one import. What a file means is the matter of `indelible.intake`, what is kept of it of
`indelible.storage`; here every record of a file is accounted for.
"""
