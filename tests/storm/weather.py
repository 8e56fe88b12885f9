"""What a storm is made of: who writes what by which gateway, what comes twice, in pieces, or malformed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

GATEWAYS = ("twilio", "smsgate", "httpsms", "africastalking", "kannel")
REPLAYED = 0.20
MALFORMED = 0.05
IN_PARTS = 0.5  # of what comes by the one gateway that doesn't join parts itself
STOPPING = 0.05  # of the phones
_PLACES = ("Koro", "Bankass", "Menaka", "Gao", "Segou", "Kayes", "Kidal", "Sikasso", "Mopti", "Nioro")
_DEEDS = ("ont pris des boeufs", "ont brule le marche", "ont arrete un eleveur", "ont tire sur un car")


@dataclass(frozen=True, slots=True)
class Sms:
    """One request of a gateway: a whole text or one part of it. `damage` says how it is malformed, if it is."""

    gateway: str
    phone: str
    number: int
    text: str
    part: int = 0
    parts: int = 0
    damage: str = ""

    @property
    def provider_id(self) -> str:
        """The id under which the provider knows it; replays have the same."""
        return f"{self.gateway}-{self.number}-{self.part}"


@dataclass(frozen=True, slots=True)
class Weather:
    """The whole storm. `last` are the words STOP, which come when everything else of their phones has come."""

    rain: tuple[Sms, ...]
    last: tuple[Sms, ...]
    texts: dict[str, tuple[str, ...]] = field(repr=False)  # the valid ones by phone

    @property
    def valid(self) -> set[str]:
        """The ids of what must be there afterwards, once."""
        return {sms.provider_id for sms in (*self.rain, *self.last) if not sms.damage}


def make_weather(messages: int, phones: int, seed: int) -> Weather:
    """A storm of so many texts from so many phones; the same seed gives the same storm."""
    chance = random.Random(seed)
    senders = [f"+2237{number:07d}" for number in chance.sample(range(10_000_000), phones)]
    by_phone: dict[str, list[str]] = {sender: [] for sender in senders}
    rain: list[Sms] = []
    for number in range(messages):
        sender = senders[number % phones]
        sms = _sms(chance, number, sender, GATEWAYS[senders.index(sender) % len(GATEWAYS)])
        if not sms.damage:
            by_phone[sender].append(sms.text)
        pieces = list(_in_parts(sms))
        rain += pieces + [piece for piece in pieces if chance.random() < REPLAYED]
    chance.shuffle(rain)
    stopping = senders[: max(1, int(phones * STOPPING))]
    last = tuple(
        Sms(GATEWAYS[position % len(GATEWAYS)], sender, messages + position, "STOP")
        for position, sender in enumerate(stopping)
    )
    return Weather(tuple(rain), last, {sender: tuple(texts) for sender, texts in by_phone.items()})


def _sms(chance: random.Random, number: int, sender: str, gateway: str) -> Sms:
    text = f"Numero {number:05d} : des hommes {chance.choice(_DEEDS)} a {chance.choice(_PLACES)} hier."
    if gateway == "kannel" and chance.random() < IN_PARTS:
        text += " Voici la suite de ce que nous avons vu. " + "Les gens sont partis vers le nord. " * 8
        return Sms(gateway, sender, number, text, parts=3)
    damage = chance.choice(("unsigned", "nobody", "garbage")) if chance.random() < MALFORMED else ""
    return Sms(gateway, sender, number, text, damage=damage)


def _in_parts(sms: Sms) -> Iterator[Sms]:
    """The pieces of a text in parts; a whole one is its own piece."""
    if not sms.parts:
        yield sms
        return
    length = -(-len(sms.text) // sms.parts)
    for part in range(sms.parts):
        yield replace(sms, text=sms.text[part * length : (part + 1) * length], part=part + 1)
