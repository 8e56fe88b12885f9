"""Routing rules: what they say, what they would do, who changed them and why."""
