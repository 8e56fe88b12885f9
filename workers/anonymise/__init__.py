"""Find what identifies people in a text and put consistent tokens in its place. Pure: text in, values out."""

from workers.anonymise.engine import anonymise, preload, token_table

__all__ = ["anonymise", "preload", "token_table"]
