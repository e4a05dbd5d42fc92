"""The tables that hold the log, named so that a stranger with SQL finds their way (design section 5).

`logbook` carries the head of each tree, `entry` what was recorded, `tile` the full tiles of the tree,
`checkpoint` each signed state of it. The others keep what appending needs: `edge` the unfinished tiles
above the leaves, `number` the running numbers, `repeat` what tells that a record was taken in before,
`attachment` which stored file belongs to which entry.

Rows are written by `append` alone, with SQL of its own: these classes are for reading, and for the
migrations. The references carry no constraint in the database, because checking one a row costs as much
as writing the row, and a logbook is never deleted.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Logbook(models.Model):
    """One log: its lasting name, its key, and the head of its tree."""

    name = models.TextField(unique=True)
    origin = models.TextField(unique=True)
    public_key = models.TextField()  # verifier key, standards.md section 2
    key_change = models.BigIntegerField(default=0)  # another random number whenever who signs has changed
    rule_change = models.BigIntegerField(default=0)  # likewise, whenever the rules in force have changed
    size = models.BigIntegerField(default=0)
    root = models.BinaryField()  # 32 bytes
    last_at = models.TextField(default="")  # `at` of the newest entry; empty while there is none
    created_at = models.TextField()

    class Meta:
        db_table = "logbook"

    def __str__(self) -> str:
        return self.name


def _logbook() -> models.ForeignKey[Logbook, Logbook]:
    return models.ForeignKey(
        Logbook,
        on_delete=models.PROTECT,
        db_column="logbook",
        db_constraint=False,
        db_index=False,
        related_name="+",
    )


class Entry(models.Model):
    """What was recorded: the disclosures of one leaf, and the secret that their salts come from."""

    pk = models.CompositePrimaryKey("logbook_id", "index")
    logbook = _logbook()
    index = models.BigIntegerField()  # place in the tree, from 0
    recorded_at = models.TextField()  # the leaf's `at`
    content = models.TextField()  # one object of canonical JSON: disclosure name to value
    secret = models.BinaryField()  # 32 bytes, or after an erasure canonical JSON (design section 4)

    class Meta:
        db_table = "entry"

    def __str__(self) -> str:
        return f"{self.logbook_id}/{self.index}"


class Tile(models.Model):
    """A full tile: 256 hashes of one level of the tree. It never changes."""

    pk = models.CompositePrimaryKey("logbook_id", "level", "index")
    logbook = _logbook()
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField()  # 8,192 bytes

    class Meta:
        db_table = "tile"

    def __str__(self) -> str:
        return f"{self.logbook_id}/{self.level}/{self.index}"


class Edge(models.Model):
    """The unfinished tile of one level above the leaves (the leaves' own stands in the checkpoints).

    Derived from the full tiles below it; kept so that neither a start nor a proof has to hash them anew.
    """

    pk = models.CompositePrimaryKey("logbook_id", "level")
    logbook = _logbook()
    level = models.SmallIntegerField()  # 1 and up
    hashes = models.BinaryField()  # up to 255 hashes

    class Meta:
        db_table = "edge"

    def __str__(self) -> str:
        return f"{self.logbook_id}/{self.level}"


class Checkpoint(models.Model):
    """One signed state of a logbook: a row a commit."""

    pk = models.CompositePrimaryKey("logbook_id", "size")
    logbook = _logbook()
    size = models.BigIntegerField()
    root = models.BinaryField()  # 32 bytes
    note = models.TextField()  # as signed, with the cosignatures gathered since
    made_at = models.TextField()  # the clock's word; before the newest entry's `at` where it fell behind
    leaves = models.BinaryField()  # leaf hashes that this commit added after the last full tile

    class Meta:
        db_table = "checkpoint"

    def __str__(self) -> str:
        return f"{self.logbook_id}@{self.size}"


class Number(models.Model):
    """The last running number given under one name, such as `sources/7`."""

    pk = models.CompositePrimaryKey("logbook_id", "name")
    logbook = _logbook()
    name = models.TextField()
    last = models.BigIntegerField()

    class Meta:
        db_table = "number"

    def __str__(self) -> str:
        return f"{self.logbook_id}/{self.name}={self.last}"


class Repeat(models.Model):
    """Which entry a record of a source became, so that it is not recorded twice. Keyed codes only."""

    pk = models.CompositePrimaryKey("logbook_id", "source", "code")
    logbook = _logbook()
    source = models.BigIntegerField()
    code = models.BinaryField()
    index = models.BigIntegerField()
    content_code = models.BinaryField(null=True)

    class Meta:
        db_table = "repeat"

    def __str__(self) -> str:
        return f"{self.logbook_id}/{self.source} -> {self.index}"


class Attachment(models.Model):
    """A file in the attachments folder and, once recorded, the entry it belongs to."""

    blob = models.TextField(primary_key=True)  # random name; nothing that tells the content
    logbook = _logbook()
    index = models.BigIntegerField(null=True)
    size = models.BigIntegerField()
    stored_at = models.TextField()

    class Meta:
        db_table = "attachment"
        indexes: ClassVar[list[models.Index]] = [models.Index("logbook", "index", name="attachment_entry")]

    def __str__(self) -> str:
        return self.blob


class Holding(models.Model):
    """A checkpoint that somebody beyond this machine holds, and what shows that they do.

    `evidence` is, by kind: of a witness its cosignature line; of a time-stamping authority the whole response
    (DER); of a mailed receipt the message's id; of a pack handed out its SHA-256. Asked anew, a holder's row
    is brought up to date in place.
    """

    class Kind(models.TextChoices):
        """Who holds it."""

        WITNESS = "witness"
        STAMP = "stamp"
        RECEIPT = "receipt"
        PACK = "pack"

    logbook = _logbook()
    size = models.BigIntegerField()
    root = models.BinaryField()  # 32 bytes, as it left
    note = models.TextField()  # the bare checkpoint that left: text, empty line, the log's own line
    kind = models.CharField(max_length=8, choices=Kind.choices)
    holder = models.TextField()  # a witness's or authority's name in Indelible, an address, a pack's id
    held_at = models.TextField()  # UTC; by the holder's own word where they give one
    evidence = models.BinaryField()
    nonce = models.TextField(blank=True, default="")  # of a time-stamp's request, decimal

    class Meta:
        db_table = "holding"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("logbook", "kind", "holder", "size", name="holding_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index("logbook", "size", name="holding_size")]

    def __str__(self) -> str:
        return f"{self.holder} holds {self.logbook_id}@{self.size}"


class Conflict(models.Model):
    """Somebody outside holds a checkpoint of this log that is not on its tree, or is ahead of it.

    Whoever holds both notes holds the proof. A row is never changed but by `explained`, and never resolved by
    itself.
    """

    class Kind(models.TextChoices):
        """What does not fit."""

        FORK = "fork"  # another root at a size that this log reached too
        AHEAD = (
            "ahead"  # more entries than this log has: an older state was put back, or the newest were cut off
        )

    logbook = _logbook()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    holder = models.TextField()  # who says otherwise
    size = models.BigIntegerField()  # of their checkpoint
    their_note = models.TextField()
    our_note = models.TextField(blank=True, default="")  # ours of that size or the newest below it
    seen_at = models.TextField()  # UTC
    found_by_them = models.BooleanField(
        default=False
    )  # the holder refused it and kept it: ours is what it holds

    class Meta:
        db_table = "conflict"
        indexes: ClassVar[list[models.Index]] = [models.Index("logbook", "seen_at", name="conflict_seen")]

    def __str__(self) -> str:
        return f"{self.holder}: {self.kind} at {self.logbook_id}@{self.size}"


class SealingKey(models.Model):
    """A key that a logbook is or was sealed with, in the order they came. The one in use is `logbook.public_key`.

    A logbook whose key never changed may have no row. A retired key signed up to `until_size` and its seals stay
    valid. A revoked one counts only as far as somebody outside held its seals before that (`until_size`).
    """

    class State(models.TextChoices):
        """Where a key stands."""

        IN_USE = "in_use"
        JOINING = "joining"  # announced; signs beside the one in use until every witness accepts it
        RETIRED = "retired"
        REVOKED = "revoked"
        GIVEN_UP = "given_up"  # was joining when the one in use was revoked; never signed alone

    logbook = _logbook()
    public_key = models.TextField()  # verifier key
    state = models.CharField(max_length=8, choices=State.choices)
    since_size = models.BigIntegerField()  # of the first checkpoint it signed
    until_size = models.BigIntegerField(null=True)  # of the last that counts
    announced = models.BigIntegerField(null=True)  # index of the entry that announces it; none for the first
    ended = models.BigIntegerField(null=True)  # index of the entry that retires or revokes it
    sheet = models.BigIntegerField(
        null=True
    )  # index of the entry that tells that its recovery sheet was made; none: never

    class Meta:
        db_table = "sealing_key"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("logbook", "public_key", name="sealing_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.logbook_id}: {self.public_key} ({self.state})"


class Follower(models.Model):
    """How far somebody who goes through the log entry by entry has come (following.py)."""

    pk = models.CompositePrimaryKey("logbook_id", "name")
    logbook = _logbook()
    name = models.TextField()
    upto = models.BigIntegerField()  # how many entries, from the first, are done

    class Meta:
        db_table = "follower"

    def __str__(self) -> str:
        return f"{self.logbook_id}/{self.name}@{self.upto}"
