"""What we record: rules in plain words, their versions, and the catalogue that they may come from."""
