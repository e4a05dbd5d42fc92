"""The verifiable log as pure functions over bytes.

An auditor can read this package on its own: it imports nothing else of Indelible, and neither the
clock, nor chance, nor a file, nor the network. What is random or timed is handed in by the caller, so
the same arguments always give the same bytes.

From the bottom up: `hashing` and `tree` (RFC 6962), `tiles` and `proofs` (C2SP tlog-tiles, RFC 9162),
`canonical` and `entries` (what one leaf says, and how a field is opened), `notes`, `checkpoints` and
`proof_file` (who vouches for a tree, and the file that carries a proof). Then what takes a seal out of the
building: `witnessing` and `policy` (who cosigns, and how many must), `stamps` (RFC 3161), `words` (a seal to be
read out), `rotation` (from an old key to the newest), `packs` (evidence for others). `errors` holds every refusal.
"""
