"""Writing and checking the chain. Entries hold codes and ids, never what a person wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.audit.digests import FIRST_DIGEST, entry_digest
from app.clock import utcnow
from app.models import AuditEntry

_CHAIN_LOCK = 0x5EE2E  # PostgreSQL advisory lock: entries are appended one at a time


class Action(StrEnum):
    """What can be done; every state change has one."""

    REPORT_RECEIVED = "report.received"
    REPORT_PROCESSED = "report.processed"
    REPORT_NEEDS_PERSON = "report.needs_person"
    REPORT_ANSWERED = "report.answered"
    REPORT_WITHDRAWN = "report.withdrawn"
    REPORT_ADDED_TO = "report.added_to"
    REPORT_ERASED = "report.erased"
    CONSENT_CHANGED = "report.consent_changed"
    CASE_OPENED = "case.opened"
    CASE_READ = "case.read"
    CASE_ASSIGNED = "case.assigned"
    CASE_STATUS_CHANGED = "case.status_changed"
    CASE_VERIFICATION_CHANGED = "case.verification_changed"
    CASE_NOTED = "case.noted"
    CASES_MERGED = "case.merged"
    MERGE_UNDONE = "case.merge_undone"
    REPORT_SPLIT_OFF = "case.report_split_off"
    SAME_SOURCE_SAID = "report.same_source_said"
    RECORD_ADDED = "record.added"  # a person, an involvement, an act or a link of a case
    RECORD_CHANGED = "record.changed"
    RECORD_REMOVED = "record.removed"
    RECORD_PUT_BACK = "record.put_back"
    CHECKLIST_KEPT = "case.checklist_kept"
    SOURCE_ASSESSED = "report.assessed"
    FINDING_DECIDED = "finding.decided"
    WORDS_MASKED = "case.words_masked"
    UNMASKING_ASKED = "case.unmasking_asked"
    WORDS_UNMASKED = "case.words_unmasked"
    NAME_DECIDED = "name.decided"
    VIEW_SAVED = "view.saved"
    VIEW_CHANGED = "view.changed"
    VIEW_DELETED = "view.deleted"
    QUESTION_ASKED = "message.question_asked"
    MESSAGE_SENT = "message.sent"
    MESSAGE_NOT_SENT = "message.not_sent"
    MESSAGE_MOVED = "message.moved"
    MESSAGE_REPEATED = "message.repeated"
    MESSAGE_TYPED = "message.typed"  # what a recording says, written down by a colleague
    CONTACT_STOPPED = "contact.stopped"
    CONTACT_STARTED = "contact.started"
    CONTACT_WISHES_CHANGED = "contact.wishes_changed"
    CALL_BACK_ASKED = "call_back.asked"
    CALL_BACK_DONE = "call_back.done"
    OPENING_ASKED = "opening.asked"
    OPENING_ANSWERED = "opening.answered"
    OPENING_SAVED = "opening.saved"
    ATTACHMENT_ARRIVED = "attachment.arrived"
    ATTACHMENT_KEPT = "attachment.kept"
    ATTACHMENT_FAILED = "attachment.failed"
    COPY_REMADE = "attachment.copy_remade"
    GATEWAY_ADDED = "gateway.added"
    GATEWAY_CHANGED = "gateway.changed"
    GATEWAY_TESTED = "gateway.tested"
    WORDING_CHANGED = "wording.changed"
    POLICY_CHANGED = "messaging.policy_changed"
    BUDGET_NEARLY_USED = "messaging.budget_nearly_used"
    PROMPT_CHANGED = "voice_prompt.changed"
    REFERRAL_CREATED = "referral.created"
    REFERRAL_CHANGED = "referral.changed"
    REFERRAL_REMINDED = "referral.reminded"
    REFERRAL_ESCALATED = "referral.escalated"
    CONSENT_OVERRIDDEN = "referral.consent_overridden"
    CONFLICT_STATED = "case.conflict_stated"
    CONFLICT_REMOVED = "case.conflict_removed"
    FOLLOW_UP_TOLD = "report.follow_up_told"
    EXPORT_ASKED = "export.asked"
    RELEASE_ALLOWED = "case.release_allowed"  # its account, once somebody read it
    RELEASE_REFUSED = "case.release_refused"
    RELEASE_TAKEN_BACK = "case.release_taken_back"
    EXPORT_MADE = "export.made"
    EXPORT_TAKEN = "export.taken"
    EXPORT_CANCELLED = "export.cancelled"
    EXPORT_FAILED = "export.failed"
    EXPORT_EXPIRED = "export.expired"  # the sealed file was erased before anybody had taken it whole
    EXPORT_ERASED = "export.erased"  # after it was taken
    EXPORT_DELIVERED = "export.delivered"
    EXPORT_TRACED = "export.traced"  # from a row that turned up somewhere
    EXPORT_NOT_DELIVERED = "export.not_delivered"
    SCHEDULE_ADDED = "export_schedule.added"
    SCHEDULE_CHANGED = "export_schedule.changed"
    SCHEDULE_REMOVED = "export_schedule.removed"
    SCHEDULE_STOPPED = "export_schedule.stopped"
    TARGET_ADDED = "delivery_target.added"
    TARGET_CHANGED = "delivery_target.changed"
    TARGET_REMOVED = "delivery_target.removed"
    FIGURES_ASKED = "publication.asked"
    FIGURES_FAILED = "publication.failed"
    FIGURES_PUBLISHED = "publication.published"
    FIGURES_DISCARDED = "publication.discarded"
    FIGURES_RETRACTED = "publication.retracted"
    REPORT_TEMPLATE_SAVED = "report_template.saved"
    SIGNED_IN = "account.signed_in"
    SIGN_IN_REFUSED = "account.sign_in_refused"
    SIGNED_OUT = "account.signed_out"
    PASSWORD_CHANGED = "account.password_changed"  # noqa: S105
    FACTOR_ADDED = "account.factor_added"
    FACTOR_REMOVED = "account.factor_removed"
    FACTOR_REFUSED = "account.factor_refused"
    FACTORS_RESET = "account.factors_reset"
    SPARE_CODES_MADE = "account.spare_codes_made"
    SPARE_CODE_USED = "account.spare_code_used"
    SESSION_ENDED = "account.session_ended"
    DEVICE_DISOWNED = "account.device_disowned"
    INVITED = "account.invited"
    INVITATION_WITHDRAWN = "account.invitation_withdrawn"
    INVITATION_ACCEPTED = "account.invitation_accepted"
    RESET_MADE = "account.reset_made"
    PASSWORD_RESET = "account.password_reset"  # noqa: S105
    USER_CLOSED = "account.closed"
    USER_REOPENED = "account.reopened"
    SIGN_IN_SERVICE_CHANGED = "sign_in_service.changed"
    SIGN_IN_SERVICE_BOUND = "account.service_bound"
    USER_ADDED = "account.added"
    USER_CHANGED = "account.changed"
    ORGANISATION_ADDED = "organisation.added"
    ORGANISATION_CHANGED = "organisation.changed"
    RULE_ADDED = "routing_rule.added"
    RULE_CHANGED = "routing_rule.changed"
    RULE_CLOSED = "routing_rule.closed"
    QUESTIONNAIRE_LOADED = "questionnaire.loaded"
    QUESTIONNAIRE_PUBLISHED = "questionnaire.published"
    ACCESS_TOKEN_MADE = "access_token.made"  # noqa: S105
    ACCESS_TOKEN_CHANGED = "access_token.changed"  # noqa: S105
    ACCESS_TOKEN_REVOKED = "access_token.revoked"  # noqa: S105
    IMPORT_SENT = "import.sent"
    IMPORT_MAPPED = "import.mapped"
    IMPORT_BEGUN = "import.begun"
    IMPORT_DONE = "import.done"
    USER_KEY_MADE = "safe.user_key_made"
    USER_KEY_CHANGED = "safe.user_key_changed"
    USER_KEY_FORGOTTEN = "safe.user_key_forgotten"
    SAFE_UNLOCKED = "safe.unlocked"
    SAFE_UNLOCK_REFUSED = "safe.unlock_refused"
    ORGANISATION_KEY_MADE = "safe.organisation_key_made"
    ORGANISATION_KEY_READY = "safe.organisation_key_ready"
    ORGANISATION_KEY_ROTATED = "safe.organisation_key_rotated"
    ORGANISATION_KEY_DISCARDED = "safe.organisation_key_discarded"
    KEY_GRANTED = "safe.key_granted"
    KEY_GRANT_REMOVED = "safe.key_grant_removed"
    KEY_RECOVERED = "safe.key_recovered"
    REPORT_KEY_SHARED = "safe.report_key_shared"
    REPORT_RESEALED = "safe.report_resealed"
    REPORT_HANDED_BACK = "safe.report_handed_back"
    REPORT_KEYS_TAKEN = "safe.report_keys_taken"
    REPORT_KEYS_MOVED = "safe.report_keys_moved"
    INTAKE_KEY_ROTATED = "installation.intake_key_rotated"
    NOTICES_CHANGED = "notices.changed"
    WEBHOOK_ADDED = "webhook.added"
    WEBHOOK_CHANGED = "webhook.changed"
    WEBHOOK_TESTED = "webhook.tested"
    WEBHOOK_DISABLED = "webhook.disabled"
    DEMONSTRATION_LOADED = "installation.demonstration_loaded"
    MODEL_LEARNT = "triage_model.learnt"
    MODEL_CHANGED = "triage_model.changed"
    AUDIT_EXPORTED = "audit.exported"
    RETENTION_CHANGED = "retention.changed"
    RETENTION_ERASED = "retention.erased"  # the certificate: how many, by which rule, a digest over their ids
    HOLD_PLACED = "case.hold_placed"
    HOLD_LIFTED = "case.hold_lifted"
    JUDICIAL_ASKED = "judicial_file.asked"
    JUDICIAL_KEY_REFUSED = "judicial_file.key_refused"  # the recipient's certificate
    JUDICIAL_CONFIRMED = "judicial_file.confirmed"
    JUDICIAL_WITHDRAWN = "judicial_file.withdrawn"
    JUDICIAL_APPROVED = "judicial_file.approved"
    JUDICIAL_REFUSED = "judicial_file.refused"
    JUDICIAL_MADE = "judicial_file.made"
    JUDICIAL_FAILED = "judicial_file.failed"
    JUDICIAL_EXPIRED = "judicial_file.expired"


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain doesn't hold, and what is wrong there."""

    sequence: int
    problem: str


