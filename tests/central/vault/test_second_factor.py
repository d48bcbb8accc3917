from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from central.vault.errors import SettingsError
from central.vault.models import challenges, dossiers, slips, wraps
from central.vault.settings import VaultSettings
from tests.central.vault.site import PASSPHRASE, Enrolment, Holder, VaultSite, state_of
from tests.fakes.databases import written_by
from tests.fakes.messenger import FakeMessenger
from wire.evidence import Contact
from wire.identifiers import DossierId

PROVED = Contact(email="rose@exemple.fr", email_proved=True)
UNPROVED = Contact(email="rose@exemple.fr")
BOTH_PROVED = Contact(email="rose@exemple.fr", mobile="+33611223344", email_proved=True, mobile_proved=True)


def at_the_code(site: VaultSite, contact: Contact, **how: object) -> tuple[DossierId, Enrolment, Holder]:
    """A holder whose slip was right."""
    dossier, enrolment = site.opened_dossier(contact=contact, **how)  # type: ignore[arg-type]
    holder = site.visit()
    assert state_of(holder.present(enrolment)) == "one_time_choose"
    return dossier, enrolment, holder


def roles(site: VaultSite) -> set[str]:
    return {row["role"] for row in site.rows(wraps)}


def other_than(code: str, number: int = 0) -> str:
    return f"{(int(code) + 1 + number) % 1_000_000:06}"


def said(text: str) -> str:
    return text.partition('data-said="')[2].partition('"')[0]


def test_with_a_proved_contact_the_code_of_the_slip_alone_opens_nothing(post: VaultSite) -> None:
    at_the_code(post, PROVED)
    assert "passphrase" not in roles(post)
    assert [row["account"] for row in post.rows(dossiers)] == ["to_activate"]


def test_the_one_time_code_that_was_sent_activates(post: VaultSite) -> None:
    _, _, holder = at_the_code(post, PROVED)
    assert state_of(holder.step("send_email")) == "one_time_enter"
    (letter,) = post.letters
    assert letter.to == "rose@exemple.fr"
    answer = holder.step("check", letter.code)
    assert (answer.status_code, state_of(answer)) == (200, "activated")
    assert roles(post) == {"passphrase", "recovery", "break_glass", "centre_15"}
    assert (post.told(), post.count(challenges)) == (["account_activated"], 0)


def test_blanks_in_the_typed_code_do_not_count(post: VaultSite) -> None:
    _, _, holder = at_the_code(post, PROVED)
    holder.step("send_email")
    code = post.letters[-1].code
    assert state_of(holder.step("check", f" {code[:3]} {code[3:]} ")) == "activated"


def test_the_person_picks_between_two_proved_ways(post: VaultSite) -> None:
    _, _, holder = at_the_code(post, BOTH_PROVED)
    holder.step("send_mobile")
    (text,) = post.letters
    assert (text.to, text.subject) == ("+33611223344", None)
    assert state_of(holder.step("check", text.code)) == "activated"


def test_with_one_way_proved_the_other_is_not_offered(post: VaultSite) -> None:
    contact = Contact(email="rose@exemple.fr", mobile="+33611223344", email_proved=True)
    _, _, holder = at_the_code(post, contact)
    assert state_of(holder.step("send_mobile")) == "form"
    assert post.letters == []


def test_a_proved_contact_cannot_be_skipped(post: VaultSite) -> None:
    _, _, holder = at_the_code(post, PROVED)
    assert 'data-test="skip"' not in holder.client.get("/activation/code").text
    assert state_of(holder.step("skip")) == "form"
    assert "passphrase" not in roles(post)


def test_a_code_to_an_unproved_contact_proves_it_and_central_is_told(post: VaultSite) -> None:
    _, _, holder = at_the_code(post, UNPROVED)
    holder.step("send_email")
    holder.step("check", post.letters[-1].code)
    assert post.told() == ["account_activated", "email_proved"]
    assert post.tags()[-2:] == ["account:activated", "email:proved"]


def test_what_was_proved_here_is_required_the_next_time(post: VaultSite) -> None:
    dossier, _, holder = at_the_code(post, UNPROVED)
    holder.step("send_email")
    holder.step("check", post.letters[-1].code)
    slip = post.take_change(dossier, code=True)
    post.guard()
    post.clock.pass_by(days=1)
    post.guard()
    again = post.visit()
    assert state_of(again.present(slip)) == "one_time_choose"
    assert state_of(again.step("skip")) == "form"


def test_who_cannot_receive_it_goes_on_without_and_the_contact_stays_unproved(post: VaultSite) -> None:
    _, _, holder = at_the_code(post, UNPROVED)
    assert state_of(holder.step("skip")) == "activated"
    assert post.told() == ["account_activated"]


