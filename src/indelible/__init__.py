"""Indelible: an audit log whose entries nobody can alter, remove or slip in unnoticed."""
