"""Rules of retention in words: what each is about, and why it keeps things for as long as it does."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

LABELS: Mapping[str, LazyString] = {
    "spam": lazy_gettext("Cases closed as spam"),
    "withdrawn": lazy_gettext("Cases whose report was withdrawn"),
    "none": lazy_gettext("Closed cases without any violation"),
    "false": lazy_gettext("Cases found to be false"),
    "not_substantiated": lazy_gettext("Cases that could not be substantiated"),
    "verified": lazy_gettext("Verified cases"),
    "unverified": lazy_gettext("Cases that nobody verified"),
    "originals": lazy_gettext("Originals and files of closed cases"),
    "contacts": lazy_gettext("Phones without an open case"),
    "openings": lazy_gettext("Who opened what, and why"),
    "arrivals": lazy_gettext("What gateways handed over"),
    "sendings": lazy_gettext("Attempts to send, and receipts"),
    "webhooks": lazy_gettext("What was told by webhooks"),
    "bulk_changes": lazy_gettext("What changes of many cases can be undone to"),
    "previews": lazy_gettext("Previews of routing rules"),
    "sessions": lazy_gettext("Sign-ins that ended"),
    "checks": lazy_gettext("Checks of the audit trail"),
}
REASONS: Mapping[str, LazyString] = {
    "spam": lazy_gettext("It is nobody’s report. A month is enough to find a mistake."),
    "withdrawn": lazy_gettext(
        "Its writer wants it gone. Three months, since somebody may be forced to withdraw and come back."
    ),
    "none": lazy_gettext("Closed, and no violation was found in it: there is nothing to follow up."),
    "false": lazy_gettext(
        "Established as untrue. A year, so that a repeated false accusation is recognised."
    ),
    "not_substantiated": lazy_gettext(
        "Nothing could be established. A year, in which new sources may come forward."
    ),
    "verified": lazy_gettext("Established violations serve justice and reparation, which take many years."),
    "unverified": lazy_gettext(
        "Two years without anything being done: what nobody could verify by then is only a risk to those it tells of."
    ),
    "originals": lazy_gettext(
        "Three years after the last work on a closed case nobody asks any more; the anonymised account stays. "
        "What a verified case rests on stays with it."
    ),
    "contacts": lazy_gettext(
        "Without an open case there is nobody to answer. What asked for silence stays known by its digest alone."
    ),
    "openings": lazy_gettext("Long enough for a complaint; that it happened stays in the audit trail."),
    "arrivals": lazy_gettext(
        "Known by its digest for a year, so that a repetition isn’t taken for a second report."
    ),
    "sendings": lazy_gettext("For disputes with a provider, and for the figures of a year."),
    "webhooks": lazy_gettext("For finding mistakes."),
    "bulk_changes": lazy_gettext("After a month nobody undoes it."),
    "previews": lazy_gettext("Of use only before the rule is saved."),
    "sessions": lazy_gettext("Long enough to recognise a stranger’s."),
    "checks": lazy_gettext("The signatures themselves stay for good."),
}
