"""Problems of an XLSForm, and states of a version, in words for administrators."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext

from app.models import QuestionnaireState

STATES = {
    QuestionnaireState.DRAFT: lazy_gettext("Not published"),
    QuestionnaireState.LIVE: lazy_gettext("Published"),
    QuestionnaireState.RETIRED: lazy_gettext("No longer used"),
}
PROBLEMS = {
    # The file as such.
    "too_large": lazy_gettext("The file is larger than 2 MB."),
    "old_excel": lazy_gettext(
        "This is an old Excel file, or one with a password. Save it as .xlsx without a password."
    ),
    "not_a_workbook": lazy_gettext("This is no Excel workbook (.xlsx), or it is damaged."),
    "unpacks_too_large": lazy_gettext("The workbook is far too large once unpacked."),
    "macros": lazy_gettext("The workbook holds a program (macros). Save it as .xlsx without macros."),
    "declarations": lazy_gettext("The workbook holds declarations that no spreadsheet writes. Save it anew."),
    "unreadable": lazy_gettext("The workbook can’t be read. Open it in a spreadsheet and save it anew."),
    "incomplete": lazy_gettext("The file did not arrive whole. Send it again."),
    "too_much_work": lazy_gettext("Reading the workbook took too long or too much memory: it was given up."),
    "xlsform": lazy_gettext("It doesn’t follow the rules of XLSForm:"),
    # Rows.
    "unsupported_type": lazy_gettext("This kind of question isn’t supported here:"),
    "or_other": lazy_gettext("“or_other” isn’t supported: add a choice and a text question."),
    "calculation": lazy_gettext("Calculations aren’t supported:"),
    "read_only": lazy_gettext("Questions that can’t be answered aren’t supported: use a note."),
    "preset": lazy_gettext("Preset answers aren’t supported: nobody said them."),
    "choice_filter": lazy_gettext("Choices that depend on answers aren’t supported:"),
    "trigger": lazy_gettext("Triggers aren’t supported:"),
    "choices_from_file": lazy_gettext("Choices from another file aren’t supported:"),
    "media": lazy_gettext("Pictures and sounds in questions aren’t supported:"),
    "constraint": lazy_gettext(
        "Only limits of whole numbers are supported, such as . >= 0 and . <= 500. It says:"
    ),
    "unknown_language": lazy_gettext(
        "Which language is this? Write the heading like label::Français (fr). It says:"
    ),
    "label_reference": lazy_gettext("A text can’t repeat an earlier answer:"),
    "not_accepted": lazy_gettext("This can’t be used:"),
    # The questionnaire.
    "no_questions": lazy_gettext("There is no question in it."),
    "too_many_questions": lazy_gettext("It has more than 60 questions. Nobody answers that many on a phone."),
    "name_twice": lazy_gettext("Two questions have this name:"),
    "no_french_label": lazy_gettext(
        "The question isn’t written in French, which stands in for missing languages:"
    ),
    "no_french_choice": lazy_gettext(
        "A choice isn’t written in French, which stands in for missing languages:"
    ),
    "no_choices": lazy_gettext("The question has no choices:"),
    "choices_unused": lazy_gettext("This kind of question has no choices:"),
    "code_twice": lazy_gettext("Two choices have the same name:"),
    "range": lazy_gettext("The smallest number is larger than the largest:"),
    "meaning": lazy_gettext("The kind of question or its choices don’t go with what “meaning” says:"),
    "relevant_syntax": lazy_gettext("The condition can’t be understood, near:"),
    "relevant_function": lazy_gettext("The condition uses something that isn’t supported:"),
    "relevant_unquoted": lazy_gettext("In the condition, put this word between quotes:"),
    "relevant_too_long": lazy_gettext("The condition is too long or too deeply nested."),
    "relevant_unknown": lazy_gettext("The condition asks about a question that doesn’t come before it:"),
    # Notes: left out, and it works all the same.
    "not_collected": lazy_gettext("Left out: this would tell of the person’s phone and is never collected."),
    "never_required": lazy_gettext("Left out: “required”. Everything may be skipped here."),
    "message_left_out": lazy_gettext("Left out: messages and longer explanations."),
    "look_left_out": lazy_gettext("Left out: how a question looks."),
}


def problem_text(problem: Mapping[str, object]) -> str:
    """What a problem says; its code where this release has no words for it."""
    code = str(problem.get("code", ""))
    return str(PROBLEMS.get(code) or code.replace("_", " "))


def state_text(state: str) -> str:
    """What a version's state is called."""
    try:
        return str(STATES[QuestionnaireState(state)])
    except ValueError:
        return gettext("Not published")
