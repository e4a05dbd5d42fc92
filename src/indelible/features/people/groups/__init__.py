"""Named groups of people, who belongs to them from one day to another, and what changes with that."""
