"""The pages behind "what happened", one thing each, and in which order they come."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from marshmallow import ValidationError

from app.intake.drafts import Given

FormValues = Mapping[str, str]  # a field that was ticked more than once holds its values on a line each


class PutAgain(ValidationError):
    """Raised by a page's `take`: nothing is wrong, but it has more to show for what was filled in ("look up").

    The page is put again with the fields as they were sent. It has no messages, so that whoever knows only
    ValidationError shows the page without a problem on it.
    """

    def __init__(self) -> None:
        super().__init__({})


class Step(ABC):
    """One page of the form. Whatever it asks, the report is accepted already: nothing here is required."""

    template: ClassVar[str]  # extends public/step.html and fills its block `question`

    @property
    @abstractmethod
    def name(self) -> str:
        """By what the page is known in its hidden field."""

    @abstractmethod
    def heading(self) -> str:
        """The page's one question, in the language of the page."""

    def applies(self, given: Given) -> bool:
        """Whether this page is put, after what was given so far."""
        return given is not None

    @abstractmethod
    def shown(self, given: Given) -> FormValues:
        """The fields as they are when the page is opened, or returned to."""

    @abstractmethod
    def take(self, form: FormValues, given: Given) -> Given:
        """What there is once the page is sent. Raises marshmallow's ValidationError, by field."""

    @abstractmethod
    def answer(self, given: Given) -> str:
        """What was answered, as the last page before sending repeats it; empty where nothing was."""

    def context(self, given: Given) -> Mapping[str, object]:
        """What else the template needs."""
        return {"given": given}
