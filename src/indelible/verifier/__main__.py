"""A copy of the checker of one's own: `python -m indelible.verifier > checker.html`.

Whoever does not trust the page in a pack, since it came from those whom it checks, makes this one with an
Indelible that they got themselves. It asks for the pack's ZIP or folder. `--fingerprint` tells the SHA-256 of
its code instead, to be compared with what is published.
"""

from __future__ import annotations

import sys

from indelible.verifier.page import build_checker, page_fingerprint

_USAGE = "python -m indelible.verifier [--fingerprint]\n"


def main(arguments: list[str]) -> int:
    """Write the checker, or its fingerprint, to the standard output; give the exit code."""
    if not arguments:
        sys.stdout.buffer.write(build_checker())
        return 0
    if arguments == ["--fingerprint"]:
        sys.stdout.write(page_fingerprint() + "\n")
        return 0
    sys.stderr.write(_USAGE)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
