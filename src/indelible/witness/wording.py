"""What the page of a witness says, in one place, so that another language needs no other file."""

from __future__ import annotations

from .evidence import EMPTY_ROOT, FORK, NO_EXTENSION

TITLE = "Witness {name}"
WINDOW_TITLE = "{title} - Indelible"
INTRO = (
    "A witness keeps the newest seal of each record it watches, and confirms a newer one only if it contains"
    " the one before. So nobody can show one record here and another there without it being noticed."
)
KEY_TITLE = "The key of this witness"
KEY_INTRO = (
    "Give it to whoever should be able to tell this witness's confirmations from others. It is no secret."
)
LOGS_TITLE = "Records it watches"
NO_LOGS = "It watches no record yet. Its owner names one with: indelible witness add-log KEY"
NOT_WATCHED = "No longer watched. What was confirmed before stays here."
NOTHING_HELD = "No seal yet. It keeps the first one that arrives."
HELD = "Seal {size}, confirmed {at}"
NOTHING_REFUSED = "Nothing that it sealed was refused."
DETAILS = "Technical details"
KEYS = "Keys whose seals count"
NOTE = "The seal as confirmed"
LIMITS_TITLE = "What this page does not show"
LIMITS = (
    "A witness never sees what a record says, only its seals. It can tell that nothing was rewritten since"
    " the first seal it kept, not whether what was recorded is true or complete. Open this page on the"
    " witness's own address: a copy proves nothing."
)
LATE = (
    "Older seals that came after a newer one and were not confirmed: {count}. That is usual where several messages are"
    " under way, and also what an older state of the record would look like that was put back."
)
NOT_KEPT = "{count} further refused seals were counted and not kept."

FORK_TITLE = "Two versions of this record exist"
FORK_MEANING = (
    "Whoever holds this record's sealing key sealed two different versions with the same number. They cannot"
    " both be right, and somebody may have been shown another record than others. Do not rely on it until it"
    " is known which is right. Call whoever keeps the record on a number you already have. Both seals are kept here."
)
REFUSED_TITLE = "Seals that were refused"

# Of each reason that needs a look: what a line of the list says.
REASONS = {
    FORK: "Seal {size}, received {at}: another version with this number is held already.",
    NO_EXTENSION: (
        "Seal {size}, received {at}: it was not shown to contain the seal before. By itself this accuses nobody:"
        " anyone can send a true seal with a wrong proof."
    ),
    EMPTY_ROOT: "Seal 0, received {at}: it says that the record is empty, with a fingerprint no empty record has.",
}

# Said once on standard error for each seal that is newly kept.
ALARM = "{origin}: refused and kept ({reason}), size {size}. Look at the page of this witness."

BUSY = "this witness is busy, try again\n"
DISK = "this witness cannot store anything now, so it confirms nothing\n"
