"""Sign-offs sealed to what was seen."""
