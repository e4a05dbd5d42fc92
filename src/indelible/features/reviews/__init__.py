"""Reviews: which entries must a person look at, samples, and whether everybody still needs the access they have."""
