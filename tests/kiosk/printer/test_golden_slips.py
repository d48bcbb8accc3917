"""The published slips of each model are what the code makes today (python tests/vectors/make_slip_vectors.py)."""

from __future__ import annotations

import functools

import pytest

from kiosk.printer.profile import profile_named, profile_names
from kiosk.printer.simulator import picture
from tests.vectors import make_slip_vectors
from tests.vectors.make_slip_vectors import FOLDER, drifted, sources

KINDS = (".hex", ".png")
of_every_model = pytest.mark.parametrize("name", profile_names())


@functools.cache
def differing(name: str) -> dict[str, list[str]]:
    """The golden files that are not what is made now, by their kind."""
    found = drifted(profile_named(name))
    return {kind: [path.name for path in found if path.suffix == kind] for kind in KINDS}


@of_every_model
def test_the_bytes_of_every_slip_are_the_golden_ones(name: str) -> None:
    assert differing(name)[".hex"] == []


@of_every_model
def test_the_paper_shows_the_golden_picture_dot_for_dot(name: str) -> None:
    assert picture.DEBIAN_FONTS.is_dir(), "the letters of the golden pictures are those of fonts-dejavu-core"
    assert differing(name)[".png"] == []


def test_there_is_nothing_golden_of_slips_or_models_that_are_no_more() -> None:
    expected = {FOLDER / name / f"{slip}{kind}" for name in profile_names() for slip in sources() for kind in KINDS}
    assert {path for path in FOLDER.rglob("*") if path.suffix in KINDS} == expected


def test_one_dot_that_differs_is_seen() -> None:
    slip, profile = sources()["activation"], profile_named("generic-58")
    made = make_slip_vectors.picture(slip, profile)
    made.putpixel((40, 40), 0 if made.getpixel((40, 40)) else 255)
    assert not make_slip_vectors.is_golden(FOLDER / profile.name / "activation.png", made)
