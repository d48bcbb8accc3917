"""What one model of printer can do: facts as data, shared by the layout, the dialogue and the simulator.

Each file ``profiles/NAME.json`` is one :class:`PrinterProfile`, read strictly: an unknown or a missing field is an
error. ``source`` says where the facts come from, ``unknown`` which of them nobody has published and what was assumed
instead, always the more careful. A printer that is not listed is described here, never guessed at run time.
"""

from __future__ import annotations

import codecs
import enum
from functools import cache
from importlib import resources

import msgspec

from kiosk.printer.errors import AddressError, ProfileError
from wire.decoders import json_decoder


class Cut(enum.Enum):
    """How the slip leaves the roll."""

    PARTIAL = "partial"  # fed to the knife, then cut but for one point: nothing falls to the floor
    FULL = "full"
    NONE = "none"  # torn off by hand


class Confirmation(enum.Enum):
    """The best word a model can give that a slip is on paper."""

    PROCESS_ID = "process_id"  # GS ( H: gives the job's own number back once all before it is printed
    IN_ORDER = "in_order"  # GS r: answered in its turn, but without saying for which job
    REAL_TIME = "real_time"  # DLE EOT alone: how the printer is, not what it has done
    NONE = "none"  # never answers


class Discard(enum.Enum):
    """How a model is told to forget what it has received and not yet printed."""

    REAL_TIME = "real_time"  # DLE DC4 8: obeyed at once, also while it stands still; says when it is done
    IN_ORDER = "in_order"  # ESC @: clears the print buffer in its turn; what waits before it may still be printed


class PrinterProfile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model, as its file says it. Columns in characters, dots across the paper, one dot ``1 / dpi`` inch."""

    name: str
    """The name in the settings and of the file."""
    label: str
    """What a person reads: maker and model."""
    paper_mm: int
    """Width of the roll: 58 or 80."""
    dpi: int
    """Dots an inch: 203 or 180."""
    dots: int
    """Dots across the printable part."""
    columns_a: int
    """Characters of font A, 12 dots each, on a line."""
    columns_b: int
    """Characters of font B, 9 dots each, on a line."""
    code_pages: dict[int, str]
    """What follows ``ESC t`` → the encoding in Python's words; those that matter for French."""
    code_page: int
    """The one of them that is used."""
    native_qr: bool
    """Whether it draws QR codes itself (``GS ( k``): 90 bytes instead of 4,500; else a picture (``GS v 0``) is sent."""
    cut: Cut
    status_kinds: tuple[int, ...]
    """The questions DLE EOT n it answers: all of 1 to 4, the paper sensor (4) alone, or none."""
    confirmation: Confirmation
    automatic_status: bool
    """Whether it tells changes by itself once asked (``GS a``: ASB, four bytes)."""
    discard: Discard
    two_byte_start: bool
    """Whether it wakes in a two-byte Chinese mode that eats accents; ``FS .`` leaves it."""
    source: str
    """Where these facts stand."""
    unknown: tuple[str, ...]
    """Facts that no public text gives, each with what was assumed; a person with the printer can settle them."""
    escpos_model: str | None = None
    """The entry of python-escpos' own database that a test compares this one with."""

    @property
    def encoding(self) -> str:
        """The encoding of the code page in use."""
        return self.code_pages[self.code_page]

    def __hash__(self) -> int:
        return hash(self.name)

    def __post_init__(self) -> None:
        """Refuse what contradicts itself.

        Raises:
            ValueError: no encoding for the code page, more characters than dots, or a word without a way to answer.
        """
        if self.code_page not in self.code_pages:
            raise ValueError("the code page in use is not in the table")
        for encoding in self.code_pages.values():
            codecs.lookup(encoding)
        if self.columns_a * FONT_A_DOTS > self.dots or self.columns_b * FONT_B_DOTS > self.dots:
            raise ValueError("more characters on a line than dots")
        if not set(self.status_kinds) <= {1, 2, 3, 4}:
            raise ValueError("DLE EOT asks 1 to 4")
        if self.confirmation is not Confirmation.NONE and not self.status_kinds:
            raise ValueError("a printer that confirms also answers DLE EOT")


FONT_A_DOTS = 12
FONT_B_DOTS = 9
_FOLDER = resources.files("kiosk.printer") / "profiles"
_ALIASES = {"tm-t20": "tm-t20iii"}
"""Names that settings of terminals in the field may still bear."""


@cache
def profile_names() -> tuple[str, ...]:
    """The names of all profiles, sorted."""
    return tuple(sorted(file.name.removesuffix(".json") for file in _FOLDER.iterdir() if file.name.endswith(".json")))


def profile_named(name: str) -> PrinterProfile:
    """The profile of that name, as a setting gives it.

    Raises:
        AddressError: no such profile.
        ProfileError: its file says what cannot be.
    """
    name = _ALIASES.get(name, name)
    if name not in profile_names():
        raise AddressError(f"unknown printer profile; known: {', '.join(profile_names())}")
    return _read(name)


def read_profile(text: bytes) -> PrinterProfile:
    """One profile from its JSON.

    Raises:
        ProfileError: a field is missing, unknown, or says what cannot be.
    """
    try:
        return json_decoder(PrinterProfile).decode(text)
    except (msgspec.MsgspecError, LookupError) as error:
        raise ProfileError(f"a printer profile is wrong: {error}") from error


@cache
def _read(name: str) -> PrinterProfile:
    profile = read_profile((_FOLDER / f"{name}.json").read_bytes())
    if profile.name != name:
        raise ProfileError("a printer profile does not bear the name of its file")
    return profile


TM_T20 = profile_named("tm-t20iii")
"""What is assumed where nothing is said: the simulator, tests, measures."""
CLONE_80 = profile_named("clone-80")
NO_QR_80 = profile_named("no-qr-80")
