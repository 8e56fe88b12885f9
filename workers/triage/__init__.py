"""Understanding a report: its language, what it tells of, where, when, by whom, how urgent, told before or not."""

from workers.triage.engine import summary, triage

__all__ = ["summary", "triage"]
