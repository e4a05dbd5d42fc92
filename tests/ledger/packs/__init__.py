"""Evidence packs as bytes: made with the ledger alone, checked, and tampered with in every known way."""
