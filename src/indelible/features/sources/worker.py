"""What a worker has to load of this feature besides its jobs: whatever looks at sources by itself.

Commands and pages that look at nothing do without, and start so much the sooner.
"""

from __future__ import annotations

from indelible.features.sources import kinds
from indelible.features.sources.accounts import jobs as accounts_jobs
from indelible.features.sources.silence import jobs as silence_jobs

LOADED = (accounts_jobs, silence_jobs, *kinds.load().values())
