"""The talk with a phone, as data: what is said, the words listened to, what is asked, and how messages join.

One TOML file a language and one for the conversation, all in this folder; another language is another file.
"""

from app.messaging.dialogue.commands import Command, Request, read_command
from app.messaging.dialogue.conversation import (
    IDLE,
    CuttingWords,
    Question,
    Thresholds,
    WindowMinutes,
    Windows,
    asked_over,
    cutting_words,
    danger_in_words,
    most_questions,
    move,
    questions,
    rule_in_words,
    thresholds,
    waits,
    windows,
)
from app.messaging.dialogue.languages import languages
from app.messaging.dialogue.listening import danger_told, guess_language, likely_language
from app.messaging.dialogue.speaking import say, texts

__all__ = [
    "IDLE",
    "Command",
    "CuttingWords",
    "Question",
    "Request",
    "Thresholds",
    "WindowMinutes",
    "Windows",
    "asked_over",
    "cutting_words",
    "danger_in_words",
    "danger_told",
    "guess_language",
    "languages",
    "likely_language",
    "most_questions",
    "move",
    "questions",
    "read_command",
    "rule_in_words",
    "say",
    "texts",
    "thresholds",
    "waits",
    "windows",
]
