"""What the rest rests on: how times and numbers are shown, office hours and holidays, and e-mail."""
