"""Who may do what: one readable table, role by permission, and the permission that each route needs.

A route that isn't in ENDPOINTS answers 403 to everybody; a test fails when one is missing.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from app.models import Role


class Permission(StrEnum):
    """What a route or a service can ask for."""

    PUBLIC = "public"  # no account: citizens, providers, health
    SIGNED_IN = "signed_in"  # any account
    SIMULATE = "simulate"  # only where the demonstration is on
    READ_CASES = "read_cases"
    WORK_ON_CASES = "work_on_cases"
    ASSIGN_TO_OTHERS = "assign_to_others"
    REFER_CASES = "refer_cases"
    ANSWER_REFERRALS = "answer_referrals"
    OVERRIDE_CONSENT = "override_consent"  # the desk's people only, with a reason that stays on the referral
    STATE_CONFLICTS = "state_conflicts"  # the desk's people only
    VERIFY_CASES = "verify_cases"
    REVIEW_NAMES = "review_names"
    SHARE_VIEWS = "share_views"
    OPEN_SEALED = "open_sealed"  # with a reason, on record; the service asks for the desk's people besides
    IMPORT_REPORTS = "import_reports"
    EXPORT_CASES = "export_cases"
    SEE_FIGURES = "see_figures"  # numbers only
    READ_EXPORTS = "read_exports"  # the register: own organisation's, or all where READ_AUDIT goes as far
    PUBLISH_FIGURES = "publish_figures"  # the desk's supervisors and analysts
    MANAGE_RULES = "manage_rules"  # the desk's supervisors, and administrators
    READ_AUDIT = "read_audit"
    SEE_RETENTION = "see_retention"  # the desk's supervisors, administrators, auditors
    HOLD_CASES = "hold_cases"  # the desk's supervisors
    ADMINISTER = "administer"
    MANAGE_PEOPLE = "manage_people"  # supervisors: of their own organisation, roles not above theirs


P = Permission
ROLES: dict[Role, frozenset[Permission]] = {
    Role.MONITOR: frozenset(
        {
            P.READ_CASES,
            P.WORK_ON_CASES,
            P.REFER_CASES,
            P.ANSWER_REFERRALS,
            P.OPEN_SEALED,
            P.IMPORT_REPORTS,
        }
    ),
    Role.SUPERVISOR: frozenset(
        {
            P.READ_CASES,
            P.WORK_ON_CASES,
            P.ASSIGN_TO_OTHERS,
            P.REFER_CASES,
            P.ANSWER_REFERRALS,
            P.OVERRIDE_CONSENT,
            P.STATE_CONFLICTS,
            P.VERIFY_CASES,
            P.REVIEW_NAMES,
            P.SHARE_VIEWS,
            P.OPEN_SEALED,
            P.IMPORT_REPORTS,
            P.MANAGE_RULES,
            P.PUBLISH_FIGURES,
            P.SEE_FIGURES,
            P.READ_AUDIT,
            P.READ_EXPORTS,
            P.SEE_RETENTION,
            P.HOLD_CASES,
            P.MANAGE_PEOPLE,
        }
    ),
    Role.ANALYST: frozenset(
        {
            P.READ_CASES,
            P.ANSWER_REFERRALS,
            P.VERIFY_CASES,
            P.EXPORT_CASES,
            P.READ_EXPORTS,
            P.PUBLISH_FIGURES,
            P.SEE_FIGURES,
        }
    ),
    Role.ADMINISTRATOR: frozenset({P.MANAGE_RULES, P.SEE_RETENTION, P.ADMINISTER, P.MANAGE_PEOPLE}),
    Role.AUDITOR: frozenset({P.READ_AUDIT, P.READ_EXPORTS, P.SEE_RETENTION}),
}


class Scope(StrEnum):
    """Upon what a permission holds."""

    SELF = "self"  # one's own account
    ORGANISATION = "organisation"  # the people and things of one's own organisation
    REACHED = "reached"  # cases referred to one's organisation or assigned to its people, as far as disclosed
    EVERY_CASE = "every_case"  # but those that concern oneself or one's organisation
    INSTALLATION = "installation"
    NONE = "none"


class Scopes(NamedTuple):
    """How far a permission goes for people of the desk, and for those of any other organisation."""

    desk: Scope
    others: Scope


S = Scope
SCOPES: dict[Permission, Scopes] = {
    P.SIGNED_IN: Scopes(S.SELF, S.SELF),
    P.READ_CASES: Scopes(S.EVERY_CASE, S.REACHED),
    P.WORK_ON_CASES: Scopes(S.EVERY_CASE, S.REACHED),
    P.ASSIGN_TO_OTHERS: Scopes(S.EVERY_CASE, S.REACHED),
    P.REFER_CASES: Scopes(S.EVERY_CASE, S.NONE),
    P.ANSWER_REFERRALS: Scopes(S.EVERY_CASE, S.REACHED),
    P.OVERRIDE_CONSENT: Scopes(S.EVERY_CASE, S.NONE),
    P.STATE_CONFLICTS: Scopes(S.EVERY_CASE, S.NONE),
    P.VERIFY_CASES: Scopes(S.EVERY_CASE, S.REACHED),
    P.REVIEW_NAMES: Scopes(S.INSTALLATION, S.NONE),
    P.SHARE_VIEWS: Scopes(S.ORGANISATION, S.ORGANISATION),
    P.OPEN_SEALED: Scopes(S.EVERY_CASE, S.REACHED),
    P.IMPORT_REPORTS: Scopes(S.ORGANISATION, S.ORGANISATION),
    P.EXPORT_CASES: Scopes(S.EVERY_CASE, S.REACHED),
    P.SEE_FIGURES: Scopes(S.EVERY_CASE, S.REACHED),
    P.READ_EXPORTS: Scopes(S.ORGANISATION, S.ORGANISATION),
    P.PUBLISH_FIGURES: Scopes(S.INSTALLATION, S.NONE),
    P.MANAGE_RULES: Scopes(S.INSTALLATION, S.NONE),
    P.READ_AUDIT: Scopes(S.INSTALLATION, S.ORGANISATION),
    P.SEE_RETENTION: Scopes(S.INSTALLATION, S.NONE),
    P.HOLD_CASES: Scopes(S.EVERY_CASE, S.NONE),
    P.MANAGE_PEOPLE: Scopes(S.ORGANISATION, S.ORGANISATION),
    P.ADMINISTER: Scopes(S.INSTALLATION, S.INSTALLATION),
}
# Whatever organisation they belong to, these look after the installation as a whole.
_OF_THE_INSTALLATION = {
    Role.ADMINISTRATOR: frozenset({P.MANAGE_RULES, P.SEE_RETENTION, P.MANAGE_PEOPLE}),
    Role.AUDITOR: frozenset({P.READ_AUDIT, P.SEE_RETENTION}),
}
# Routes that other organisations' people are refused although the permission gives them something elsewhere.
DESK_ONLY = frozenset(
    {
        "call_backs.requests",
        "judicial.overview",
        "judicial.ask_form",
        "judicial.ask",
        "judicial.show",
        "judicial.confirm",
        "judicial.withdraw",
        "judicial.decide",
        "call_backs.mark_done",
        "casework.twins",
        "casework.merge_cases",
        "casework.undo_merge",
        "casework.take_report_out",
        "audit.download",
        "readings.overview",
        "readings.show",
        "readings.decide",
        "readings.hide",
        "deliveries.overview",
        "deliveries.new_schedule",
        "deliveries.add_schedule",
        "deliveries.show",
        "deliveries.change",
        "deliveries.remove",
    }
)

ENDPOINTS: dict[str, Permission] = {
    "static": P.PUBLIC,
    "health": P.PUBLIC,
    "public.report_form": P.PUBLIC,
    "public.submit_report": P.PUBLIC,
    "public.receipt_form": P.PUBLIC,
    "public.open_receipt": P.PUBLIC,
    "public.answer_question": P.PUBLIC,
    "public.withdraw_report": P.PUBLIC,
    "public.about": P.PUBLIC,
    "public.change_wishes": P.PUBLIC,
    "public.next_page": P.PUBLIC,
    "public.start_again": P.PUBLIC,
    "public.find_places": P.PUBLIC,
    "public.leave": P.PUBLIC,
    "public.languages": P.PUBLIC,
    "public.listen": P.PUBLIC,
    "public.challenge": P.PUBLIC,
    "public.show_given": P.PUBLIC,
    "public.add_to_report": P.PUBLIC,
    "public.change_sharing": P.PUBLIC,
    "public.erase_report": P.PUBLIC,
    "files.options": P.PUBLIC,
    "files.create": P.PUBLIC,
    "files.progress": P.PUBLIC,
    "files.append": P.PUBLIC,
    "files.remove": P.PUBLIC,
    "publications.page": P.PUBLIC,
    "publications.data": P.PUBLIC,
    "publications.catalogue_of_data": P.PUBLIC,
    "publications.chart": P.PUBLIC,
    "publications.embed": P.PUBLIC,
    "offline.page": P.PUBLIC,
    "offline.manifest": P.PUBLIC,
    "offline.service_worker": P.PUBLIC,
    "offline.take_sealed": P.PUBLIC,
    "api.document": P.PUBLIC,
    "api.create_report": P.PUBLIC,  # with a token of an organisation, which the route checks
    "api.read_report": P.PUBLIC,  # likewise
    "api.take_from_kobo": P.PUBLIC,  # likewise
    "webhooks.receive": P.PUBLIC,
    "voice.answer_call": P.PUBLIC,
    "voice.choose_language": P.PUBLIC,
    "voice.take_recording": P.PUBLIC,
    "voice.prompt": P.PUBLIC,
    "accounts.sign_in_form": P.PUBLIC,
    "accounts.sign_in": P.PUBLIC,
    "accounts.factor_form": P.PUBLIC,
    "accounts.give_factor": P.PUBLIC,
    "accounts.link_form": P.PUBLIC,  # with a single-use link, which the route checks
    "accounts.use_link": P.PUBLIC,  # likewise
    "accounts.service_form": P.PUBLIC,
    "accounts.go_to_service": P.PUBLIC,
    "accounts.back_from_service": P.PUBLIC,
    "accounts.sign_out": P.SIGNED_IN,
    "accounts.prove_form": P.SIGNED_IN,
    "accounts.prove": P.SIGNED_IN,
    "accounts.factors": P.SIGNED_IN,
    "accounts.app_form": P.SIGNED_IN,
    "accounts.add_app": P.SIGNED_IN,
    "accounts.remove_app": P.SIGNED_IN,
    "accounts.passkey_form": P.SIGNED_IN,
    "accounts.add_passkey": P.SIGNED_IN,
    "accounts.remove_passkey": P.SIGNED_IN,
    "accounts.renew_codes": P.SIGNED_IN,
    "accounts.sessions": P.SIGNED_IN,
    "accounts.end_session": P.SIGNED_IN,
    "accounts.end_other_sessions": P.SIGNED_IN,
    "accounts.disown_session": P.SIGNED_IN,
    "accounts.account": P.SIGNED_IN,
    "accounts.change_password": P.SIGNED_IN,
    "accounts.change_language": P.SIGNED_IN,
    "casework.inbox": P.READ_CASES,
    "casework.fresh": P.READ_CASES,
    "casework.fresh_rows": P.READ_CASES,
    "casework.save_view": P.READ_CASES,
    "casework.change_view": P.READ_CASES,
    "casework.delete_view": P.READ_CASES,
    "casework.restore_view": P.READ_CASES,
    "casework.change_many": P.WORK_ON_CASES,
    "casework.undo_many": P.WORK_ON_CASES,
    "casework.case": P.READ_CASES,
    "casework.decide_finding": P.WORK_ON_CASES,
    "casework.add_violation": P.WORK_ON_CASES,
    "casework.add_finding": P.WORK_ON_CASES,
    "casework.ask_reporter": P.WORK_ON_CASES,
    "casework.assign": P.WORK_ON_CASES,
    "casework.change_status": P.WORK_ON_CASES,
    "casework.verify": P.VERIFY_CASES,
    "casework.keep_checks": P.VERIFY_CASES,
    "casework.assess_source": P.VERIFY_CASES,
    "casework.add_act": P.WORK_ON_CASES,
    "casework.change_act": P.WORK_ON_CASES,
    "casework.add_person": P.WORK_ON_CASES,
    "casework.change_person": P.WORK_ON_CASES,
    "casework.add_involvement": P.WORK_ON_CASES,
    "casework.change_involvement": P.WORK_ON_CASES,
    "casework.record_proposal": P.WORK_ON_CASES,
    "casework.add_link": P.WORK_ON_CASES,
    "casework.remove_from_record": P.WORK_ON_CASES,
    "casework.put_back_on_record": P.WORK_ON_CASES,
    "casework.refer": P.REFER_CASES,
    "casework.answer_referral": P.ANSWER_REFERRALS,
    "casework.preview_referral": P.REFER_CASES,
    "casework.change_disclosure": P.REFER_CASES,
    "casework.override_form": P.OVERRIDE_CONSENT,
    "casework.override_consent": P.OVERRIDE_CONSENT,
    "casework.state_conflict": P.STATE_CONFLICTS,
    "casework.remove_conflict": P.STATE_CONFLICTS,
    "casework.add_note": P.WORK_ON_CASES,
    "casework.mask_words": P.WORK_ON_CASES,
    "casework.unmask_words": P.WORK_ON_CASES,
    "casework.change_wishes": P.WORK_ON_CASES,
    "casework.move_message": P.WORK_ON_CASES,
    "casework.find_twin": P.WORK_ON_CASES,
    "casework.twins": P.WORK_ON_CASES,
    "casework.merge_cases": P.WORK_ON_CASES,
    "casework.decide_twins": P.WORK_ON_CASES,
    "casework.undo_merge": P.WORK_ON_CASES,
    "casework.take_report_out": P.WORK_ON_CASES,
    "casework.presence": P.READ_CASES,
    "casework.type_recording": P.WORK_ON_CASES,
    "openings.ask": P.OPEN_SEALED,
    "openings.ask_form": P.OPEN_SEALED,
    "openings.overview": P.READ_AUDIT,
    "openings.show": P.OPEN_SEALED,
    "openings.content": P.OPEN_SEALED,
    "safe.overview": P.OPEN_SEALED,
    "safe.unlock_form": P.SIGNED_IN,
    "safe.unlock": P.SIGNED_IN,
    "safe.set_password": P.SIGNED_IN,
    "safe.start_again": P.SIGNED_IN,
    "safe.lock": P.SIGNED_IN,
    "safe.grant_form": P.OPEN_SEALED,
    "safe.grant": P.OPEN_SEALED,
    "safe.remove_form": P.OPEN_SEALED,
    "safe.remove": P.OPEN_SEALED,
    "safe.begin_key": P.OPEN_SEALED,
    "safe.code": P.OPEN_SEALED,
    "safe.confirm_code": P.OPEN_SEALED,
    "safe.move": P.OPEN_SEALED,
    "safe.recover_form": P.OPEN_SEALED,
    "safe.recover": P.OPEN_SEALED,
    "notifications.overview": P.SIGNED_IN,
    "notifications.fresh": P.SIGNED_IN,
    "notifications.read_all": P.SIGNED_IN,
    "notifications.read_one": P.SIGNED_IN,
    "notifications.settings_form": P.SIGNED_IN,
    "notifications.change_settings": P.SIGNED_IN,
    "notifications.give_key": P.SIGNED_IN,
    "notifications.remove_key": P.SIGNED_IN,
    "notifications.give_phone": P.SIGNED_IN,
    "notifications.confirm_phone": P.SIGNED_IN,
    "notifications.remove_phone": P.SIGNED_IN,
    "call_backs.requests": P.OPEN_SEALED,
    "call_backs.mark_done": P.OPEN_SEALED,
    "case_files.ask_form": P.EXPORT_CASES,
    "case_files.ask": P.EXPORT_CASES,
    "judicial.overview": P.OPEN_SEALED,
    "judicial.ask_form": P.OPEN_SEALED,
    "judicial.ask": P.OPEN_SEALED,
    "judicial.show": P.OPEN_SEALED,
    "judicial.confirm": P.OPEN_SEALED,
    "judicial.withdraw": P.OPEN_SEALED,
    "judicial.decide": P.OPEN_SEALED,
    "evidence.blur": P.OPEN_SEALED,
    "imports.overview": P.IMPORT_REPORTS,
    "imports.send": P.IMPORT_REPORTS,
    "imports.show": P.IMPORT_REPORTS,
    "imports.map_columns": P.IMPORT_REPORTS,
    "imports.begin": P.IMPORT_REPORTS,
    "imports.problems": P.IMPORT_REPORTS,
    "naming.names": P.REVIEW_NAMES,
    "naming.decide_names": P.REVIEW_NAMES,
    "exports.export_form": P.EXPORT_CASES,
    "exports.propose": P.EXPORT_CASES,
    "exports.preview": P.EXPORT_CASES,
    "exports.ask": P.EXPORT_CASES,
    "publishing.overview": P.PUBLISH_FIGURES,
    "publishing.ask": P.PUBLISH_FIGURES,
    "publishing.show": P.PUBLISH_FIGURES,
    "publishing.publish": P.PUBLISH_FIGURES,
    "publishing.discard": P.PUBLISH_FIGURES,
    "publishing.retract": P.PUBLISH_FIGURES,
    "periodic.overview": P.PUBLISH_FIGURES,
    "periodic.ask": P.PUBLISH_FIGURES,
    "periodic.edit_text": P.PUBLISH_FIGURES,
    "periodic.save_text": P.PUBLISH_FIGURES,
    "readings.overview": P.VERIFY_CASES,
    "readings.show": P.VERIFY_CASES,
    "readings.decide": P.VERIFY_CASES,
    "readings.hide": P.VERIFY_CASES,
    "exports.overview": P.READ_EXPORTS,
    "exports.levels": P.READ_EXPORTS,
    "exports.register": P.READ_EXPORTS,
    "deliveries.overview": P.EXPORT_CASES,
    "deliveries.new_schedule": P.EXPORT_CASES,
    "deliveries.add_schedule": P.EXPORT_CASES,
    "deliveries.show": P.EXPORT_CASES,
    "deliveries.change": P.EXPORT_CASES,
    "deliveries.remove": P.EXPORT_CASES,
    "deliveries.keys": P.READ_EXPORTS,
    "delivery_targets.overview": P.ADMINISTER,
    "delivery_targets.add": P.ADMINISTER,
    "delivery_targets.check": P.ADMINISTER,
    "delivery_targets.remove": P.ADMINISTER,
    "exports.ask_register": P.READ_EXPORTS,
    "exports.show": P.SIGNED_IN,
    "exports.download": P.SIGNED_IN,
    "exports.cancel": P.SIGNED_IN,
    "exports.try_again": P.SIGNED_IN,
    "figures.dashboard": P.SEE_FIGURES,
    "figures.table": P.SEE_FIGURES,
    "rules.overview": P.MANAGE_RULES,
    "rules.new_rule": P.MANAGE_RULES,
    "rules.propose_rule": P.MANAGE_RULES,
    "rules.show": P.MANAGE_RULES,
    "rules.edit": P.MANAGE_RULES,
    "rules.propose_change": P.MANAGE_RULES,
    "rules.close_rule": P.MANAGE_RULES,
    "rules.go_back": P.MANAGE_RULES,
    "rules.preview": P.MANAGE_RULES,
    "rules.edit_preview": P.MANAGE_RULES,
    "rules.save": P.MANAGE_RULES,
    "audit.entries": P.READ_AUDIT,
    "audit.signatures": P.READ_AUDIT,
    "audit.download": P.READ_AUDIT,
    "retention.overview": P.SEE_RETENTION,
    "retention.change": P.ADMINISTER,
    "retention.hold_case": P.HOLD_CASES,
    "retention.lift_hold": P.HOLD_CASES,
    "retention.hold_view": P.HOLD_CASES,
    "retention.lift_batch": P.HOLD_CASES,
    "administration.overview": P.ADMINISTER,
    "people.overview": P.MANAGE_PEOPLE,
    "people.invite": P.MANAGE_PEOPLE,
    "people.invite_again": P.MANAGE_PEOPLE,
    "people.withdraw": P.MANAGE_PEOPLE,
    "people.edit": P.MANAGE_PEOPLE,
    "people.change": P.MANAGE_PEOPLE,
    "people.close": P.MANAGE_PEOPLE,
    "people.reopen": P.MANAGE_PEOPLE,
    "people.end_sessions": P.MANAGE_PEOPLE,
    "people.make_reset": P.MANAGE_PEOPLE,
    "organisations.overview": P.ADMINISTER,
    "organisations.add": P.ADMINISTER,
    "organisations.edit": P.ADMINISTER,
    "organisations.change": P.ADMINISTER,
    "sign_in_services.overview": P.ADMINISTER,
    "sign_in_services.keep": P.ADMINISTER,
    "gateways.overview": P.ADMINISTER,
    "gateways.choose_provider": P.ADMINISTER,
    "gateways.new_gateway": P.ADMINISTER,
    "gateways.add_gateway": P.ADMINISTER,
    "gateways.edit_gateway": P.ADMINISTER,
    "gateways.change_gateway": P.ADMINISTER,
    "gateways.send_test": P.ADMINISTER,
    "gateways.check_now": P.ADMINISTER,
    "gateways.change_policy": P.ADMINISTER,
    "wordings.list_wordings": P.ADMINISTER,
    "wordings.change_wording": P.ADMINISTER,
    "prompts.list_prompts": P.ADMINISTER,
    "prompts.change_prompt": P.ADMINISTER,
    "prompts.play": P.ADMINISTER,
    "questionnaires.overview": P.ADMINISTER,
    "questionnaires.send": P.ADMINISTER,
    "questionnaires.show": P.ADMINISTER,
    "questionnaires.publish": P.ADMINISTER,
    "questionnaires.example": P.ADMINISTER,
    "access.overview": P.ADMINISTER,
    "access.make_token": P.ADMINISTER,
    "access.change_token": P.ADMINISTER,
    "access.revoke_token": P.ADMINISTER,
    "webhook_endpoints.overview": P.ADMINISTER,
    "webhook_endpoints.add": P.ADMINISTER,
    "webhook_endpoints.change": P.ADMINISTER,
    "webhook_endpoints.rotate": P.ADMINISTER,
    "webhook_endpoints.send_test": P.ADMINISTER,
    "simulator.handset": P.SIMULATE,
    "simulator.send": P.SIMULATE,
    "simulator.received": P.SIMULATE,
    "simulator.twilio_account": P.SIMULATE,
    "simulator.twilio_messages": P.SIMULATE,
}


def may(role: str, permission: Permission) -> bool:
    """Whether a role has a permission."""
    return permission is P.SIGNED_IN or permission in ROLES.get(Role(role), frozenset())


def scope_of(role: str, permission: Permission, *, is_desk: bool) -> Scope:
    """How far a role's permission goes in the desk or elsewhere; NONE where the role hasn't got it."""
    if not may(role, permission):
        return Scope.NONE
    if permission in _OF_THE_INSTALLATION.get(Role(role), frozenset()):
        return Scope.INSTALLATION
    return SCOPES[permission].desk if is_desk else SCOPES[permission].others
