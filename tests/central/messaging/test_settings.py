from __future__ import annotations

from pathlib import Path

import pytest

from central.messaging.errors import MessagingSetupError
from central.messaging.routes import MailRoute, MailSecurity
from central.messaging.settings import NO_MESSAGES, messaging_settings

MAIL = {"V_SMTP_URL": "smtps://mail.exemple.fr", "V_MAIL_FROM": "ne-pas-repondre@dmp.example"}


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_text("motdepasse-fictif\n")
    path.chmod(0o600)
    return path


def code_of(given: dict[str, str]) -> str:
    with pytest.raises(MessagingSetupError) as refused:
        messaging_settings(given, "V_")
    return refused.value.code


def test_nothing_set_is_nothing_sent() -> None:
    assert messaging_settings({}, "V_") == NO_MESSAGES
    assert messaging_settings(MAIL, "OTHER_") == NO_MESSAGES


@pytest.mark.parametrize(
    ("url", "route"),
    [
        ("smtps://mail.exemple.fr", MailRoute("mail.exemple.fr", 465, MailSecurity.TLS)),
        ("smtps://mail.exemple.fr:4650", MailRoute("mail.exemple.fr", 4650, MailSecurity.TLS)),
        ("smtp://mail.exemple.fr", MailRoute("mail.exemple.fr", 587, MailSecurity.STARTTLS)),
        ("smtp://127.0.0.1:2525", MailRoute("127.0.0.1", 2525, MailSecurity.PLAIN)),
        ("smtp://[::1]:2525", MailRoute("::1", 2525, MailSecurity.PLAIN)),
        ("smtps://localhost", MailRoute("localhost", 465, MailSecurity.TLS)),
    ],
)
def test_plain_text_leads_to_this_machine_only(url: str, route: MailRoute) -> None:
    mail = messaging_settings(MAIL | {"V_SMTP_URL": url}, "V_").mail
    assert mail is not None
    assert mail.route == route


@pytest.mark.parametrize(
    "url",
    [
        "mail.exemple.fr",
        "https://mail.exemple.fr",
        "smtp://",
        "smtp://u:p@h",
        "smtp://h/x",
        "smtp://h:0x",
        "smtp://[::1",
    ],
)
def test_what_is_no_mail_server_is_refused(url: str) -> None:
    assert code_of(MAIL | {"V_SMTP_URL": url}) == "smtp_url"


def test_a_mail_server_needs_a_sender() -> None:
    assert code_of({"V_SMTP_URL": "smtps://mail.exemple.fr"}) == "messaging_setup"


def test_secrets_come_from_files_of_their_user_alone(secret: Path) -> None:
    given = MAIL | {"V_SMTP_USER": "dmp", "V_SMTP_PASSWORD_FILE": str(secret)}
    mail = messaging_settings(given, "V_").mail
    assert mail is not None
    assert mail.password == "motdepasse-fictif"
    secret.chmod(0o640)
    assert code_of(given) == "secret_mode"


def test_a_user_without_a_password_is_refused() -> None:
    assert code_of(MAIL | {"V_SMTP_USER": "dmp"}) == "messaging_setup"


@pytest.mark.parametrize("content", ["", "two\nlines"])
def test_a_file_without_one_line_holds_no_secret(secret: Path, content: str) -> None:
    secret.write_text(content)
    assert code_of(MAIL | {"V_SMTP_USER": "dmp", "V_SMTP_PASSWORD_FILE": str(secret)}) == "messaging_setup"


def test_a_gateway_elsewhere_needs_https_and_a_token(secret: Path) -> None:
    token = {"V_SMS_TOKEN_FILE": str(secret)}
    assert code_of({"V_SMS_URL": "https://sms.exemple.fr"}) == "messaging_setup"
    assert code_of({"V_SMS_URL": "http://sms.exemple.fr"} | token) == "sms_url"
    sms = messaging_settings({"V_SMS_URL": "https://sms.exemple.fr/v1/sms"} | token, "V_").sms
    assert sms is not None
    assert (sms.url, sms.token) == ("https://sms.exemple.fr/v1/sms", "motdepasse-fictif")


@pytest.mark.parametrize("fields", ["to,text", "to,to,from", "to,te xt,from", ",,"])
def test_fields_that_are_no_three_names_are_refused(fields: str) -> None:
    assert code_of({"V_SMS_URL": "http://127.0.0.1/sms", "V_SMS_FIELDS": fields}) == "sms_fields"


@pytest.mark.parametrize("seconds", ["0", "0.5", "11", "-1", "x", "1e9", "nan"])
def test_a_deadline_that_is_none_is_refused(seconds: str) -> None:
    assert code_of({"V_MESSAGE_DEADLINE": seconds}) == "messaging_setup"


def test_no_refusal_repeats_what_was_set() -> None:
    with pytest.raises(MessagingSetupError) as refused:
        messaging_settings(MAIL | {"V_SMTP_URL": "smtp://user:geheim@mail"}, "V_")
    assert "geheim" not in str(refused.value)
