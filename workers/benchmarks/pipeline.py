"""How many reports a second one worker takes through the whole pipeline, models loaded."""

from __future__ import annotations

import statistics
import subprocess
from datetime import timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from app.bare import bare
from app.clock import utcnow
from app.database import db
from app.intake.service import NewReport, submit
from app.models import Channel, OwedWork
from workers.benchmarks.installation import SEERE, Installation, installation

# Written for this measurement: short and long, three languages, with and without names.
TEXTS = (
    "des hommes armés ont pris 20 boeufs à Koro hier, mon frère Amadou Traoré est blessé, appelez 76 12 34 56",
    "gendarmes bloke route Segou ils demande 5000 a chak chauffeur depuis lundi",
    "kunun su cɛ marifatigiw nana Bankass dugu la, u ye misiw taa, Seydou Kone jogin na",
    "they came at night to Ménaka market and burnt four shops, nobody knows where Aïcha Walet Alhassane is",
    "Bonjour, je vous écris parce que mon oncle Ousmane Diarra a été arrêté à Kayes le 3 du mois par des gens en "
    "tenue. Sa femme a demandé à la brigade, on lui a dit qu'il n'y est pas. Il a 54 ans, il est commerçant, il "
    "n'a jamais eu de problème. Nous n'avons aucune nouvelle. Son téléphone 66 11 22 33 ne passe plus.",
    "on refuse l'eau du puits a notre famille a Yelimane parce qu'on refuse d'etre esclave",
    "c'est gratuit votre numero ?",
    "une mine a sauté sur la route de Douentza vers Boni ce matin, 3 morts 5 blessés dans le car",
)


def measure(count: int) -> dict[str, Any]:
    """Accept `count` reports, then let one worker empty the queue; the rate between its first and last report."""
    with installation() as made:
        _accept(made, count)
        subprocess.run([SEERE, "worker", "--burst"], env=made.environment, check=True)  # noqa: S603
        done = _done(made)
        gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(done)]
        span = (done[-1] - done[0]) / timedelta(seconds=1)
        cuts = statistics.quantiles(gaps, n=100)
        return {
            "bench": "pipeline",
            "database": made.settings.database_url.split(":", 1)[0],
            "workers": 1,
            "count": len(done),
            "reports_per_second": round((len(done) - 1) / span, 1),
            **{f"p{at}_ms": round(cuts[at - 1] * 1000, 1) for at in (50, 95, 99)},
        }


def _accept(made: Installation, count: int) -> None:
    with bare(made.settings).app_context():
        for number in range(count):
            content = {"text": f"{TEXTS[number % len(TEXTS)]} ({number})", "sender": f"+2237{number:07d}"}
            submit(made.settings, NewReport(Channel.SMS, f"bench-{number}", content, utcnow()))
        db.session.remove()
        db.engine.dispose()


def _done(made: Installation) -> list[Any]:
    with bare(made.settings).app_context():
        moments = db.session.scalars(
            select(OwedWork.done_at).where(OwedWork.done_at.is_not(None)).order_by(OwedWork.done_at)
        ).all()
        db.session.remove()
        db.engine.dispose()
    return list(moments)
