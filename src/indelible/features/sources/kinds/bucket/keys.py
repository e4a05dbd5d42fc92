"""What the keys of a bucket tell: which objects are CloudTrail's log files, and where a look has to begin.

CloudTrail writes AWSLogs/<account>/CloudTrail/<region>/<year>/<month>/<day>/<file>.json.gz, with the organisation's
id before the account where it writes for one. Files of a day come in no order and up to days late. Digest files, which
prove that none of them was changed, lie beside them under CloudTrail-Digest and hold no events.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final, Literal

LATE_DAYS: Final = 3  # looked through again at every round; older days once a day

_ACCOUNT: Final = r"(?:o-[a-z0-9]{10,32}/)?\d{12}/"
_LOG: Final = re.compile(
    rf"(?:.*/)?AWSLogs/{_ACCOUNT}CloudTrail/[a-z0-9-]+/\d{{4}}/\d\d/\d\d/[^/]+\.json(?:\.gz)?", re.ASCII
)
_DIGEST: Final = re.compile(rf"(?:.*/)?AWSLogs/{_ACCOUNT}CloudTrail-Digest/.+", re.ASCII)
_REGION: Final = re.compile(rf"(?:.*/)?AWSLogs/{_ACCOUNT}CloudTrail(?:-Digest)?/[a-z0-9-]+/", re.ASCII)
_DEEPER: Final = re.compile(rf"(?:.*/)?AWSLogs/{_ACCOUNT}CloudTrail(?:-Digest)?/[a-z0-9-]+/.+", re.ASCII)
_ON_THE_WAY: Final = re.compile(
    r"(?:.*/)?AWSLogs/(?:o-[a-z0-9]{10,32}/)?(?:\d{12}/(?:CloudTrail(?:-Digest)?/(?:[a-z0-9-]+/)?)?)?",
    re.ASCII,
)

What = Literal["log", "digest", "other"]


def what_is(key: str) -> What:
    """Say what an object of a CloudTrail bucket is, by its key."""
    if _LOG.fullmatch(key):
        return "log"
    return "digest" if _DIGEST.fullmatch(key) else "other"


def begins_at(prefix: str) -> str:
    """Return where CloudTrail's folders begin, below what a person gave as the prefix."""
    if "AWSLogs/" in prefix:
        return prefix
    return f"{prefix}{'/' if prefix and not prefix.endswith('/') else ''}AWSLogs/"


def is_part(folder: str) -> bool:
    """Whether a folder is one that is listed as a whole: one region of one account, or something within one."""
    return bool(_REGION.fullmatch(folder) or _DEEPER.fullmatch(folder))


def leads_on(folder: str) -> bool:
    """Whether a folder is on the way to such a part: an organisation, an account, its CloudTrail."""
    return bool(_ON_THE_WAY.fullmatch(folder))


def late_from(part: str, today: date) -> str | None:
    """Return the key after which late files are looked for in a part; None where its keys do not tell days."""
    if not _REGION.fullmatch(part):
        return None
    return f"{part}{today - timedelta(days=LATE_DAYS):%Y/%m/%d}"
