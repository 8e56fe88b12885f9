"""What each public page that can be listened to is called, for those who record it."""

from __future__ import annotations

from flask_babel import lazy_gettext

from app.intake.drafts import Given
from app.intake.listening import LONGEST_NAME, Page
from app.intake.submission import Submission
from app.public.question_steps import question_steps
from app.public.steps import Step

_LABELS = {
    Page.FIRST: lazy_gettext("First page: what happened"),
    Page.WHERE: lazy_gettext("Where"),
    Page.WHEN: lazy_gettext("When"),
    Page.CONSENT: lazy_gettext("What may be shared"),
    Page.CHECK: lazy_gettext("Check and send"),
    Page.SENT: lazy_gettext("The code, after sending"),
    Page.CODE: lazy_gettext("Coming back: typing the code"),
    Page.RECEIPT: lazy_gettext("Coming back: the message"),
    Page.ABOUT: lazy_gettext("What happens with a message"),
}


def page_labels() -> dict[str, str]:
    """Labels by the name of the page, in the order in which people see them; the questions put now come after "when".

    A question whose name is too long for a key can't be recorded.
    """
    steps: list[Step] = question_steps(Given(Submission()))
    questions = {step.name: str(step.heading()) for step in steps}
    labels: dict[str, str] = {}
    for page, label in _LABELS.items():
        labels[page] = str(label)
        if page is Page.WHEN:
            labels |= {name: text for name, text in questions.items() if len(name) <= LONGEST_NAME}
    return labels
