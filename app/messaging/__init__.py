"""Texts to phones: what may be written, in which words, and how far each is. Workers send them."""
