"""Files to print: HTML of our own made into PDF (printing.paper), A4, tagged for screen readers, nothing fetched.

Nothing is imported here: the library behind it is large, and a release only names what a case file holds.
"""
