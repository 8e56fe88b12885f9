"""Sign-in services of organisations: set by administrators, and whose account an identity is."""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.accounts import links, server_box
from app.accounts.openid import Identity
from app.accounts.service import AccountError, add_user, user_by_email
from app.audit import Action
from app.clock import utcnow
from app.current import current_settings
from app.models import AccountLink, LinkPurpose, Organisation, Role, ServiceIdentity, SignInService, User
from app.notifications.addresses import AddressRefused, destination

_PURPOSE = "sign-in-service"
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class ServiceContent:
    """A service as an administrator wants it; an empty secret leaves the one that is kept."""

    slug: str
    issuer: str
    client_id: str
    email_domain: str
    secret: str = field(default="", repr=False)
    is_enabled: bool = True


def services(session: Session) -> Sequence[SignInService]:
    """Every service, by organisation."""
    every = select(SignInService).join(SignInService.organisation).order_by(Organisation.name)
    return session.scalars(every).all()


def by_slug(session: Session, slug: str) -> SignInService | None:
    """The service with this address, if it is in use."""
    found = session.scalar(select(SignInService).where(SignInService.slug == slug))
    return found if found is not None and found.is_enabled and found.organisation.is_active else None


def secret_of(service: SignInService) -> str:
    """The service's secret; empty where it can't be opened, so that the service refuses."""
    return (server_box.open_closed(_PURPOSE, service.sealed_secret) or b"").decode("utf-8", "replace")


def keep(session: Session, actor: User, organisation_id: uuid.UUID, content: ServiceContent) -> SignInService:
    """Set or change an organisation's service. Another issuer forgets who was bound to the earlier one.

    Raises AccountError: `organisation`, `slug`, `slug_taken`, `issuer`, `client_id`, `domain`, `secret`.
    """
    if session.get(Organisation, organisation_id) is None:
        raise AccountError("organisation")
    _check(content)
    mine = select(SignInService).where(SignInService.organisation_id == organisation_id)
    service = session.scalar(mine)
    taken = session.scalar(select(SignInService).where(SignInService.slug == content.slug))
    if taken is not None and taken.organisation_id != organisation_id:
        raise AccountError("slug_taken")
    if service is None:
        if not content.secret:
            raise AccountError("secret")
        service = SignInService(id=uuid.uuid4(), organisation_id=organisation_id)
        session.add(service)
    elif service.issuer != content.issuer:
        _forget_identities(session, service)
    _fill(service, content)
    session.flush()
    detail = {"organisation": str(organisation_id), "is_enabled": content.is_enabled}
    subject = f"sign_in_service:{service.id}"
    audit.record(session, Action.SIGN_IN_SERVICE_CHANGED, subject, actor=f"user:{actor.id}", detail=detail)
    return service


def person_of(session: Session, service: SignInService, identity: Identity) -> User | None:
    """Whose account an identity is: bound to it before, or now by an address that was invited. None for nobody."""
    bound = select(User).join(ServiceIdentity, ServiceIdentity.user_id == User.id)
    user = session.scalar(
        bound.where(ServiceIdentity.service_id == service.id, ServiceIdentity.subject == identity.subject)
    )
    if user is None and identity.email.endswith(f"@{service.email_domain}"):
        user = _bound_now(session, service, identity)
    is_welcome = user is not None and user.is_active and user.organisation_id == service.organisation_id
    return user if user and is_welcome and user.organisation.is_active else None


def _bound_now(session: Session, service: SignInService, identity: Identity) -> User | None:
    user = user_by_email(session, identity.email) or _accepted(session, service, identity.email)
    if user is None or user.organisation_id != service.organisation_id or not user.is_active:
        return None
    if session.scalar(select(ServiceIdentity.id).where(ServiceIdentity.user_id == user.id)) is not None:
        return None  # bound to somebody else of the same address
    session.add(ServiceIdentity(service_id=service.id, user_id=user.id, subject=identity.subject))
    session.flush()
    audit.record(session, Action.SIGN_IN_SERVICE_BOUND, f"user:{user.id}", actor=f"user:{user.id}")
    return user


def _accepted(session: Session, service: SignInService, email: str) -> User | None:
    """Somebody invited who comes by the service first: an account whose password nobody knows."""
    waiting = select(AccountLink).where(
        AccountLink.email == email,
        AccountLink.purpose == LinkPurpose.INVITATION,
        AccountLink.organisation_id == service.organisation_id,
    )
    link = next((each for each in session.scalars(waiting) if links.is_open(each, utcnow())), None)
    if link is None or not links.use(session, link):
        return None
    user = add_user(
        session,
        link.organisation,
        email=link.email,
        display_name=link.display_name,
        role=Role(link.role),
        password=secrets.token_urlsafe(48),
        actor=f"user:{link.made_by_id}",
    )
    link.user_id = user.id
    return user


def _check(content: ServiceContent) -> None:
    if not _SLUG.fullmatch(content.slug):
        raise AccountError("slug")
    if not _DOMAIN.fullmatch(content.email_domain) or len(content.email_domain) > 180:
        raise AccountError("domain")
    if not 0 < len(content.client_id) <= 200:
        raise AccountError("client_id")
    try:
        destination(content.issuer, allows_loopback=current_settings().demonstration)
    except AddressRefused as refused:
        raise AccountError("issuer") from refused


def _fill(service: SignInService, content: ServiceContent) -> None:
    service.slug, service.issuer, service.client_id = content.slug, content.issuer, content.client_id
    service.email_domain, service.is_enabled = content.email_domain, content.is_enabled
    if content.secret:
        service.sealed_secret = server_box.close(_PURPOSE, content.secret.encode())


def _forget_identities(session: Session, service: SignInService) -> None:
    for each in session.scalars(select(ServiceIdentity).where(ServiceIdentity.service_id == service.id)):
        session.delete(each)
