"""The pages of the record. Each view: who may, what was asked, do it, show it."""
