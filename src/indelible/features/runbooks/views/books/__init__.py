"""The pages about the texts of runbooks: the list, ready ones, one of them, its editor, the handbook."""
