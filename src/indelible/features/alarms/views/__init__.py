"""The pages of alarms: the queue and its notices, the alarms themselves, and the ways to tell somebody."""
