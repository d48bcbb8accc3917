"""What is spoken: every screen in every language, in its own words, and never a number."""

from __future__ import annotations

import dataclasses
import re

import pytest
from flask import Flask, render_template
from flask.testing import FlaskClient

from kiosk.app import create_app
from kiosk.enrolment.errors import VoiceError
from kiosk.enrolment.languages import load_languages
from kiosk.enrolment.ports import NoVoice, Passage
from kiosk.enrolment.presentation import picture
from kiosk.enrolment.speech import Sentence, passages, spoken
from kiosk.enrolment.steps import JourneyKind, Step
from kiosk.enrolment.texts import load_texts
from kiosk.enrolment.typography import with_plain_spaces
from kiosk.enrolment.views import SESSION
from tests.fakes.card_slot import card
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.programme import Programme
from tests.fakes.scenes import SCENES
from tests.fakes.speaker import RecordingVoice

LANGUAGES = tuple(load_languages())
EVERY_SCENE = [(kind, name) for kind, scenes in SCENES.items() for name in scenes]
PROGRAMME = Programme()
Spoken = dict[tuple[JourneyKind, str, str], list[str]]


def say(key: str, **values: object) -> str:
    return f"[{key.removeprefix('voice.')}{values.get('digit', '')} {values['label']}]"


def read(page: str, *, by_digits: bool = False) -> list[str]:
    return [sentence.text for sentence in spoken(page, say, by_digits=by_digits)]


# The rules, on small pages


def test_a_screen_is_read_from_top_to_bottom_a_sentence_a_block() -> None:
    assert read("<main><h1>Titre</h1><p>Un <b>mot</b></p><ul><li>Point</li></ul></main>") == [
        "Titre.",
        "Un, mot.",
        "Point.",
    ]


def test_a_complaint_is_said_first() -> None:
    assert read('<h1>Titre</h1><p role="alert">Faux.</p><p>Suite</p>') == ["Faux.", "Titre.", "Suite."]


@pytest.mark.parametrize(
    "silent",
    [
        "<div inert><p>Caché</p></div>",
        "<p hidden>Caché</p>",
        '<span aria-hidden="true">Caché</span>',
        '<p data-unspoken>Caché<img src="a.svg"></p>',
        "<script>caché()</script>",
        '<div class="keys keys--digits"><button>1</button></div>',
        '<input type="hidden" value="Caché">',
        '<input type="password" value="Caché">',
        '<span class="nir">1 85 •• •• ••• •••</span>',
    ],
)
def test_what_is_covered_hidden_or_private_is_not_spoken(silent: str) -> None:
    assert read(f"<div><p>Avant</p>{silent}<p>Après</p></div>") == ["Avant.", "Après."]


def test_a_label_is_spoken_instead_of_what_it_labels() -> None:
    assert read('<button aria-label="Changer : contact">Changer</button>') == ["[button Changer : contact]."]


def test_what_was_typed_is_said_back() -> None:
    assert read('<div><label>E-mail</label><input type="email" value="a@b.fr"></div>') == ["E-mail.", "a@b.fr."]


@pytest.mark.parametrize(
    "number",
    ["1 85 •• •• ••• •••", "185027540301234", "1 85 02 75 403 012 34", "1.85.02.75.403.012", "2 93 06 2A 004 005 38"],
)
def test_whatever_looks_like_a_national_number_is_not_spoken(number: str) -> None:
    assert read(f"<p>Numéro {number} fin</p>")[0].split() == ["Numéro", "fin."]


@pytest.mark.parametrize("harmless", ["06 12 34 56 78", "+262 692 12 34 56", "15", "2026-11", "12 points"])
def test_other_numbers_are_spoken(harmless: str) -> None:
    assert read(f"<p>{harmless}</p>") == [f"{harmless}."]


def test_a_date_is_not_spoken_with_its_strokes() -> None:
    assert read("<p>14/02/1985</p>") == ["14 02 1985."]


