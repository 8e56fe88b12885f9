"""Who may do what: one readable table, role by permission, and the permission that each route needs.

A route that isn't in ENDPOINTS answers 403 to everybody; a test fails when one is missing.
"""

from __future__ import annotations

from enum import StrEnum

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
    VERIFY_CASES = "verify_cases"
    REVIEW_NAMES = "review_names"
    OPEN_SEALED = "open_sealed"  # with a reason, on record; the service asks for the desk's people besides
    IMPORT_REPORTS = "import_reports"
    EXPORT_CASES = "export_cases"
    READ_AUDIT = "read_audit"
    ADMINISTER = "administer"


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
            P.VERIFY_CASES,
            P.REVIEW_NAMES,
            P.OPEN_SEALED,
            P.IMPORT_REPORTS,
            P.READ_AUDIT,
        }
    ),
    Role.ANALYST: frozenset({P.READ_CASES, P.ANSWER_REFERRALS, P.VERIFY_CASES, P.EXPORT_CASES}),
    Role.ADMINISTRATOR: frozenset({P.ADMINISTER}),
    Role.AUDITOR: frozenset({P.READ_AUDIT}),
}

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
    "accounts.sign_out": P.SIGNED_IN,
    "accounts.account": P.SIGNED_IN,
    "accounts.change_password": P.SIGNED_IN,
    "accounts.change_language": P.SIGNED_IN,
    "casework.inbox": P.READ_CASES,
    "casework.fresh": P.READ_CASES,
    "casework.case": P.READ_CASES,
    "casework.decide_finding": P.WORK_ON_CASES,
    "casework.add_violation": P.WORK_ON_CASES,
    "casework.add_finding": P.WORK_ON_CASES,
    "casework.ask_reporter": P.WORK_ON_CASES,
    "casework.assign": P.WORK_ON_CASES,
    "casework.change_status": P.WORK_ON_CASES,
    "casework.verify": P.VERIFY_CASES,
    "casework.refer": P.REFER_CASES,
    "casework.answer_referral": P.ANSWER_REFERRALS,
    "casework.add_note": P.WORK_ON_CASES,
    "casework.mask_words": P.WORK_ON_CASES,
    "casework.unmask_words": P.WORK_ON_CASES,
    "casework.change_wishes": P.WORK_ON_CASES,
    "casework.move_message": P.WORK_ON_CASES,
    "casework.type_recording": P.WORK_ON_CASES,
    "openings.ask": P.OPEN_SEALED,
    "openings.show": P.OPEN_SEALED,
    "openings.content": P.OPEN_SEALED,
    "call_backs.requests": P.OPEN_SEALED,
    "call_backs.mark_done": P.OPEN_SEALED,
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
    "exports.download": P.EXPORT_CASES,
    "audit.entries": P.READ_AUDIT,
    "administration.overview": P.ADMINISTER,
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
    "simulator.handset": P.SIMULATE,
    "simulator.send": P.SIMULATE,
    "simulator.received": P.SIMULATE,
    "simulator.twilio_account": P.SIMULATE,
    "simulator.twilio_messages": P.SIMULATE,
}


def may(role: str, permission: Permission) -> bool:
    """Whether a role has a permission."""
    return permission is P.SIGNED_IN or permission in ROLES.get(Role(role), frozenset())
