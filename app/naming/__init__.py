"""What the lists of names may learn from people's corrections, reviewed by a supervisor before it is used."""

from app.naming.service import decide, suggest

__all__ = ["decide", "suggest"]
