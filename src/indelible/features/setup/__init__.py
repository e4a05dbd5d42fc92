"""First-run set-up: from an empty data folder to the first sealed entry."""
