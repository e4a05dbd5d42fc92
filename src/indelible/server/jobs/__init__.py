"""The worker: takes jobs from the database, keeps the clock, and takes up what a dead worker left."""
