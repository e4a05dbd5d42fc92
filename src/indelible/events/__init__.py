"""One form for what happened, whatever the system: the event, its words, and the sentence that tells it.

An *event* says who did what to which things, when, from where, what changed, with what outcome and
why. This package fixes its shape (`event`), the closed word list it draws on (`vocabulary`), how its
instants are written (`instants`), the sentence a person reads (`sentence`), the events about Indelible
itself (`own`), and how it is told to outside tools (`mapping`). All of it is pure: no clock, no
database, no Django. How bytes of an export become events is `intake`; how events become leaves of a
log is `ledger`.
"""
