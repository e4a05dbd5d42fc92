"""What leaves the building: seals sent to witnesses and time-stamping authorities, and what they say back.

`calls` carries one question over the network; `witnesses` and `stamping` know what to ask and what counts as an
answer; `watching` reads what a witness shows everybody, and `conflicting` keeps the proof where that is not our
history. `courier` decides when, for every logbook, and writes down what came of it. `guarding` is what asks before
the first append. Nothing here ever runs inside an append of anybody else's, and nothing waits for it.
"""
