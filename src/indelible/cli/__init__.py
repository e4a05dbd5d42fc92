"""The command line: the same services as the pages, for a terminal and for other programs.

`main` is the one entry point and the one place where a fault becomes words: whatever happens, a person
sees what happened, what it means and what to do, never a traceback. Commands are loaded when they are
called, so that `--help` answers at once; Django is loaded only by commands that need the data folder.
"""

from __future__ import annotations


def main() -> None:
    """Run the command that the process was started with, and exit with its code (design section 8)."""
    import sys

    from indelible.cli.run import run

    sys.exit(run(sys.argv[1:]))
