"""A witness: keeps the newest seal of each log it watches, and cosigns only what extends it."""
