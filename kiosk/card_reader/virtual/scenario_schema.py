"""What a scenario file may say: the schema, and nothing else. Described for people in docs/card-simulator.md.

A test holds that page and these structs together. Converted strictly: an unknown field or a wrong type is refused.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from kiosk.card_reader.virtual.making import PUBLISHED, CardMaking

Text = Annotated[str, Meta(min_length=1, max_length=200)]
OnCard = Annotated[str, Meta(max_length=60)]  # goes onto the card in Latin-1
Hexadecimal = Annotated[str, Meta(pattern=r"^([0-9A-Fa-f]{2})*$", max_length=66)]
Count = Annotated[int, Meta(ge=1, le=100_000)]
Seconds = Annotated[float, Meta(gt=0, le=3600)]
BitsPerSecond = Annotated[int, Meta(ge=1_200, le=500_000)]
StatusOfCard = Annotated[str, Meta(pattern=r"^[0-9A-Fa-f]{4}$")]


class Person(Struct, frozen=True, forbid_unknown_fields=True):
    """One invented person, as the card has them."""

    family_name: OnCard
    given_name: OnCard
    birth_date: OnCard
    country: OnCard
    number: OnCard


class Mute(Struct, frozen=True, forbid_unknown_fields=True, tag_field="does", tag="mute"):
    """The card cannot be powered."""


class Pull(Struct, frozen=True, forbid_unknown_fields=True, tag_field="does", tag="pull"):
    """Leaves the slot instead of answering."""

    at: Count


class Swap(Struct, frozen=True, forbid_unknown_fields=True, tag_field="does", tag="swap"):
    """Leaves, and another card is in at once."""

    at: Count
    to: Text


class Hang(Struct, frozen=True, forbid_unknown_fields=True, tag_field="does", tag="hang"):
    """Does not answer for so many seconds; without them, until it is pulled."""

    at: Count
    seconds: Seconds | None = None


class Cut(Struct, frozen=True, forbid_unknown_fields=True, tag_field="does", tag="cut"):
    """Announces an answer and sends its first byte only."""

    at: Count


class Confused(Struct, frozen=True, forbid_unknown_fields=True, tag_field="does", tag="confused"):
    """Answers 6F00 from here on until it is reset; once."""

    at: Count


class WrongStatus(Struct, frozen=True, forbid_unknown_fields=True, tag_field="does", tag="wrong_status"):
    """Answers this status word and nothing else."""

    at: Count
    status: StatusOfCard


class Reset(Struct, frozen=True, forbid_unknown_fields=True, tag_field="does", tag="reset"):
    """Another program resets the card in between; once."""

    at: Count


Behaviour = Mute | Pull | Swap | Hang | Cut | Confused | WrongStatus | Reset


class ScenarioFile(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A whole file. Exactly one of ``card``, ``persons`` and ``invented_persons`` says who is on the card."""

    title: Text
    hint: str = ""
    card: Text | None = None
    persons: Annotated[list[Person], Meta(max_length=500)] | None = None
    invented_persons: Annotated[int, Meta(ge=0, le=500)] | None = None
    atr: Hexadecimal | None = None
    serial: Hexadecimal | None = None
    valid_from: OnCard | None = None
    making: CardMaking = PUBLISHED
    line: BitsPerSecond | Literal["none"] | None = None
    behaviours: Annotated[list[Behaviour], Meta(max_length=50)] = []
