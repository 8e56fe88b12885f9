"""What callers and readers hear, as an administrator recorded it: keep, replace, remove. None is shipped."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app import audit
from app.audit import Action
from app.clock import utcnow
from app.intake import spoken
from app.intake.listening import key_of
from app.intake.sound import Sound, read_sound
from app.intake.spoken import PromptKey
from app.models import User, VoicePrompt

LARGEST_BYTES = 2 * 1024 * 1024  # two minutes of a telephone's sound


class NotASound(ValueError):
    """A file that can't be played to a caller."""


class TooLarge(ValueError):
    """More than LARGEST_BYTES."""


@dataclass(frozen=True, slots=True)
class RecordedPrompt:
    """What is recorded, without its sound. `size` in bytes."""

    id: uuid.UUID
    content_type: str
    size: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class PromptPlace:
    """One thing that can be recorded in one language. `words` are what the synthetic voice says meanwhile.

    `label` says what it is: to be shown, in the language of the page.
    """

    key: str
    language: str
    words: str
    recorded: RecordedPrompt | None
    label: str = ""


def prompt_places(session: Session) -> dict[str, list[PromptPlace]]:
    """Everything that can be recorded, by language in the order of its digit, as a caller hears it."""
    recorded = _recorded(session)
    return {
        language: [
            PromptPlace(key, language, spoken.words(key, language), recorded.get((key, language)))
            for key in PromptKey
        ]
        for language in spoken.order()
    }


def page_places(session: Session, language: str, pages: Mapping[str, str]) -> list[PromptPlace]:
    """Every public page that can be listened to in a language. `pages` gives each one's label by its name."""
    recorded = _recorded(session)
    return [
        PromptPlace(key_of(page), language, "", recorded.get((key_of(page), language)), label)
        for page, label in pages.items()
    ]


def keep_prompt(session: Session, user: User, key: str, language: str, content: bytes) -> VoicePrompt:
    """Keep a sound, instead of the one before. Raises NotASound and TooLarge.

    It gets an id of its own: callers' providers keep what they once fetched from an address.
    """
    if len(content) > LARGEST_BYTES:
        raise TooLarge
    sound = read_sound(content)
    if sound is None:
        raise NotASound
    was_there = _delete(session, key, language)
    prompt = _prompt(key, language, sound, user)
    session.add(prompt)
    _record(session, user, prompt.id, key, language, "replaced" if was_there else "recorded")
    return prompt


def remove_prompt(session: Session, user: User, key: str, language: str) -> bool:
    """Remove a sound, so that the synthetic voice speaks again; False when there was none."""
    removed = _delete(session, key, language)
    if removed is not None:
        _record(session, user, removed, key, language, "removed")
    return removed is not None


def _recorded(session: Session) -> dict[tuple[str, str], RecordedPrompt]:
    found = session.execute(
        select(
            VoicePrompt.key,
            VoicePrompt.language,
            VoicePrompt.id,
            VoicePrompt.content_type,
            func.length(VoicePrompt.audio),
            VoicePrompt.updated_at,
        )
    )
    return {(key, language): RecordedPrompt(*rest) for key, language, *rest in found}


def _prompt(key: str, language: str, sound: Sound, user: User) -> VoicePrompt:
    return VoicePrompt(
        id=uuid.uuid4(),
        key=key,
        language=language,
        content_type=sound.content_type,
        audio=sound.content,
        updated_at=utcnow(),
        updated_by_id=user.id,
    )


def _delete(session: Session, key: str, language: str) -> uuid.UUID | None:
    audit.lock(session)  # two people at once would both find none, and only one could keep theirs
    return session.scalar(
        delete(VoicePrompt)
        .where(VoicePrompt.key == key, VoicePrompt.language == language)
        .returning(VoicePrompt.id)
    )


def _record(session: Session, user: User, prompt_id: uuid.UUID, key: str, language: str, change: str) -> None:
    detail = {"key": str(key), "language": language, "change": change}
    audit.record(
        session, Action.PROMPT_CHANGED, f"voice_prompt:{prompt_id}", actor=f"user:{user.id}", detail=detail
    )