def test_answers_are_told_with_their_digit_where_digits_choose() -> None:
    page = (
        "<main><button data-choice>Oui</button><button data-choice>Non</button></main><button data-back>Retour</button>"
    )
    assert read(page, by_digits=True) == ["[key1 Oui].", "[key2 Non].", "[back Retour]."]
    assert read(page) == ["[button Oui].", "[button Non].", "[button Retour]."]


def test_a_tenth_answer_has_no_digit() -> None:
    page = "".join(f"<button data-choice>n{number}</button>" for number in range(1, 11))
    assert read(page, by_digits=True)[-2:] == ["[key9 n9].", "[button n10]."]


def test_a_tick_is_told_with_the_digit_of_its_box() -> None:
    page = '<label><input type="checkbox" data-choice><span>Je confirme</span></label>'
    assert read(page, by_digits=True) == ["[key1 Je confirme]."]


def test_what_is_chosen_already_is_said_so() -> None:
    assert read('<button aria-pressed="true">Fort</button>') == ["[button [chosen Fort]]."]


def test_a_name_in_another_language_is_left_to_its_own_voice() -> None:
    page = '<div lang="fr"><button data-choice lang="ar">العربية</button></div>'
    assert spoken(page, say, by_digits=True) == (Sentence("[key1 ].", "fr"), Sentence("العربية.", "ar"))


def test_neighbours_of_one_voice_are_one_passage() -> None:
    languages = [load_texts(code).language for code in ("fr", "en")]
    sentences = [Sentence("Un.", "fr"), Sentence("Deux.", "fr"), Sentence("Three.", "en"), Sentence("?", "xx")]
    assert [(one.text, one.voice) for one in passages(sentences, languages, languages[0])] == [
        ("Un.\nDeux.", "fr"),
        ("Three.", "en-gb"),
        ("?", "fr"),
    ]


# Every screen


@pytest.fixture(scope="module")
def every_screen() -> Spoken:
    """All that is spoken, by kind, scene and language; digits choose."""
    app = create_app(EnrolmentRig(JourneyKind.HALL, PROGRAMME).session, secret_key=b"x" * 32)
    heard: Spoken = {}
    for kind, name in EVERY_SCENE:
        rig = EnrolmentRig(kind, PROGRAMME)
        SCENES[kind][name](rig)
        app.extensions[SESSION] = rig.session
        heard |= {(kind, name, language): spoken_on(app, rig, name, language) for language in LANGUAGES}
    return heard


def spoken_on(app: Flask, rig: EnrolmentRig, name: str, language: str) -> list[str]:
    rig.session.choose_comfort("language", language)
    rig.session.choose_comfort("keypad", "on")
    if name == "still-there":
        rig.wait(50)
    with app.test_request_context("/"):
        shown = picture(rig.session)
        page = render_template("enrolment/screen.html", **shown)
        return [one.text for one in spoken(page, shown["t"], by_digits=True)]


def test_every_screen_has_something_to_say_in_every_language(every_screen: Spoken) -> None:
    assert [where for where, said in every_screen.items() if len(said) < 2] == []


def test_no_screen_speaks_a_number_of_a_person(every_screen: Spoken) -> None:
    number = card().persons[0].nir
    assert number is not None
    digits = {where: re.sub(r"\D", "", " ".join(said)) for where, said in every_screen.items()}
    assert [where for where, said in digits.items() if number.body in said] == []
    assert [where for where, said in every_screen.items() if "•" in " ".join(said)] == []


