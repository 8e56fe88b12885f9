"""Accepting reports, and what the holder of a receipt code may see and do."""
