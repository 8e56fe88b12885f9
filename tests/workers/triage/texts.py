"""Texts of any kind, as a phone, a bad encoding or an attacker may send them."""

from hypothesis import strategies as st

from workers.contracts import Finding

_WORDS = [
    "des",
    "hommes",
    "armés",
    "ont",
    "pris",
    "tué",
    "brûlé",
    "enlevé",
    "20",
    "boeufs",
    "mon",
    "frère",
    "village",
    "école",
    "hier",
    "ils",
    "vont",
    "nous",
    "tuer",
    "pas",
    "de",
    "mort",
    "u",
    "ye",
    "misi",
    "faga",
    "mogo",
    "jeni",
    "police",
    "wagner",
    "dozo",
    "au",
    "secours",
    "blessé",
    "?",
    ".",
    ",",
    "n'a",
    "personne",
    "the",
    "army",
    "killed",
    "threatened",
]

any_text = st.text(st.characters(), max_size=400)
"""Any code points, lone surrogates among them."""

message = st.lists(st.sampled_from(_WORDS) | st.text(st.characters(), max_size=8), max_size=60).map(" ".join)
"""Words of reports in any order, mixed with anything."""

HOSTILE = (
    "",
    " ",
    "\ud800",
    "\x00\x01",
    "1" * 1_000_000,
    "é" * 20_000,
    "tué " * 5_000,
    "a' " * 30_000,
    "🐄" * 5_000,
)


def lies_inside(finding: Finding, text: str) -> bool:
    """Whether all the evidence is in the text and none of it is empty."""
    return all(0 <= span.start < span.end <= len(text) for span in finding.evidence)
