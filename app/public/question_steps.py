"""The questionnaire's pages in the web report, one question each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import ClassVar

from flask_babel import format_date, format_decimal, gettext
from markupsafe import Markup, escape
from marshmallow import ValidationError

from app.intake.drafts import Given
from app.intake.submission import Answer
from app.languages import page_language
from app.public.steps import FormValues, Step
from app.questionnaires.answers import NotAnAnswer, taken, with_answer
from app.questionnaires.definition import DONT_KNOW, LONGEST_TEXT, Kind, Question, Section, Texts
from app.questionnaires.relevance import is_relevant
from app.questionnaires.service import Version, current, of_version
from app.questionnaires.showing import in_words

PREFIX = "q."
YES = "yes"


def question_steps(given: Given) -> list[Step]:
    """A page for each question of the version that this report is answering: the current one, until it answered."""
    version = version_for(given)
    return [
        QuestionStep(version, section, question)
        for section in version.definition.sections
        for question in section.questions
    ]


def version_for(given: Given) -> Version:
    """Who has begun to answer goes on with the same questions, whatever was published meanwhile."""
    begun = of_version(given.submission.questionnaire_version) if given.submission.answers else None
    return begun or current()


class QuestionStep(Step):
    """One question."""

    template: ClassVar[str] = "public/question.html"

    def __init__(self, version: Version, section: Section, question: Question) -> None:
        self.question = question
        self._version = version
        self._section = section

    @property
    def name(self) -> str:
        """`q.` and the question's own name."""
        return f"{PREFIX}{self.question.name}"

    def heading(self) -> str:
        """The question, marked as French where it isn't translated."""
        return in_page_language(self.question.label)

    def applies(self, given: Given) -> bool:
        """Whether it is put, after the answers so far."""
        return is_relevant(self.question.relevant, given.submission.answers)

    def shown(self, given: Given) -> FormValues:
        """What is ticked or typed so far."""
        answer = given.submission.answers.get(self.question.name, "")
        if answer == DONT_KNOW and self.question.kind is Kind.NUMBER:
            return {"answer": "", "unknown": YES}
        return {"answer": answer if isinstance(answer, str) else "\n".join(answer)}

    def take(self, form: FormValues, given: Given) -> Given:
        """The answers with this one. Those that it makes beside the point are dropped."""
        values = form.get("answer", "").splitlines()
        try:
            answer = taken(self.question, values, is_unknown=form.get("unknown") == YES)
        except NotAnAnswer as problem:
            raise ValidationError({"answer": [self._said(str(problem))]}) from problem
        answers = with_answer(self._version.definition, given.submission.answers, self.question, answer)
        submission = replace(
            given.submission, answers=answers, questionnaire_version=self._version.number if answers else 0
        )
        return replace(given, submission=submission)

    def answer(self, given: Given) -> str:
        """What was answered, in the language of the page."""
        answer: Answer = given.submission.answers.get(self.question.name, "")
        if self.question.kind is Kind.DATE and isinstance(answer, str) and answer:
            return str(format_date(date.fromisoformat(answer), "d MMMM y"))
        return in_words(self.question, answer, page_language(), gettext("I don’t know"))

    def context(self, given: Given) -> Mapping[str, object]:
        """The question as the page puts it."""
        return {
            "given": given,
            "question": self.question,
            "section": in_page_language(self._section.label),
            "hint": in_page_language(self.question.hint),
            "options": options(self.question),
            "is_translated": self.question.label.said(page_language()).language == page_language(),
        }

    def _said(self, code: str) -> str:
        """What is wrong with an answer, and what to do."""
        match code:
            case "range" | "number":
                return gettext(
                    "Write a number from %(first)s to %(last)s, in figures.",
                    first=format_decimal(self.question.minimum),
                    last=format_decimal(self.question.maximum),
                )
            case "text":
                return gettext("At most %(limit)s characters.", limit=format_decimal(LONGEST_TEXT))
            case "date":
                return gettext("Write a day, month and year.")
            case _:
                return gettext("Choose among the answers on this page.")


def options(question: Question) -> list[tuple[str, str]]:
    """What can be ticked, not to know included: code and words."""
    own = [(choice.code, in_page_language(choice.label)) for choice in question.choices]
    if not question.kind.has_choices or question.words_dont_know:
        return own
    return [*own, (DONT_KNOW, gettext("I don’t know"))]


def in_page_language(texts: Texts) -> str:
    """A text for the page; where it had to fall back, marked with the language it is in, for screen readers."""
    said = texts.said(page_language())
    if said.language == page_language() or not said.text:
        return said.text
    return Markup('<span lang="{}">{}</span>').format(said.language, escape(said.text))
