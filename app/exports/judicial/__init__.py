"""Judicial files: one case with its identities, which two people open together for one judge or prosecutor.

One person of the desk asks (asking.py), a worker looks at the recipient's certificate, the asker compares its
fingerprint with the recipient, and a second person decides on exactly that (deciding.py). Only then is anything opened
(opening.py).
"""
