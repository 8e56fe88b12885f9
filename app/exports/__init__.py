"""Verified cases as files: which may go out, as what, and the record of it."""