def test_every_step_is_among_the_screens_that_were_heard() -> None:
    heard = {name.split("-")[0] for _, name in EVERY_SCENE}
    unheard = {step.value for step in Step} - heard
    assert unheard <= {"oppose", "aim", "day", "panel_pin", "panel"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_answers_of_a_question_are_told_with_their_digits(every_screen: Spoken, language: str) -> None:
    texts = load_texts(language)
    said = every_screen[JourneyKind.HALL, "consent", language]
    question = texts.evidence["creation"]
    for digit, label in ((1, question.accept), (2, question.refuse)):
        assert any(str(digit) in one and with_plain_spaces(label) in one for one in said)
    assert any(with_plain_spaces(question.title) in one for one in said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_notice_is_read(every_screen: Spoken, language: str) -> None:
    said = " ".join(every_screen[JourneyKind.HALL, "notice", language])
    notice = load_texts(language).notice
    long = [paragraph for section in notice.sections for paragraph in section.paragraphs]
    assert all(with_plain_spaces(words) in said for words in (*notice.points, *long))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_warning_is_spoken_alone(every_screen: Spoken, language: str) -> None:
    said = every_screen[JourneyKind.HALL, "still-there", language]
    texts = load_texts(language)
    assert said[0] == with_plain_spaces(texts.screens["veil.title"])
    assert not any(with_plain_spaces(texts.evidence["creation"].title) in one for one in said)


# The route


@dataclasses.dataclass
class Heard:
    """A terminal with a voice that notes what it is asked to say."""

    rig: EnrolmentRig
    client: FlaskClient
    voice: RecordingVoice

    def ask(self, revision: int | None = None) -> int:
        """Ask for the sound of a revision, the present one unless told; the status."""
        now = self.rig.session.screen().revision if revision is None else revision
        return self.client.get(f"/voix?revision={now}").status_code


@pytest.fixture
def heard() -> Heard:
    voice = RecordingVoice()
    rig = EnrolmentRig(JourneyKind.HALL, PROGRAMME, voice=voice)
    return Heard(rig, create_app(rig.session, secret_key=b"x" * 32).test_client(), voice)


def test_nothing_is_spoken_before_somebody_asks_for_it(heard: Heard) -> None:
    assert heard.ask() == 404
    assert heard.voice.said == []


def test_the_screen_is_spoken_in_the_voice_of_its_language(heard: Heard) -> None:
    heard.rig.session.choose_comfort("voice", "on")
    answer = heard.client.get(f"/voix?revision={heard.rig.session.screen().revision}")
    assert (answer.status_code, answer.mimetype) == (200, "audio/wav")
    assert answer.headers["Cache-Control"] == "no-store"
    assert heard.voice.said[0].voice == "fr"
    assert load_texts().screens["attract.title"] in heard.voice.said[0].text


def test_a_screen_that_is_gone_is_not_spoken(heard: Heard) -> None:
    heard.rig.session.choose_comfort("voice", "on")
    gone = heard.rig.session.screen().revision
    heard.rig.go(Step.WHO)
    assert heard.ask(gone) == 404
    assert heard.voice.said == []


def test_the_next_person_finds_a_silent_screen(heard: Heard) -> None:
    heard.rig.go(Step.CONSENT)
    heard.rig.session.choose_comfort("voice", "on")
    assert heard.ask() == 200
    heard.rig.session.leave(heard.rig.touch())
    heard.rig.pull()
    assert heard.ask() == 404


def test_a_voice_that_fails_is_silence_and_the_screen_goes_on(heard: Heard, caplog: pytest.LogCaptureFixture) -> None:
    heard.rig.go(Step.WHO)
    heard.rig.session.choose_comfort("voice", "on")
    heard.voice.error = VoiceError("took too long")
    assert heard.ask() == 404
    assert "took too long" in caplog.text
    assert "CAMILLE" not in caplog.text
    assert heard.client.get("/").status_code == 200


def test_a_terminal_without_a_voice_does_not_offer_it() -> None:
    rig = EnrolmentRig(JourneyKind.HALL, PROGRAMME)
    rig.session.choose_comfort("menu", "open")
    page = create_app(rig.session, secret_key=b"x" * 32).test_client().get("/").get_data(as_text=True)
    assert "comfort-voice-on" not in page
    assert not NoVoice().is_there
    with pytest.raises(VoiceError):
        NoVoice().speak([Passage("Bonjour.", "fr")])


def test_a_terminal_with_a_voice_offers_it(heard: Heard) -> None:
    heard.rig.session.choose_comfort("menu", "open")
    assert "comfort-voice-on" in heard.client.get("/").get_data(as_text=True)
