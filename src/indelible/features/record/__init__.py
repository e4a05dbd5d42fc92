"""The record as people read it: the timeline, one entry with its proof, adding and correcting."""
