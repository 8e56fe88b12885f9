"""The pages of the routing table: what each rule does, changing one, what it would have done, its versions."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import ValidationError

from app.accounts.forms import FormState
from app.accounts.session import current_user
from app.casework.complaints import status_of
from app.casework.errors import CaseworkError
from app.database import db, transaction
from app.looking_again import looked_at_again
from app.models import PreviewState, RoutingRule
from app.rules import choices, previews, queries, schemas, service, wording
from app.rules.complaints import complaint, problems_of
from app.rules.content import RuleContent, content_of, from_record

blueprint = Blueprint("rules", __name__, url_prefix="/desk/rules")

NEW_RULE: Mapping[str, Any] = {
    "minimum_urgency": "0",
    "confidence": "50",
    "deadline_hours": "72",
    "disclosure": "anonymised",
    "sends_at_once": "true",
    "consent": "",
}


@blueprint.before_request
def _check_may_manage() -> None:
    """Partners' supervisors have the role but not the desk. Whoever lacks the role was refused before."""
    if not service.may_manage(current_user()):
        abort(HTTPStatus.FORBIDDEN)


@blueprint.errorhandler(CaseworkError)
def _refuse(error: CaseworkError) -> ResponseReturnValue:
    """What no form of these pages can mend."""
    return render_template("error.html", status=status_of(error)), status_of(error)


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """The routing table in plain words."""
    session = db.session()
    return render_template(
        "desk/rules.html",
        rules=[(rule, content_of(rule)) for rule in queries.all_rules(session)],
        names=queries.names(session),
        conditions=wording.conditions,
        effect=wording.effect,
    )


@blueprint.get("/new")
def new_rule() -> ResponseReturnValue:
    """The form of a new rule."""
    return _form(None, NEW_RULE, FormState())


@blueprint.post("/new")
def propose_rule() -> ResponseReturnValue:
    """Have worked out what a new rule would have done."""
    return _proposed(None)


@blueprint.get("/<uuid:rule_id>")
def show(rule_id: uuid.UUID) -> ResponseReturnValue:
    """One rule and everything it said before."""
    return _shown(rule_id, FormState())


@blueprint.get("/<uuid:rule_id>/change")
def edit(rule_id: uuid.UUID) -> ResponseReturnValue:
    """The form of a rule as it stands."""
    rule = queries.rule(db.session(), rule_id)
    return _form(rule, schemas.as_form(content_of(rule)), FormState())


@blueprint.post("/<uuid:rule_id>/change")
def propose_change(rule_id: uuid.UUID) -> ResponseReturnValue:
    """Have worked out what a changed rule would have done."""
    return _proposed(queries.rule(db.session(), rule_id))


@blueprint.post("/<uuid:rule_id>/close")
def close_rule(rule_id: uuid.UUID) -> ResponseReturnValue:
    """Let a rule do nothing from now on."""
    try:
        reason = schemas.ReasonIn().load(request.form.to_dict())["reason"]
        with transaction() as session:
            service.close(session, current_user(), rule_id, reason)
    except ValidationError as error:
        return _shown(rule_id, FormState("close", request.form.to_dict(), problems_of(error)))
    flash(gettext("The rule is closed: it refers nothing any more."))
    return redirect(url_for("rules.show", rule_id=rule_id), HTTPStatus.SEE_OTHER)


@blueprint.post("/<uuid:rule_id>/versions/<int:version>")
def go_back(rule_id: uuid.UUID, version: int) -> ResponseReturnValue:
    """Have worked out what an older version would have done, to make it the newest."""
    content = replace(queries.content_of_version(db.session(), rule_id, version), is_active=True)
    try:
        return _asked(content, rule_id)
    except CaseworkError as error:
        if not (problems := complaint(error)):
            raise
        return _shown(rule_id, FormState("versions", {}, _as_a_whole(problems)))


@blueprint.get("/previews/<uuid:preview_id>")
def preview(preview_id: uuid.UUID) -> ResponseReturnValue:
    """How far the worker is, or what the rule would have done and the form to save it."""
    return _previewed(preview_id, FormState())


