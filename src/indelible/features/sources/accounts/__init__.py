"""Accounts: what a source says of its own records (totals, running numbers), held against what is on the record.

Only these can show that something is missing although messages arrive. What arrived late, what the source held back
and the days of messages that are closed are counted here too.
"""
