"""Alarms: who is told when an entry, or several, show a warning sign; and what people answered."""
