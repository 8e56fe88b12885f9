"""Counting a period, hiding what is too few, and writing the periodic report."""
