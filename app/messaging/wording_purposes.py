"""What each text of the dialogue is for, as administrators read it when they change one."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

PURPOSES: Mapping[str, LazyString] = {
    "received": lazy_gettext("A report has come in"),
    "added": lazy_gettext("A message was added to the report before"),
    "answered": lazy_gettext("A message by code has come in"),
    "help": lazy_gettext("Somebody asked for help"),
    "status_received": lazy_gettext("How far it is: arrived"),
    "status_in_progress": lazy_gettext("How far it is: being worked on"),
    "status_question": lazy_gettext("How far it is: a question waits"),
    "status_closed": lazy_gettext("How far it is: closed"),
    "status_withdrawn": lazy_gettext("How far it is: withdrawn"),
    "withdrawn": lazy_gettext("A report was withdrawn just now"),
    "unknown_code": lazy_gettext("The code is not known"),
    "code_missing": lazy_gettext("The code was left out"),
    "too_many": lazy_gettext("Too many wrong codes"),
    "empty": lazy_gettext("The message was empty"),
    "prompt_danger": lazy_gettext("The machine asks whether anyone is in danger now"),
    "prompt_where": lazy_gettext("The machine asks where it was"),
    "prompt_when": lazy_gettext("The machine asks when it was"),
    "thanks": lazy_gettext("Thanks for an answer"),
    "resumed": lazy_gettext("Messages are wanted again"),
    "language_set": lazy_gettext("The language was changed"),
    "language_unknown": lazy_gettext("The language asked for isn’t offered"),
    "new_started": lazy_gettext("The next message opens a new report"),
    "cover": lazy_gettext("Cover: the only text for people who asked for one"),
    "call_received": lazy_gettext("Spoken after a call, before the code"),
    "test": lazy_gettext("Test of a gateway"),
    "colleague_follows": lazy_gettext("A colleague may write later"),
    "notice": lazy_gettext("To a colleague’s own phone: something waits"),
    "notice_code": lazy_gettext("To a colleague’s own phone: the code that confirms it"),
    "followed_up": lazy_gettext("Somebody follows up, said once"),
}


def purpose(key: str) -> str:
    """What a text is for; the key itself for one that nobody described."""
    return str(PURPOSES.get(key, key))
