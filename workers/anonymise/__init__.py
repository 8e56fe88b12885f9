"""Find what identifies people in a text and put consistent tokens in its place. Pure: text in, values out."""

from workers.anonymise.engine import anonymise, anonymise_all, preload, token_table, without
from workers.anonymise.pseudonyms import phone_pseudonym, pseudonym
from workers.anonymise.risk import residual_risk

__all__ = [
    "anonymise",
    "anonymise_all",
    "phone_pseudonym",
    "preload",
    "pseudonym",
    "residual_risk",
    "token_table",
    "without",
]
