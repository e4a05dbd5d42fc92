"""The tamper drill: a copy of the log is altered in every known way, and each time the checks have to find it.

Nothing is ever done to the log itself. `copying` sets a copy aside, `alterations` are the ways, `drill` runs them
one by one and says what was found. Each check runs in a process of its own on the copy's folder, as it would on any
installation, so that what is tried out is what would be relied on.
"""
