"""Files for those outside: rows at a level of disclosure, written in a format, proved, sealed, handed over."""
