"""Home: is our record intact, what must I do, what happened last."""
