"""Actions of the chain in words."""

from __future__ import annotations

from flask_babel import lazy_gettext

from app.audit.chain import Action

ACTIONS = {
    Action.REPORT_RECEIVED: lazy_gettext("Report received"),
    Action.REPORT_PROCESSED: lazy_gettext("Report read by the machine"),
    Action.REPORT_NEEDS_PERSON: lazy_gettext("Report left to a person"),
    Action.REPORT_ANSWERED: lazy_gettext("Answer received from the reporter"),
    Action.REPORT_WITHDRAWN: lazy_gettext("Report withdrawn by the reporter"),
    Action.CASE_OPENED: lazy_gettext("Case created"),
    Action.CASE_READ: lazy_gettext("Case read"),
    Action.CASE_ASSIGNED: lazy_gettext("Assignment changed"),
    Action.CASE_STATUS_CHANGED: lazy_gettext("Status changed"),
    Action.CASE_VERIFICATION_CHANGED: lazy_gettext("Verification changed"),
    Action.CASE_NOTED: lazy_gettext("Note written"),
    Action.FINDING_DECIDED: lazy_gettext("Finding decided"),
    Action.WORDS_MASKED: lazy_gettext("Words hidden"),
    Action.UNMASKING_ASKED: lazy_gettext("Mask said to be wrong"),
    Action.WORDS_UNMASKED: lazy_gettext("Wrong mask taken away"),
    Action.NAME_DECIDED: lazy_gettext("Word for the lists decided"),
    Action.QUESTION_ASKED: lazy_gettext("Question asked"),
    Action.MESSAGE_SENT: lazy_gettext("Message sent"),
    Action.MESSAGE_NOT_SENT: lazy_gettext("Message not sent"),
    Action.REFERRAL_CREATED: lazy_gettext("Referral made"),
    Action.REFERRAL_CHANGED: lazy_gettext("Referral changed"),
    Action.EXPORT_MADE: lazy_gettext("Export made"),
    Action.SIGNED_IN: lazy_gettext("Signed in"),
    Action.SIGN_IN_REFUSED: lazy_gettext("Sign-in refused"),
    Action.SIGNED_OUT: lazy_gettext("Signed out"),
    Action.PASSWORD_CHANGED: lazy_gettext("Password changed"),
    Action.USER_ADDED: lazy_gettext("Person added"),
    Action.USER_CHANGED: lazy_gettext("Account changed"),
    Action.ORGANISATION_ADDED: lazy_gettext("Organisation added"),
    Action.RULE_ADDED: lazy_gettext("Routing rule added"),
    Action.MODEL_LEARNT: lazy_gettext("Model for violations learnt"),
    Action.MODEL_CHANGED: lazy_gettext("Model for violations changed"),
    Action.DEMONSTRATION_LOADED: lazy_gettext("Demonstration loaded"),
}
ACTORS = {
    "worker": lazy_gettext("the machine"),
    "reporter": lazy_gettext("the reporter"),
    "command": lazy_gettext("the command line"),
    "anonymous": lazy_gettext("not signed in"),
}
SUBJECTS = {
    "report": lazy_gettext("report"),
    "case": lazy_gettext("case"),
    "message": lazy_gettext("message"),
    "referral": lazy_gettext("referral"),
    "user": lazy_gettext("person"),
    "organisation": lazy_gettext("organisation"),
    "name": lazy_gettext("word for the lists"),
    "export": lazy_gettext("export"),
    "triage_model": lazy_gettext("model for violations"),
}
