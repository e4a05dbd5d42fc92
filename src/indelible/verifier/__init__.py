"""The page inside every evidence pack: its own checker, in its own language, held to the same vectors."""