@blueprint.get("/previews/<uuid:preview_id>/change")
def edit_preview(preview_id: uuid.UUID) -> ResponseReturnValue:
    """The form again, as it was sent."""
    session = db.session()
    found = previews.own_preview(session, current_user(), preview_id)
    rule = queries.rule(session, found.rule_id) if found.rule_id else None
    return _form(rule, schemas.as_form(from_record(found.content)), FormState())


@blueprint.post("/previews/<uuid:preview_id>")
def save(preview_id: uuid.UUID) -> ResponseReturnValue:
    """Make what was previewed the rule."""
    try:
        reason = schemas.ReasonIn().load(request.form.to_dict())["reason"]
        with transaction() as session:
            rule = service.save(session, current_user(), preview_id, reason)
    except ValidationError as error:
        return _previewed(preview_id, FormState("save", request.form.to_dict(), problems_of(error)))
    except CaseworkError as error:
        if not (problems := complaint(error)):
            raise
        return _previewed(preview_id, FormState("save", request.form.to_dict(), _as_a_whole(problems)))
    flash(gettext("Saved. It holds for every report that is read from now on."))
    return redirect(url_for("rules.show", rule_id=rule.id), HTTPStatus.SEE_OTHER)


def _as_a_whole(problems: Mapping[str, str]) -> dict[str, str]:
    """What is wrong, where its field isn't on the page."""
    return {"": " ".join(problems.values())}


def _proposed(rule: RoutingRule | None) -> ResponseReturnValue:
    """Send what the form holds to a worker, or the form back with what is wrong."""
    values = schemas.posted(request.form)
    try:
        content = schemas.RuleIn().load(values)
        return _asked(content, rule.id if rule else None)
    except ValidationError as error:
        return _form(rule, values, FormState("rule", request.form.to_dict(), problems_of(error)))
    except CaseworkError as error:
        if not (problems := complaint(error)):
            raise
        return _form(rule, values, FormState("rule", request.form.to_dict(), problems))


def _asked(content: RuleContent, rule_id: uuid.UUID | None) -> ResponseReturnValue:
    with transaction() as session:
        rule = queries.rule(session, rule_id) if rule_id else None
        asked = previews.ask(session, current_user(), content, rule)
    return redirect(url_for("rules.preview", preview_id=asked.id), HTTPStatus.SEE_OTHER)


def _form(rule: RoutingRule | None, values: Mapping[str, Any], form: FormState) -> ResponseReturnValue:
    page = render_template(
        "desk/rules/form.html",
        rule=rule,
        values=values,
        form=form,
        choices=choices,
        receivers=queries.receivers(db.session()),
    )
    return page, _status(form)


def _shown(rule_id: uuid.UUID, form: FormState) -> ResponseReturnValue:
    session = db.session()
    rule = queries.rule(session, rule_id)
    page = render_template(
        "desk/rules/rule.html",
        rule=rule,
        content=content_of(rule),
        steps=queries.steps(session, rule_id),
        names=queries.names(session),
        wording=wording,
        form=form,
    )
    return page, _status(form)


def _previewed(preview_id: uuid.UUID, form: FormState) -> ResponseReturnValue:
    session, user = db.session(), current_user()
    found = previews.own_preview(session, user, preview_id)
    is_done = found.state == PreviewState.DONE
    rule = queries.rule(session, found.rule_id) if found.rule_id else None
    content, names = from_record(found.content), queries.names(session)
    answer = make_response(
        render_template(
            "desk/rules/preview.html",
            preview=found,
            rule=rule,
            content=content,
            names=names,
            changes=_changes(rule, content, names),
            effect=previews.effect_of(found) if is_done else None,
            examples=previews.examples(session, user, found) if is_done else [],
            wording=wording,
            form=form,
        ),
        _status(form),
    )
    return looked_at_again(answer, when=not is_done)


def _changes(rule: RoutingRule | None, content: RuleContent, names: wording.Names) -> Sequence[str]:
    return wording.differences(content_of(rule), content, names) if rule else ()


def _status(form: FormState) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
