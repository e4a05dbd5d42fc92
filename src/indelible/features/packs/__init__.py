"""Evidence packs: what is handed to an outsider, and checking one that was handed to us."""
