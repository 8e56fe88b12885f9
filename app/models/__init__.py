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
from app.models.likeness import Likeness, LikenessKind
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
    "DeliveryState",
    "Direction",
    "ExportRecord",
    "Finding",
    "FindingState",
    "Installation",
    "Likeness",
    "LikenessKind",
    "Message",
    "Organisation",
    "OrganisationKind",
    "OwedWork",
    "Referral",
    "ReferralState",
    "Report",
    "ReportState",
    "Role",
    "RoutingRule",
    "User",
    "Verification",
]
