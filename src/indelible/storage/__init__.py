"""Where entries rest: the database, the files beside it, and what they are checked against."""
