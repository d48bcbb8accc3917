from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kiosk.enrolment.slip import LineRole, Slip
from kiosk.enrolment.slips import SlipFactsShown, acknowledgement, activation, date_on_card, next_copy
from kiosk.enrolment.texts import load_texts
from tests.fakes.place import ACTIVATION_URL, hall
from tests.fakes.programme import Programme
from tests.fakes.terminal import enrolment_facts
from wire.codes import ActivationCode, Locator
from wire.evidence import Contact, Question
from wire.identifiers import RecordId
from wire.nir import Nir

WORDS = load_texts().slips
AT = datetime(2026, 7, 3, 22, 15, tzinfo=UTC)
PERSON = Nir.parse("285022A00400180")
EMAIL, MOBILE = "lea.specimen@exemple.fr", "+33612345678"
LOCATOR = Locator.new(bytes(range(5)))
CODE = ActivationCode(bytes(range(10)))


@pytest.fixture(scope="module")
def shown() -> SlipFactsShown:
    facts = enrolment_facts(
        PERSON, role="agent", accepted={Question.CENTRE_15: False}, contact=Contact(email=EMAIL, mobile=MOBILE)
    )
    return SlipFactsShown(RecordId.new(AT, bytes(10)), AT, hall(Programme()), facts)


def everything(slip: Slip) -> str:
    return "\n".join([*(f"{line.label} {line.text}" for line in slip.lines), slip.qr or ""])


def fields(slip: Slip) -> dict[str, str]:
    return {line.label: line.text for line in slip.lines if line.role is LineRole.FIELD}


def test_slip_a_tells_what_was_recorded_when_where_and_by_whom(shown: SlipFactsShown) -> None:
    slip = fields(acknowledgement(shown, WORDS))
    assert slip["Date"] == "04/07/2026 à 00:15"  # local time in France
    assert slip["Lieu"] == "CPAM de démonstration, 1 rue de l’Essai, 31000 TOULOUSE"  # noqa: RUF001 - French
    assert slip["Terminal"] == "T-HALL-01"
    assert slip["Attesté par"] == "PHARMA-01 (agent d’accueil)"  # noqa: RUF001 - French
    assert slip["Accusé n°"].startswith("T-HALL-01-20260704-")


def test_slip_a_names_the_person_and_masks_the_number(shown: SlipFactsShown) -> None:
    slip = fields(acknowledgement(shown, WORDS))
    assert (slip["Nom"], slip["Prénom"], slip["Né(e) le"]) == ("SPÉCIMEN", "LÉA", "15/03/1990")
    assert slip["N° de sécu"] == "2 85 ** ** *** ***"


def test_slip_a_repeats_each_choice(shown: SlipFactsShown) -> None:
    slip = fields(acknowledgement(shown, WORDS))
    assert slip["Ouverture"] == "accepté"
    assert slip["Accès en urgence"] == "accepté"
    assert slip["Accès du Samu (15)"] == "refusé"
    assert slip["Contact donné"] == "e-mail, mobile"


def test_slip_a_tells_how_to_change_ones_mind_and_where_to_complain(shown: SlipFactsShown) -> None:
    text = everything(acknowledgement(shown, WORDS))
    assert "fermer le dossier" in text
    assert "CNIL" in text
    assert "notice 1" in text  # id and version of the notice
    assert f"Référence : {shown.record_id}" in text


@pytest.mark.parametrize("secret", [EMAIL, MOBILE, PERSON.compact, PERSON.body, CODE.grouped(), LOCATOR.value])
def test_slip_a_bears_neither_contact_nor_number_nor_code(shown: SlipFactsShown, secret: str) -> None:
    assert secret not in everything(acknowledgement(shown, WORDS))


@pytest.mark.parametrize("personal", [EMAIL, MOBILE, PERSON.compact, "SPÉCIMEN", "LÉA", "1990"])
def test_slip_b_does_not_say_whose_it_is(shown: SlipFactsShown, personal: str) -> None:
    assert personal not in everything(activation(shown, LOCATOR, CODE, WORDS))


def test_the_qr_code_carries_locator_and_code_in_the_fragment_only(shown: SlipFactsShown) -> None:
    slip = activation(shown, LOCATOR, CODE, WORDS)
    assert slip.qr == f"{ACTIVATION_URL}#L={LOCATOR.value}&C={CODE.grouped()}"


def test_the_printed_groups_are_the_code_and_the_locator(shown: SlipFactsShown) -> None:
    groups = [line.text for line in activation(shown, LOCATOR, CODE, WORDS).lines if line.role is LineRole.CODE]
    assert Locator.parse(groups[0]) == LOCATOR
    assert ActivationCode.parse("".join(groups[1:])) == CODE
    assert max(map(len, groups)) <= 21  # double width on 42 columns, the narrowest profile


def test_slip_b_is_good_for_six_weeks(shown: SlipFactsShown) -> None:
    assert fields(activation(shown, LOCATOR, CODE, WORDS))["Valable jusqu’au"] == "15/08/2026"  # noqa: RUF001 - French


def test_a_further_copy_says_so_at_its_head_and_keeps_the_code_in_place(shown: SlipFactsShown) -> None:
    first = activation(shown, LOCATOR, CODE, WORDS)
    second = next_copy(first, WORDS)
    third = next_copy(second, WORDS)
    assert (second.copy_number, third.copy_number) == (2, 3)
    assert "n° 3" in third.lines[0].text
    assert third.lines[1:] == first.lines
    assert first.qr_after is not None
    assert third.qr_after == first.qr_after + 1


def test_a_lunar_date_stays_as_the_card_has_it() -> None:
    assert date_on_card("19421901") == "01/19/1942"
