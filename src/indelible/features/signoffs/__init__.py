"""Sign-offs sealed to what was seen: lists frozen as they were shown, what was decided about their rows, and the
signature over exactly that. Runbooks and reviews stand on it."""
