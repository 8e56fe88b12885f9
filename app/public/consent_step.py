"""The page on which people say whether they may be asked more, and who may know. Nothing is ticked beforehand."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import gettext

from app.intake.consent import SHAREABLE_WITH, Consent, chosen
from app.intake.drafts import Given
from app.models import OrganisationKind
from app.public.schemas import ConsentIn
from app.public.steps import FormValues, Step

YES = "yes"


def kind_names() -> dict[str, str]:
    """What each kind of organisation is called on the citizen's pages, in the language of the page."""
    return {
        OrganisationKind.CNDH: gettext("The National Human Rights Commission (CNDH)"),
        OrganisationKind.CIVIL_SOCIETY: gettext("Organisations that help victims"),
        OrganisationKind.INSTITUTION: gettext("The State’s services, such as the justice system"),
    }


def kind_explanations() -> dict[str, str]:
    """What each of them can do."""
    return {
        OrganisationKind.CNDH: gettext("It is independent. It can inquire and speak up."),
        OrganisationKind.CIVIL_SOCIETY: gettext("For example with a doctor, a lawyer or a shelter."),
        OrganisationKind.INSTITUTION: gettext(
            "They can open an inquiry. Leave it empty if those who did it may work there."
        ),
    }


class ConsentStep(Step):
    """May we ask more, how, and what may be passed on to whom."""

    template = "public/consent.html"

    @property
    def name(self) -> str:
        return "consent"

    def heading(self) -> str:
        """The page's question."""
        return gettext("What may we do with it?")

    def shown(self, given: Given) -> FormValues:
        """What was ticked so far: nothing, at first."""
        consent = given.consent
        return {
            "may_ask": YES if consent.may_ask else "",
            "contact": given.submission.contact,
            "share_with": "\n".join(sorted(consent.share_with)),
            "with_identity": YES if consent.with_identity else "",
        }

    def take(self, form: FormValues, given: Given) -> Given:
        """What is ticked now. Who one is goes only where the text goes."""
        values = ConsentIn().load(form)
        consent = chosen(
            may_ask=values["may_ask"] == YES,
            share_with=values["share_with"].split("\n"),
            with_identity=values["with_identity"] == YES,
        )
        return replace(
            given, consent=consent, submission=replace(given.submission, contact=values["contact"])
        )

    def answer(self, given: Given) -> str:
        """In a few lines: whether one may ask, how, and who may know."""
        return "\n".join([*_asking(given), *_passing_on(given.consent)])

    def context(self, given: Given) -> dict[str, object]:
        """Who it may be passed on to, in everyday words."""
        names, explanations = kind_names(), kind_explanations()
        return {
            "given": given,
            "kinds": [(str(kind), names[kind], explanations[kind]) for kind in SHAREABLE_WITH],
        }


def _asking(given: Given) -> list[str]:
    lines = [gettext("You may ask me questions.") if given.consent.may_ask else gettext("Ask me nothing.")]
    return [*lines, given.submission.contact] if given.submission.contact else lines


def _passing_on(consent: Consent) -> list[str]:
    names = kind_names()
    kinds = [names[kind] for kind in SHAREABLE_WITH if kind in consent.share_with]
    if not kinds:
        return [gettext("Pass it on to nobody.")]
    passed_on = gettext("Pass it on to: %(names)s.", names="; ".join(kinds))
    return [passed_on, gettext("They may know who I am.")] if consent.with_identity else [passed_on]
