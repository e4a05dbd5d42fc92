"""How much one upload may cost.

Every bound is checked while reading, never believed from a header alone: a file that promises ten
gigabytes is refused before a byte is written, and one that hides them is stopped on the way. The
defaults suit exports of millions of rows on a machine of two cores; whoever runs the server may pass
others.
"""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024
GIB = 1024 * MIB


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds for one uploaded file and what is packed in it."""

    max_bytes: int = 4 * GIB  # the file as it arrives
    max_unpacked_bytes: int = 8 * GIB  # all that comes out of it, on disk
    max_members: int = 10_000  # names in one archive
    max_expansion: int = 250  # unpacked bytes for one packed byte, once past the next bound
    free_expansion_bytes: int = 32 * MIB  # up to here any ratio is harmless
    max_workbook_bytes: int = 512 * MIB  # a workbook is unpacked in memory
    max_workbook_cells: int = 20_000_000  # the rectangle of one sheet, empty cells included
    max_record_bytes: int = 16 * MIB  # one row, line or element
    max_depth: int = 50  # lists and objects within each other in one JSON record
    max_containers: int = 3  # packings around each other, such as gz within zip
    max_columns: int = 2_000
