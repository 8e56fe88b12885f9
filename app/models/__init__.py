"""The tables, one file per aggregate."""

from app.models.casefile import (
    Act,
    Case,
    CaseEvent,
    CaseStatus,
    Finding,
    FindingState,
    Referral,
    ReferralState,
    RoutingRule,
    Verification,
)
from app.models.learning import ModelState, TriageModel
from app.models.likeness import Likeness, LikenessKind
from app.models.naming import (
    CorrectionState,
    MaskChange,
    MaskCorrection,
    NameKind,
    NameSuggestion,
    SuggestionState,
)
from app.models.organisation import Organisation, OrganisationKind, Role, User
from app.models.record import AuditEntry, ExportRecord, Installation, OwedWork
from app.models.report import Channel, Contact, DeliveryState, Direction, Message, Report, ReportState

__all__ = [
    "Act",
    "AuditEntry",
    "Case",
    "CaseEvent",
    "CaseStatus",
    "Channel",
    "Contact",
    "CorrectionState",
    "DeliveryState",
    "Direction",
    "ExportRecord",
    "Finding",
    "FindingState",
    "Installation",
    "Likeness",
    "LikenessKind",
    "MaskChange",
    "MaskCorrection",
    "Message",
    "ModelState",
    "NameKind",
    "NameSuggestion",
    "Organisation",
    "OrganisationKind",
    "OwedWork",
    "Referral",
    "ReferralState",
    "Report",
    "ReportState",
    "Role",
    "RoutingRule",
    "SuggestionState",
    "TriageModel",
    "User",
    "Verification",
]
