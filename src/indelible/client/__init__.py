"""What other programs import to send events and to check receipts: standard library and `indelible.ledger` only."""
