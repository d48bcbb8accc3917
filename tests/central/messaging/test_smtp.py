"""E-mails, handed to a mail server that others wrote."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest

from central.messaging.errors import NotSentError
from central.messaging.routes import MailRoute, MailSecurity
from central.messaging.settings import MailSettings
from central.messaging.smtp import SmtpMail, write_email
from tests.fakes.http_central import self_signed
from tests.fakes.mail_server import PASSWORD, USER, mail_server, silent_server

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SENDER, TO = "ne-pas-repondre@dmp.example", "marie@exemple.fr"


def mail(
    port: int,
    security: MailSecurity = MailSecurity.PLAIN,
    *,
    trusting: Path | None = None,
    password: str | None = None,
    timeout_s: float = 5.0,
) -> SmtpMail:
    settings = MailSettings(
        route=MailRoute("127.0.0.1", port, security), sender=SENDER, user=password and USER, password=password
    )
    return SmtpMail(settings, ssl.create_default_context(cafile=trusting), clock=lambda: AT, timeout_s=timeout_s)


def code_of(mailer: SmtpMail, to: str = TO) -> str:
    with pytest.raises(NotSentError) as refused:
        mailer.send(to, "Sujet", "Texte")
    return refused.value.code


def test_arabic_and_french_arrive_as_they_were_written() -> None:
    with mail_server() as server:
        mail(server.port).send(TO, "رمزك للملف الطبي", "Voici votre écran : أدخله\n123456\n")
        [taken] = server.taken
    assert taken.message["Subject"] == "رمزك للملف الطبي"
    assert taken.message.get_content().replace("\r\n", "\n") == "Voici votre écran : أدخله\n123456\n"
    assert all(byte < 128 for byte in taken.raw)


def test_the_headers_say_who_when_and_that_no_answer_is_awaited() -> None:
    with mail_server() as server:
        mail(server.port).send(TO, "Sujet", "Texte")
        [taken] = server.taken
    headers = taken.message
    assert (headers["From"], headers["To"], headers["Auto-Submitted"]) == (SENDER, TO, "auto-generated")
    assert headers["Date"].datetime == AT
    assert headers["Message-ID"].endswith("@dmp.example>")
    assert (taken.sender, taken.recipients) == (SENDER, [TO])


@pytest.mark.parametrize(
    "address",
    [
        "marie@exemple.fr\r\nBcc: victime@exemple.fr",
        "marie@exemple.fr\nSubject: autre",
        "marie@exemple.fr, victime@exemple.fr",
        "marie@exemple.fr> RCPT TO:<victime@exemple.fr",
        '"a b"@exemple.fr',
        "marie",
        "",
    ],
)
def test_an_address_that_carries_a_header_or_a_second_recipient_goes_nowhere(address: str) -> None:
    with mail_server() as server:
        assert code_of(mail(server.port), address) == "recipient"
        assert server.taken == []


def test_a_line_break_in_a_subject_begins_no_header() -> None:
    message = write_email(SENDER, TO, "Sujet\r\nBcc: victime@exemple.fr", "Texte", at=AT)
    assert message["Bcc"] is None
    assert message["Subject"] == "Sujet Bcc: victime@exemple.fr"


def test_a_domain_beyond_ascii_is_written_as_the_network_knows_it() -> None:
    assert write_email(SENDER, "marie@exämple.fr", "Sujet", "Texte", at=AT)["To"] == "marie@xn--exmple-cua.fr"


def test_starttls_comes_before_the_login_and_the_message(tmp_path: Path) -> None:
    public, context = self_signed(tmp_path, "mail")
    with mail_server(starttls=context, login=True) as server:
        mail(server.port, MailSecurity.STARTTLS, trusting=public, password=PASSWORD).send(TO, "Sujet", "Texte")
        [taken] = server.taken
    assert (taken.encrypted, taken.logged_in) == (True, True)


def test_tls_from_the_first_byte(tmp_path: Path) -> None:
    public, context = self_signed(tmp_path, "mail")
    with mail_server(tls=context) as server:
        mail(server.port, MailSecurity.TLS, trusting=public).send(TO, "Sujet", "Texte")
        [taken] = server.taken
    assert taken.encrypted


def test_a_server_that_does_not_offer_starttls_gets_nothing_in_clear() -> None:
    with mail_server() as server:
        assert code_of(mail(server.port, MailSecurity.STARTTLS)) == "unreachable"
        assert server.taken == []


@pytest.mark.parametrize("security", [MailSecurity.TLS, MailSecurity.STARTTLS])
def test_a_server_nobody_vouches_for_gets_nothing(security: MailSecurity, tmp_path: Path) -> None:
    _, context = self_signed(tmp_path, "impostor")
    given = {"tls": context} if security is MailSecurity.TLS else {"starttls": context}
    with mail_server(**given) as server:
        assert code_of(mail(server.port, security)) == "unreachable"
        assert server.taken == []


def test_a_wrong_password_is_a_refusal(tmp_path: Path) -> None:
    public, context = self_signed(tmp_path, "mail")
    with mail_server(starttls=context, login=True) as server:
        assert code_of(mail(server.port, MailSecurity.STARTTLS, trusting=public, password="faux")) == "refused"


def test_a_server_that_will_not_take_the_message_is_a_refusal() -> None:
    with mail_server() as server:
        server.refusal = "554 no"
        assert code_of(mail(server.port)) == "refused"


def test_an_unknown_recipient_is_told_apart() -> None:
    with mail_server() as server:
        server.stranger = "550 no such user"
        assert code_of(mail(server.port)) == "recipient"


def test_a_server_that_never_answers_is_silent() -> None:
    with silent_server() as port:
        assert code_of(mail(port, timeout_s=0.2)) == "silent"


def test_a_port_where_nobody_listens_is_unreachable() -> None:
    with silent_server() as port:
        pass
    assert code_of(mail(port)) == "unreachable"


def test_no_error_and_no_repr_tells_address_or_password() -> None:
    mailer = mail(1, password=PASSWORD)
    with pytest.raises(NotSentError) as refused:
        mailer.send(TO, "Sujet", "Texte 123456")
    told = str(refused.value) + repr(mailer._settings)
    assert not any(word in told for word in (TO, "123456", PASSWORD))
