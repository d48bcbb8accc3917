"""The browser without a screen, against a small real site: what a person's browser would send, and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from browser import Browser, BrowserError

PAGE = b"""<!doctype html><html><body><main data-step="contact"><h1>Title</h1>
<p data-test="complaint">Too <b>short</b></p>
<form method="post" action="/touch/contact/give" data-test="contact">
  <input type="hidden" name="csrf" value="token-1"><input name="email" value="a@b.fr" data-test="email">
  <input type="checkbox" name="agreed" value="1" data-test="agreed"><input type="checkbox" name="news" checked>
  <button type="button" data-test="key-7">7</button>
  <button data-test="give" name="how" value="now">Go</button>
</form>
<form method="post" action="/touch/contact/none"><input type="hidden" name="csrf" value="token-1">
  <button data-test="none">None</button><button disabled data-test="off">Off</button></form>
<a href="/elsewhere" data-test="link">Elsewhere</a></main></body></html>"""


class Site(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.heard: list[tuple[str, str, str, dict[str, str]]] = []


class _Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.server.heard.append((self.command, self.path, body, dict(self.headers)))
        if self.path == "/touch/contact/none":
            self.send_response(303)
            self.send_header("Location", "/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(404 if self.path == "/elsewhere" else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Set-Cookie", "terminal=abc")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    do_POST = do_GET  # noqa: N815 - the name http.server looks for

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def browser(site: Site) -> Iterator[Browser]:
    window = Browser(f"http://127.0.0.1:{site.server_port}")
    window.open("/")
    yield window
    window.close()


def test_it_reads_the_step_and_the_texts(browser: Browser) -> None:
    assert (browser.page.step, browser.page.texts["complaint"]) == ("contact", "Too short")


def test_a_form_is_sent_as_it_stands_with_what_was_typed_and_the_button_touched(browser: Browser, site: Site) -> None:
    browser.fill("email", "c@d.fr")
    browser.touch("give")
    assert site.heard[-1][:3] == ("POST", "/touch/contact/give", "csrf=token-1&email=c%40d.fr&news=on&how=now")


def test_an_unticked_box_is_not_sent_and_a_ticked_one_is(browser: Browser, site: Site) -> None:
    browser.touch("agreed")
    browser.touch("give")
    assert "agreed=1" in site.heard[-1][2]


def test_it_says_that_it_comes_from_the_page_and_keeps_its_cookie(browser: Browser, site: Site) -> None:
    browser.touch("give")
    headers = site.heard[-1][3]
    assert (headers["Sec-Fetch-Site"], headers["Cookie"]) == ("same-origin", "terminal=abc")
    assert headers["Origin"] == f"http://127.0.0.1:{site.server_port}"


def test_a_redirection_after_a_touch_is_followed_to_the_page(browser: Browser, site: Site) -> None:
    assert browser.touch("none").step == "contact"
    assert [(method, path) for method, path, _, _ in site.heard[-2:]] == [("POST", "/touch/contact/none"), ("GET", "/")]


def test_a_link_is_followed_and_its_status_kept(browser: Browser) -> None:
    assert browser.touch("link").status == 404


@pytest.mark.parametrize("test", ["off", "key-7", "nowhere"])
def test_what_cannot_be_touched_is_said_with_what_can(browser: Browser, test: str) -> None:
    with pytest.raises(BrowserError, match="give, link, none"):
        browser.touch(test)


def test_a_script_of_the_page_sends_the_pages_token(browser: Browser, site: Site) -> None:
    browser.post("/demo/insert", {"card": "marie"})
    assert site.heard[-1][2] == "csrf=token-1&card=marie"