@pytest.mark.parametrize(("email", "sms"), [(False, False), (False, True)])
def test_a_contact_that_cannot_be_reached_from_here_is_none(
    make_site: Callable[..., VaultSite], email: bool, sms: bool
) -> None:
    site = make_site(messenger=FakeMessenger(email=email, sms=sms))
    _, enrolment = site.opened_dossier(contact=PROVED)
    assert state_of(site.activate_slip(enrolment)) == "activated"


def test_without_a_contact_it_is_as_it_was(post: VaultSite) -> None:
    _, enrolment = post.opened_dossier()
    assert state_of(post.activate_slip(enrolment)) == "activated"


# Attacks


def test_the_third_wrong_code_ends_it_for_the_right_one_too(post: VaultSite) -> None:
    _, _, holder = at_the_code(post, PROVED)
    holder.step("send_email")
    code = post.letters[-1].code
    answers = [holder.step("check", other_than(code, number)) for number in range(3)]
    assert [(answer.status_code, said(answer.text)) for answer in answers] == [
        (403, "wrong"),
        (403, "wrong"),
        (409, "spent"),
    ]
    assert said(holder.step("check", code).text) == "spent"
    assert "passphrase" not in roles(post)


def test_guessing_is_bounded_to_fifteen_tries_a_day_whatever_is_asked_anew(
    make_site: Callable[..., VaultSite],
) -> None:
    site = make_site(messenger=FakeMessenger(), locator_tries=1000, address_tries=1000)
    _, enrolment, holder = at_the_code(site, PROVED)
    guesses = 0
    for _time in range(12):
        site.clock.pass_by(minutes=2)
        holder.present(enrolment)  # a new session
        holder.step("send_email")
        for number in range(4):
            answer = holder.step("check", other_than(site.letters[-1].code, number))
            guesses += said(answer.text) in {"wrong", "spent"} and answer.status_code == 403
    assert (len(site.letters), guesses) == (5, 10)  # of three tries at a code two are answered "wrong"
    assert said(holder.post("/activation/code", do="send_email").text) == "too_many"
    site.clock.pass_by(days=1)
    holder.present(enrolment)
    assert state_of(holder.step("send_email")) == "one_time_enter"


def test_a_code_is_good_in_the_session_that_asked_for_it_and_in_no_other(post: VaultSite) -> None:
    _, _, rose = at_the_code(post, PROVED)
    _, _, iris = at_the_code(post, Contact(email="iris@exemple.fr", email_proved=True))
    rose.step("send_email")
    iris.step("send_email")
    of_rose, of_iris = (letter.code for letter in post.letters)
    if of_rose == of_iris:  # one in a million
        return
    assert said(iris.step("check", of_rose).text) == "wrong"
    assert state_of(rose.step("check", of_rose)) == "activated"


def test_a_session_without_the_slips_code_has_nothing_to_answer(post: VaultSite) -> None:
    _, _, holder = at_the_code(post, PROVED)
    holder.step("send_email")
    stranger = post.visit()
    assert state_of(stranger.step("check", post.letters[-1].code)) == "form"
    assert state_of(stranger.step("send_email")) == "form"
    assert len(post.letters) == 1


def test_a_new_code_kills_the_one_before(post: VaultSite) -> None:
    _, _, holder = at_the_code(post, PROVED)
    holder.step("send_email")
    post.clock.pass_by(seconds=60)
    holder.step("send_email")
    first, second = (letter.code for letter in post.letters)
    assert first == second or said(holder.step("check", first).text) == "wrong"
    assert state_of(holder.step("check", second)) == "activated"


def test_a_code_is_not_sent_again_within_a_minute(post: VaultSite) -> None:
    _, _, holder = at_the_code(post, PROVED)
    holder.step("send_email")
    post.clock.pass_by(seconds=59)
    answer = holder.step("send_email")
    assert (answer.status_code, said(answer.text), len(post.letters)) == (429, "too_soon", 1)


def test_starting_over_is_no_way_around_that_minute(post: VaultSite) -> None:
    _, enrolment, holder = at_the_code(post, PROVED)
    holder.step("send_email")
    other = post.visit()
    other.present(enrolment)
    assert said(other.step("send_email").text) == "too_soon"


def test_a_code_dies_after_its_ten_minutes(post: VaultSite) -> None:
    _, _, holder = at_the_code(post, PROVED)
    holder.step("send_email")
    post.clock.pass_by(minutes=10)
    assert said(holder.step("check", post.letters[-1].code).text) == "spent"


def test_an_activation_that_waits_half_an_hour_begins_again(post: VaultSite) -> None:
    _, _, holder = at_the_code(post, UNPROVED)
    post.clock.pass_by(minutes=30)
    assert state_of(holder.step("skip")) == "form"
    assert "passphrase" not in roles(post)


