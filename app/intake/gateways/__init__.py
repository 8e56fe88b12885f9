"""SMS providers: one file each, both ways."""
