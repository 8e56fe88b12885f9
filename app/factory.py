"""How the web application is put together."""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect
from sqlalchemy import text
from werkzeug.middleware.proxy_fix import ProxyFix

from app.accounts.routes import blueprint as accounts_blueprint
from app.accounts.session import init_sessions
from app.administration.access_routes import blueprint as access_blueprint
from app.administration.gateway_routes import blueprint as gateways_blueprint
from app.administration.organisation_routes import blueprint as organisations_blueprint
from app.administration.people_routes import blueprint as people_blueprint
from app.administration.prompt_routes import blueprint as prompts_blueprint
from app.administration.questionnaire_routes import blueprint as questionnaires_blueprint
from app.administration.retention_routes import blueprint as retention_blueprint
from app.administration.routes import blueprint as administration_blueprint
from app.administration.service_routes import blueprint as sign_in_services_blueprint
from app.administration.webhook_routes import blueprint as webhook_endpoints_blueprint
from app.administration.wording_routes import blueprint as wordings_blueprint
from app.api.routes import blueprint as api_blueprint
from app.audit.routes import blueprint as audit_blueprint
from app.bare import bare
from app.call_backs.routes import blueprint as call_backs_blueprint
from app.casework.routes import blueprint as casework_blueprint
from app.database import db
from app.deliveries.routes import blueprint as deliveries_blueprint
from app.deliveries.target_routes import blueprint as delivery_targets_blueprint
from app.errors import init_errors
from app.evidence.routes import blueprint as evidence_blueprint
from app.exports.case_file_routes import blueprint as case_files_blueprint
from app.exports.judicial.routes import blueprint as judicial_blueprint
from app.exports.reading_routes import blueprint as readings_blueprint
from app.exports.routes import blueprint as exports_blueprint
from app.figures.routes import blueprint as figures_blueprint
from app.files.routes import blueprint as files_blueprint
from app.imports.routes import blueprint as imports_blueprint
from app.intake import voice, webhooks
from app.intake.known_gateways import KnownGateways
from app.limits import Limits
from app.logs import configure_logs
from app.naming.routes import blueprint as naming_blueprint
from app.notices.routes import blueprint as notifications_blueprint
from app.offline.routes import blueprint as offline_blueprint
from app.openings.routes import blueprint as openings_blueprint
from app.public.routes import blueprint as public_blueprint
from app.publications.desk_routes import blueprint as publishing_blueprint
from app.publications.periodic_routes import blueprint as periodic_blueprint
from app.publications.public_routes import blueprint as publications_blueprint
from app.rules.routes import blueprint as rules_blueprint
from app.safe_pages.routes import blueprint as safe_blueprint
from app.security import init_security
from app.settings import Settings, load_settings
from app.simulator.routes import blueprint as simulator_blueprint

csrf = CSRFProtect()

_OF_THE_DESK = (
    accounts_blueprint,
    casework_blueprint,
    openings_blueprint,
    safe_blueprint,
    call_backs_blueprint,
    naming_blueprint,
    evidence_blueprint,
    imports_blueprint,
    exports_blueprint,
    readings_blueprint,
    deliveries_blueprint,
    delivery_targets_blueprint,
    publishing_blueprint,
    periodic_blueprint,
    judicial_blueprint,
    case_files_blueprint,
    figures_blueprint,
    retention_blueprint,
    audit_blueprint,
    administration_blueprint,
    organisations_blueprint,
    people_blueprint,
    sign_in_services_blueprint,
    rules_blueprint,
    gateways_blueprint,
    wordings_blueprint,
    prompts_blueprint,
    questionnaires_blueprint,
    access_blueprint,
    webhook_endpoints_blueprint,
    notifications_blueprint,
)
# Webhooks are authenticated one by one; the public forms carry a token of their own, since nothing is kept of who
# sends them.
_WITHOUT_SESSION = (
    voice.blueprint,
    webhooks.blueprint,
    public_blueprint,
    publications_blueprint,
    files_blueprint,
    offline_blueprint,
    api_blueprint,
)


def build(settings: Settings | None = None) -> Flask:
    """The whole application; raises SettingsError when it can't be configured."""
    settings = settings or load_settings()
    configure_logs()
    app = bare(settings)
    app.extensions["seere_limits"] = Limits(settings.redis_url)
    app.extensions["seere_gateways"] = KnownGateways(settings)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    csrf.init_app(app)
    init_sessions(app, settings)
    init_security(app, is_https=settings.is_https)
    init_errors(app)
    _register_blueprints(app, settings)
    app.add_url_rule("/healthz", "health", _health)
    return app


def _register_blueprints(app: Flask, settings: Settings) -> None:
    for blueprint in _OF_THE_DESK:
        app.register_blueprint(blueprint)
    for blueprint in _WITHOUT_SESSION:
        csrf.exempt(blueprint)
        app.register_blueprint(blueprint)
    if settings.demonstration:
        csrf.exempt(simulator_blueprint)  # its forms have a token of their own
        app.register_blueprint(simulator_blueprint)


def _health() -> ResponseReturnValue:
    """Whether this process can accept reports: the database answers. The queue isn't needed for that."""
    db.session.execute(text("SELECT 1"))
    return {"status": HTTPStatus.OK}
