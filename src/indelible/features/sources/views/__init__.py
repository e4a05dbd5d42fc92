"""The pages about sources: the list, a file on its way in, and what became of it."""
