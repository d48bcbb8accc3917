from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import escpos.capabilities
import pytest

import kiosk.printer
from kiosk.printer.errors import AddressError, ProfileError
from kiosk.printer.profile import Confirmation, PrinterProfile, profile_named, profile_names, read_profile

FILES = sorted((Path(kiosk.printer.__file__).parent / "profiles").iterdir())
PROFILES = [profile_named(name) for name in profile_names()]
MODELS = escpos.capabilities.CAPABILITIES["profiles"]
COMPARED = [profile for profile in PROFILES if profile.escpos_model is not None]
TM_T20III = json.loads(next(file for file in FILES if file.stem == "tm-t20iii").read_text())

of_every_model = pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
of_every_compared_model = pytest.mark.parametrize("profile", COMPARED, ids=lambda profile: profile.name)


def _changed(**changes: Any) -> bytes:
    return json.dumps({**TM_T20III, **changes}).encode()


def test_every_file_is_a_profile_that_bears_its_name() -> None:
    assert [profile_named(file.stem).name for file in FILES] == [file.stem for file in FILES]


def test_epson_star_and_narrow_paper_are_there() -> None:
    assert {"tm-t20iii", "tm-t88v", "star-escpos", "generic-58"} <= set(profile_names())
    assert {profile.paper_mm for profile in PROFILES} == {58, 80}


@of_every_model
def test_every_profile_says_where_its_facts_come_from_and_which_nobody_has_published(profile: PrinterProfile) -> None:
    assert profile.source
    assert profile.unknown


@of_every_model
def test_a_printer_whose_word_is_not_published_is_never_believed_to_answer_for_one_job(profile: PrinterProfile) -> None:
    is_epson = profile.label.startswith("Epson")
    assert is_epson or profile.confirmation is not Confirmation.PROCESS_ID


def test_the_name_that_settings_of_the_field_still_bear_means_the_same_printer() -> None:
    assert profile_named("tm-t20") is profile_named("tm-t20iii")


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(AddressError, match="known: clone-80, generic-58"):
        profile_named("zebra")


def test_a_name_is_no_path() -> None:
    with pytest.raises(AddressError):
        profile_named("../profiles/tm-t20iii")


@of_every_compared_model
def test_widths_are_those_of_python_escpos_own_database(profile: PrinterProfile) -> None:
    model = MODELS[profile.escpos_model]
    columns = (profile.columns_a, profile.columns_b)
    assert columns == (model["fonts"]["0"]["columns"], model["fonts"]["1"]["columns"])
    assert (profile.dots, profile.dpi) == (model["media"]["width"]["pixels"], model["media"]["dpi"])


@of_every_compared_model
def test_code_pages_are_those_of_python_escpos_own_database(profile: PrinterProfile) -> None:
    pages = MODELS[profile.escpos_model]["codePages"]
    theirs = {number: pages[str(number)].lower().replace("iso_8859", "iso8859") for number in profile.code_pages}
    assert profile.code_pages == theirs


@of_every_compared_model
def test_no_more_is_believed_of_a_model_than_python_escpos_says(profile: PrinterProfile) -> None:
    features = MODELS[profile.escpos_model]["features"]
    assert features["qrCode"] or not profile.native_qr
    assert features["paperPartCut"] or profile.cut.value != "partial"
    assert features["bitImageRaster"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"code_page": 99}, "not in the table"),
        ({"code_pages": {"16": "cp1253x"}}, "unknown encoding"),
        ({"columns_a": 49}, "more characters"),
        ({"columns_b": 65}, "more characters"),
        ({"status_kinds": [1, 5]}, "DLE EOT asks 1 to 4"),
        ({"status_kinds": []}, "also answers DLE EOT"),
        ({"colour": "red"}, "colour"),
        ({"cut": "scissors"}, "scissors"),
        ({"dots": "576"}, "int"),
    ],
)
def test_a_file_that_contradicts_itself_or_says_more_than_is_asked_is_refused(
    changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ProfileError, match=reason):
        read_profile(_changed(**changes))


@pytest.mark.parametrize("field", sorted(TM_T20III.keys() - {"escpos_model"}))
def test_a_file_that_leaves_a_fact_out_is_refused(field: str) -> None:
    facts = {name: value for name, value in TM_T20III.items() if name != field}
    with pytest.raises(ProfileError, match=field):
        read_profile(json.dumps(facts).encode())
