"""What is wrong with the text of a report, in words, with its line."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext

from app.accounts.forms import FormState
from app.publications.template_text import TemplateProblem


def from_template(typed: Mapping[str, str], problem: TemplateProblem) -> FormState:
    """The form with what is wrong beside the text."""
    told = _words(problem)
    if problem.line:
        told = gettext("Line %(line)s: %(problem)s", line=problem.line, problem=told)
    return FormState("text", typed, {"source": told})


def _words(problem: TemplateProblem) -> str:
    match problem.code:
        case "report_text_unknown":
            return gettext("there is no figure called “%(name)s”.", name=problem.name)
        case "report_text_directive":
            return gettext("“%(name)s” names no table, picture or page.", name=problem.name)
        case "report_text_syntax":
            return gettext("what stands between the curly brackets isn’t complete.")
        case _:
            return gettext("something between the brackets can’t be done here.")
