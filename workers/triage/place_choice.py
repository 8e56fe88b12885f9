"""Decides which place each name stands for, from its cue and the other names, and which is the scene."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from app.reference import geography
from workers.triage.folding import words
from workers.triage.place_cues import Role
from workers.triage.place_gazetteer import Match, Place, cues_file
from workers.triage.place_mentions import Mention

_ROLE_STRENGTH = {
    Role.VILLAGE: 1.05,
    Role.QUARTER: 1.05,
    Role.COMMUNE: 1.0,
    Role.IN: 1.0,
    Role.NEAR: 0.97,
    Role.CERCLE: 0.95,
    Role.REGION: 0.93,
    Role.HEADER: 0.9,
    Role.OF: 0.8,
    Role.BARE: 0.8,
    Role.HELD: 0.8,
    Role.ROUTE: 0.75,
    Role.TOWARD: 0.6,
    Role.REPORTER: 0.5,
    Role.DESTINATION: 0.4,
    Role.ORIGIN: 0.35,
}
_MATCH_STRENGTH = {Match.EXACT: 1.0, Match.SPELLING: 0.92, Match.NEAR: 0.8}
_KINDS_WANTED = {
    Role.REGION: ("region",),
    Role.CERCLE: ("cercle",),
    Role.COMMUNE: ("commune", "arrondissement", "former_commune", "cercle"),
    Role.VILLAGE: ("village", "town", "commune", "cercle"),
    Role.QUARTER: ("quarter", "village", "town"),
}
_DOUBT, _SCENE, _WANTED_BONUS = 0.35, 1.06, 4.0
_SAME_CERCLE, _SAME_REGION, _SAME_FORMER_REGION, _NEARBY = 8.0, 5.0, 4.0, 3.0
_NEARBY_KM, _LATER_COSTS = 60.0, 0.004
_UNLIKELY_MARGIN, _SURE_MARGIN = 1.0, 4.0
_MOST_RIVALS, _TOWN, _BESIDE_WORDS = 3, 5, 6
_NAMESAKE, _FORMER_CERCLE_KM, _OWN_NAME = 0.6, 120.0, 2.0
_TOLD_IN_FULL = 2.0  # an answer to "where" names cercle and region on purpose


@dataclass(frozen=True, slots=True)
class Choice:
    """A name, the place it most likely stands for, the runners-up, and how surely (0 to 1)."""

    mention: Mention
    place: Place
    others: tuple[Place, ...]
    confidence: float
    strength: float


def choices(mentions: Sequence[Mention]) -> list[Choice]:
    """One choice for each name, the likeliest scene first; areas that hold a finer place last."""
    chosen = _contradicted([_choose(mention, mentions) for mention in mentions])
    finer = [each for each in chosen if not _holds_finer(each, chosen)]
    rest = [each for each in chosen if _holds_finer(each, chosen)]
    return [*_ranked(finer, chosen), *_ranked(rest, chosen)]


def _contradicted(chosen: Sequence[Choice]) -> list[Choice]:
    """A name known only elsewhere than in the cercle or region told beside it is a namesake of the one meant."""
    return [_weakened(each) if _is_contradicted(each, chosen) else each for each in chosen]


def _weakened(choice: Choice) -> Choice:
    return replace(
        choice, strength=choice.strength * _NAMESAKE, confidence=round(choice.confidence * _NAMESAKE, 2)
    )


def _is_contradicted(choice: Choice, chosen: Sequence[Choice]) -> bool:
    if choice.place.kind in ("region", "cercle") and choice.mention.cue.role in (Role.REGION, Role.CERCLE):
        return False
    beside = [each for each in chosen if each is not choice and _is_area_beside(each, choice)]
    return bool(beside) and not any(_may_hold(area.place, choice.place) for area in beside)


def _is_area_beside(area: Choice, choice: Choice) -> bool:
    """An area named as such, or a town in brackets or after a comma, a few words after a mere village."""
    distance = area.mention.first - choice.mention.last
    if area.mention.cue.role in (Role.REGION, Role.CERCLE):
        return abs(distance) <= _BESIDE_WORDS
    is_town = area.place.weight >= _TOWN and area.mention.cue.role in (Role.HEADER, Role.NEAR)
    return is_town and choice.place.weight < _TOWN and 0 < distance <= _BESIDE_WORDS


def _may_hold(area: Place, place: Place) -> bool:
    if area.region_code not in (place.region_code, _former(place)):
        return _kilometres(area, place) < _NEARBY_KM
    return area.kind == "region" or area.cercle_code == place.cercle_code or _is_split(area, place)


def _is_split(area: Place, place: Place) -> bool:
    """Cercles were divided in 2023: people still name the former one, so its neighbours may be meant."""
    return area.region_code == place.region_code and _kilometres(area, place) < _FORMER_CERCLE_KM


def _ranked(choices: Sequence[Choice], chosen: Sequence[Choice]) -> list[Choice]:
    """The likeliest first; what answers "where", or lies in an area that does, before whatever else a text tells."""
    told = [each for each in chosen if each.mention.told]
    areas = [each for each in told if not _holds_finer(each, told)]
    return sorted(
        choices,
        key=lambda each: (-_told(each, areas), -(each.strength - _LATER_COSTS * each.mention.first)),
    )


def _told(choice: Choice, areas: Sequence[Choice]) -> int:
    around = (area.mention.told for area in areas if _holds(area.place, choice))
    return max(choice.mention.told, *around, 0)


def _choose(mention: Mention, mentions: Sequence[Mention]) -> Choice:
    others = [each for each in mentions if each.span != mention.span]
    places = _of_wanted_kind(mention)
    scored = sorted(places, key=lambda place: (-_score(place, mention, others), not _is_reported_from(place)))
    best = scored[0]
    rivals = tuple(place for place in scored[1:] if not _same_area(place, best))
    margin = _margin(best, rivals, mention, others)
    runners_up = rivals[:_MOST_RIVALS] if margin < _SURE_MARGIN else ()
    strength = _strength(mention, best)
    return Choice(mention, best, runners_up, _confidence(strength, margin), strength)


def _is_reported_from(place: Place) -> bool:
    """Whether it lies where most incidents are reported: settles between namesakes that nothing else tells apart."""
    return place.region_code in cues_file()["reported"]["regions"]


def _of_wanted_kind(mention: Mention) -> tuple[Place, ...]:
    """A region's name without the word region means the town, where there is one of that name."""
    role, places = mention.cue.role, mention.candidates
    wanted = tuple(place for place in places if place.kind in _KINDS_WANTED.get(role, ()))
    if role in (Role.REGION, Role.CERCLE) and wanted:
        return wanted
    regions = {place.region_code for place in places if place.kind == "cercle"}
    finer = tuple(place for place in places if place.kind != "region" or place.region_code not in regions)
    return finer or places


