"""Coverage: what each rule promises, held against what really arrived.

`expecting` and `judging` are pure, with every clock an argument; `tallying` counts entries by rule, by source and by
day; `keeping` goes through the log and keeps the counts; `gathering` reads what is known of the sources; `queries` puts
both together for whoever shows it; `watch` tells on the record when a rule falls silent or is broken, and when that is
over, and `changes` tells other features.
"""
