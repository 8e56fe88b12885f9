"""Teaches the encoder, the third voice of triage, from the texts that the second voice learns from.

`python -m scripts.encoder --messages tests/evaluation` writes workers/vocabularies/models/encoder.*; it needs the
optional dependencies `encoder` and takes about an hour and a half on two cores.
"""