def _score(place: Place, mention: Mention, others: Sequence[Mention]) -> float:
    bonus = _WANTED_BONUS if place.kind in _KINDS_WANTED.get(mention.cue.role, ()) else 0.0
    own = _OWN_NAME if _joined(place.name) == mention.written else 0.0
    beside = max((_support(place, other) for other in others), default=0.0)
    return place.weight + bonus + own + beside * (_TOLD_IN_FULL if mention.told else 1.0)


@lru_cache(maxsize=8192)
def _joined(name: str) -> str:
    return "".join(word.text for word in words(name))


def _support(place: Place, other: Mention) -> float:
    """How much another name speaks for this place: the nearer they lie, and the surer the other, the more."""
    anchors = _of_wanted_kind(other)
    anchor = anchors[0]
    if len({each.region_code for each in anchors}) > 1 and anchor.weight < 5:
        return 0.5 if any(_same_area(place, each) for each in anchors) else 0.0
    certainty = 1.0 if anchor.weight >= 3 else 0.6
    return certainty * _nearness(place, anchor)


def _nearness(place: Place, anchor: Place) -> float:
    if place.cercle_code and place.cercle_code == anchor.cercle_code:
        return _SAME_CERCLE
    if place.region_code == anchor.region_code:
        return _SAME_REGION
    if anchor.kind in ("region", "cercle") and _former(place) == anchor.region_code:
        return _SAME_FORMER_REGION
    return _NEARBY if _kilometres(place, anchor) < _NEARBY_KM else 0.0


def _former(place: Place) -> str:
    region = geography.region(place.region_code)
    return region.former_region_code if region else place.region_code


def _kilometres(one: Place, other: Place) -> float:
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return math.inf
    across = (one.lon - other.lon) * math.cos(math.radians((one.lat + other.lat) / 2))
    return 111.2 * math.hypot(one.lat - other.lat, across)


def _same_area(one: Place, other: Place) -> bool:
    return one.region_code == other.region_code and one.cercle_code == other.cercle_code


def _margin(best: Place, runners_up: Sequence[Place], mention: Mention, others: Sequence[Mention]) -> float:
    if not runners_up:
        return math.inf
    return _score(best, mention, others) - _score(runners_up[0], mention, others)


def _strength(mention: Mention, place: Place) -> float:
    doubt = _DOUBT if mention.is_doubtful else 1.0
    size = 1.0 if place.weight >= 3 else 0.9
    scene = _SCENE if mention.is_scene else 1.0
    return _ROLE_STRENGTH[mention.cue.role] * _MATCH_STRENGTH[mention.match] * doubt * size * scene


def _confidence(strength: float, margin: float) -> float:
    certainty = (
        1.0 if margin >= _SURE_MARGIN else 0.85 if margin >= 2 else 0.7 if margin > _UNLIKELY_MARGIN else 0.45
    )
    return round(min(0.97, 0.95 * strength * certainty), 2)


def _holds_finer(choice: Choice, chosen: Sequence[Choice]) -> bool:
    return any(_holds(choice.place, other) for other in chosen if other is not choice)


def _holds(area: Place, other: Choice) -> bool:
    """Whether a region or cercle contains a finer place that isn't a mere origin or destination."""
    finer = other.place
    if other.mention.is_doubtful or other.mention.cue.role in (Role.ORIGIN, Role.DESTINATION, Role.REPORTER):
        return False
    if area.kind == "region":
        return finer.kind != "region" and area.region_code in (finer.region_code, _former(finer))
    return area.kind == "cercle" and finer.kind not in ("region", "cercle") and _same_area(area, finer)