def record(
    session: Session,
    action: Action,
    subject: str,
    *,
    actor: str,
    detail: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Append one entry within the caller's transaction. `subject` is "kind:id"; `detail` holds codes and ids."""
    session.flush()
    lock(session)
    last = session.execute(
        select(AuditEntry.sequence, AuditEntry.digest).order_by(AuditEntry.sequence.desc()).limit(1)
    ).first()
    sequence, previous = (last.sequence + 1, last.digest) if last else (1, FIRST_DIGEST)
    entry = AuditEntry(
        sequence=sequence,
        at=utcnow(),
        actor=actor,
        action=str(action),
        subject=subject,
        detail=dict(detail or {}),
        previous_digest=previous,
    )
    entry.digest = digest(entry)
    session.add(entry)
    session.flush()
    return entry


def lock(session: Session) -> None:
    """Let one transaction at a time append; on SQLite the write lock does that already."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CHAIN_LOCK})


def digest(entry: AuditEntry) -> bytes:
    """SHA-256 over every field and the previous digest, in one canonical form."""
    return entry_digest(
        entry.sequence,
        entry.at,
        entry.actor,
        entry.action,
        entry.subject,
        entry.detail,
        bytes(entry.previous_digest),
    )


def verify(session: Session) -> Iterator[Break]:
    """Every place where an entry was changed, is missing or was put in. Reads in order, in constant memory."""
    expected_sequence, previous = 1, FIRST_DIGEST
    statement = select(AuditEntry).order_by(AuditEntry.sequence).execution_options(yield_per=1000)
    for entry in session.scalars(statement):
        if entry.sequence != expected_sequence:
            yield Break(expected_sequence, "missing")
        elif bytes(entry.previous_digest) != previous:
            yield Break(entry.sequence, "does not follow the entry before it")
        if digest(entry) != bytes(entry.digest):
            yield Break(entry.sequence, "changed")
        expected_sequence, previous = entry.sequence + 1, bytes(entry.digest)