def test_a_contact_changed_meanwhile_ends_the_session(post: VaultSite) -> None:
    dossier, _, holder = at_the_code(post, PROVED)
    holder.step("send_email")
    post.take_change(dossier, contact=Contact(email="iris@exemple.fr"))
    assert state_of(holder.step("check", post.letters[-1].code)) == "form"
    assert "passphrase" not in roles(post)


def test_a_dossier_closed_meanwhile_is_not_activated(post: VaultSite) -> None:
    dossier, _, holder = at_the_code(post, UNPROVED)
    post.take_change(dossier, is_closed=True)
    assert state_of(holder.step("skip")) == "form"
    assert roles(post) == {"recovery"}


def test_a_slip_locked_meanwhile_is_not_activated(post: VaultSite) -> None:
    _, enrolment, holder = at_the_code(post, UNPROVED)
    for number in range(5):
        post.activate(enrolment.locator.grouped(), post.enrol().code.grouped(), address=f"198.51.100.{number}")
    assert state_of(holder.step("skip")) == "form"
    assert "passphrase" not in roles(post)


def test_a_key_renewed_meanwhile_asks_for_the_slip_again(post: VaultSite) -> None:
    dossier, enrolment, holder = at_the_code(post, UNPROVED)
    post.take_change(dossier, break_glass=False, decided_ms=5)
    assert state_of(holder.step("skip")) == "form"
    assert state_of(holder.present(enrolment)) == "one_time_choose"
    assert state_of(holder.step("skip")) == "activated"


def test_a_slip_of_which_the_one_time_code_was_missed_is_not_used_up(post: VaultSite) -> None:
    _, enrolment, holder = at_the_code(post, PROVED)
    holder.step("send_email")
    for number in range(3):
        holder.step("check", other_than(post.letters[-1].code, number))
    assert [(row["state"], row["wrong_tries"]) for row in post.rows(slips)] == [("live", 0)]
    post.clock.pass_by(minutes=2)
    holder.present(enrolment)
    holder.step("send_email")
    assert state_of(holder.step("check", post.letters[-1].code)) == "activated"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"])
def test_what_is_no_code_costs_no_try(post: VaultSite, typed: str) -> None:
    _, _, holder = at_the_code(post, PROVED)
    holder.step("send_email")
    answer = holder.step("check", typed)
    assert (answer.status_code, said(answer.text)) == (422, "empty")
    assert [row["wrong_tries"] for row in post.rows(challenges)] == [0]


def test_a_server_that_does_not_send_is_said_and_another_way_stays_open(post: VaultSite) -> None:
    _, _, holder = at_the_code(post, BOTH_PROVED)
    post.messenger.failure = "unreachable"
    answer = holder.step("send_email")
    assert (answer.status_code, said(answer.text)) == (503, "not_sent")
    post.messenger.failure = None
    assert state_of(holder.step("send_mobile")) == "one_time_enter"


# What is written where


def test_invariant_05_the_one_time_code_is_in_no_row_log_address_or_page(
    post: VaultSite, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    _, _, holder = at_the_code(post, PROVED)
    page = holder.step("send_email")
    code = post.letters[-1].code
    wrong = holder.step("check", other_than(code))
    written = written_by(post.engine)
    assert code.encode() not in written
    assert code not in caplog.text
    assert code not in page.text + wrong.text
    assert other_than(code) not in wrong.text


def test_the_page_shows_no_whole_address(post: VaultSite) -> None:
    _, _, holder = at_the_code(post, BOTH_PROVED)
    page = holder.client.get("/activation/code").text
    assert "r•••@e•••.fr" in page
    assert "•• •• •• •• 44" in page
    assert "rose@" not in page
    assert "3361122" not in page


def test_the_passphrase_that_waits_is_not_in_the_session(post: VaultSite) -> None:
    _, _, holder = at_the_code(post, PROVED)
    cookie = holder.client.get_cookie("central-vault-app")
    assert cookie is not None
    assert PASSPHRASE not in cookie.value


@pytest.mark.parametrize(
    ("language", "subject"),
    [("fr", "Votre code pour activer"), ("en", "Your code to activate"), ("ar", "رمزك لتفعيل")],
)
def test_message_and_page_speak_the_holders_language(post: VaultSite, language: str, subject: str) -> None:
    _, _, holder = at_the_code(post, PROVED, language=language)
    page = holder.step("send_email").text
    assert f'lang="{language}"' in page
    assert subject in (post.letters[-1].subject or "")


@pytest.mark.parametrize("minutes", [2, 11])
def test_a_code_lives_three_to_ten_minutes(post: VaultSite, minutes: int) -> None:
    with pytest.raises(SettingsError) as caught:
        VaultSettings(home=post.home, database_url="sqlite://", one_time_life=timedelta(minutes=minutes))
    assert caught.value.code == "one_time_minutes"
