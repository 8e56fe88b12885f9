"""Evidence on the desk: what of a file may be seen, and hiding faces on the copy."""
