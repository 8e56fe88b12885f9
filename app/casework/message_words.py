"""Codes of messages, their files and openings as people read them, in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

Words = Mapping[str, LazyString]

CHANNELS: Words = {
    "sms": lazy_gettext("SMS"),
    "web": lazy_gettext("Web"),
    "whatsapp": lazy_gettext("WhatsApp"),
    "voice": lazy_gettext("Call"),
    "ussd": lazy_gettext("USSD"),
}
DELIVERY_STATES: Words = {
    "waiting": lazy_gettext("Waiting on the receipt page"),
    "queued": lazy_gettext("To be sent"),
    "sending": lazy_gettext("Being sent"),
    "sent": lazy_gettext("Sent"),
    "delivered": lazy_gettext("Delivered"),
    "undelivered": lazy_gettext("Not delivered"),
    "failed": lazy_gettext("Not sent"),
    "unknown": lazy_gettext("Nobody can tell whether it was sent: ask again only if you must"),
    "cancelled": lazy_gettext("Cancelled"),
    "received": lazy_gettext("Received"),
}
FAILURES: Words = {
    "stopped": lazy_gettext("the person asked for no messages"),
    "never": lazy_gettext("the person asked never to be written to"),
    "hours": lazy_gettext("the hours on record leave no moment to write"),
    "expired": lazy_gettext("it waited too long"),
    "budget": lazy_gettext("the day’s messages were used up"),
    "budget-contact": lazy_gettext("this phone had enough automatic messages that day"),
    "opted-out": lazy_gettext("the network says that the person asked for no messages"),
    "withdrawn": lazy_gettext("the report was withdrawn"),
    "machine": lazy_gettext("the phone seems to be a machine"),
    "no-contact": lazy_gettext("no phone is known"),
    "no-gateway": lazy_gettext("no gateway can send"),
    "interrupted": lazy_gettext("the worker stopped in the middle"),
}
FILE_STATES: Words = {
    "waiting": lazy_gettext("on its way"),
    "arrived": lazy_gettext("being looked at"),
    "kept": lazy_gettext("received"),
    "failed": lazy_gettext("could not be fetched"),
    "damaged": lazy_gettext("came damaged and can’t be opened"),
}
CAUTIONS: Words = {
    "unknown_kind": lazy_gettext("Kept, no copy: no copy can be made of this kind of file."),
    "active": lazy_gettext("Kept, no copy: this kind of file can do harm where it is opened."),
    "archive": lazy_gettext("Kept, no copy: it holds other files, which are not unpacked."),
    "damaged": lazy_gettext("Kept, no copy: it is damaged."),
    "locked": lazy_gettext("Kept, no copy: it is locked with a password."),
    "too_large": lazy_gettext("Kept, no copy: it is too large to be copied safely."),
    "too_slow": lazy_gettext("Kept, no copy: making one took too long."),
    "crashed": lazy_gettext("Kept, no copy: the file broke the program that read it. Beware of it."),
    "several_kinds": lazy_gettext(
        "The copy is safe. The original is made to pass for another kind of file: beware."
    ),
    "runs_programs": lazy_gettext("The copy is safe. The original holds scripts or other files: beware."),
    "shortened": lazy_gettext("The copy holds the beginning only."),
    "remaking": lazy_gettext("The copy is being made anew."),
}
FILE_KINDS: Words = {
    "image": lazy_gettext("Picture"),
    "video": lazy_gettext("Film"),
    "audio": lazy_gettext("Recording"),
    "application/pdf": lazy_gettext("PDF document"),
}
CUSTODY: Words = {
    "attachment.arrived": lazy_gettext("Came in, sealed as it came"),
    "attachment.kept": lazy_gettext("Looked at, digest taken"),
    "attachment.failed": lazy_gettext("Found damaged"),
    "attachment.copy_remade": lazy_gettext("Copy made anew"),
    "opening.asked": lazy_gettext("Opened"),
    "opening.asked.details": lazy_gettext("What its metadata said was opened"),
    "opening.asked.original": lazy_gettext("Opened as it came"),
    "hidden": lazy_gettext("What is hidden was changed"),
}
OPENINGS: Words = {
    "attachment": lazy_gettext("a file"),
    "details": lazy_gettext("what a file’s metadata said"),
    "contact": lazy_gettext("the phone number"),
    "message": lazy_gettext("a message as it was written"),
    "token": lazy_gettext("who or what one sign stands for"),
    "original": lazy_gettext("a file as it came"),
}
