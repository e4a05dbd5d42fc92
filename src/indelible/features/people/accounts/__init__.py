"""Accounts: invited by link, given a role, ended; each step is an entry."""
