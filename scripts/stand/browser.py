"""A browser without a screen: follows links, fills and sends forms, keeps cookies, says where a request comes from.

It does what a person with a browser and no script does: it sees what the server wrote, and touches what is there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx2

_TIMEOUT_S = 30.0
_TICKABLE = frozenset({"checkbox", "radio"})


class BrowserError(Exception):
    """What was to be touched is not on the page; the message names the page's elements, never their values."""


@dataclass(slots=True)
class Form:
    """One form: where it goes, what it would send as it stands."""

    action: str
    method: str
    test: str | None
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Touchable:
    """A link, or a button with its form and its own name and value."""

    href: str | None = None
    form: Form | None = None
    name: str | None = None
    value: str = ""
    ticks: bool = False
    action: str | None = None


@dataclass(slots=True)
class Page:
    """A page as read: its step, its touchable elements by their ``data-test``, its text."""

    url: str
    status: int
    step: str | None = None
    touchables: dict[str, Touchable] = field(default_factory=dict)
    forms: list[Form] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    text: str = ""


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self._form: Form | None = None
        self._by_id: dict[str, Form] = {}
        self._open: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        test = given.get("data-test")
        if tag == "main":
            self.page.step = given.get("data-step") or given.get("data-state")
        elif tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower(), test)
            self.page.forms.append(self._form)
            self._by_id[given.get("id", "")] = self._form
        elif tag == "a" and test:
            self.page.touchables[test] = Touchable(href=given.get("href"))
        elif tag == "button" or (tag == "input" and given.get("type") == "submit"):
            self._button(given, test)
        elif tag in {"input", "textarea", "select"}:
            self._field(given, test)
        if tag not in {"input", "meta", "link", "br", "img", "hr", "source"}:
            self._open.append((tag, test))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass
        if tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        self.page.text += data
        for _, test in self._open:
            if test:
                self.page.texts[test] = self.page.texts.get(test, "") + data

    def _owner(self, given: dict[str, str]) -> Form | None:
        return self._by_id.get(given["form"], self._form) if "form" in given else self._form

    def _button(self, given: dict[str, str], test: str | None) -> None:
        form = self._owner(given)
        key = test or (form.test or form.action if form else None)
        if form and given.get("type", "submit") == "submit" and "disabled" not in given and key:
            touchable = Touchable(
                form=form, name=given.get("name"), value=given.get("value", ""), action=given.get("formaction")
            )
            self.page.touchables.setdefault(key, touchable)
            if form.test:
                self.page.touchables.setdefault(form.test, touchable)

    def _field(self, given: dict[str, str], test: str | None) -> None:
        form, name = self._owner(given), given.get("name")
        if form is None or name is None:
            return
        kind = given.get("type", "text")
        if kind in _TICKABLE:
            if "checked" in given:
                form.fields[name] = given.get("value", "on")
            if test:
                self.page.touchables[test] = Touchable(form=form, name=name, value=given.get("value", "on"), ticks=True)
        else:
            form.fields[name] = given.get("value", "")
            if test:
                self.page.touchables[test] = Touchable(form=form, name=name, ticks=True)


class Browser:
    """One window: ``page`` is what it shows."""

    def __init__(self, address: str) -> None:
        self._client = httpx2.Client(
            base_url=address,
            trust_env=False,
            timeout=_TIMEOUT_S,
            follow_redirects=True,
            headers={"Accept": "text/html"},
        )
        self._origin = address.rstrip("/")
        self.page = Page(address, 0)

    def close(self) -> None:
        """Close the window."""
        self._client.close()

    def open(self, path: str) -> Page:
        """Go to an address of this origin."""
        return self._show(self._client.get(path, headers={"Sec-Fetch-Site": "none"}))

    def touch(self, test: str, **values: str) -> Page:
        """Touch the element with that ``data-test``; ``values`` are typed into its form's fields first."""
        found = self._find(test)
        if found.form is None:
            return self.open(urljoin(self.page.url, found.href or ""))
        if found.ticks:
            found.form.fields[found.name or ""] = values.get("value", found.value)
            return self.page
        data = found.form.fields | values
        if found.name:
            data[found.name] = found.value
        return self._send(found.action or found.form.action, found.form.method, data)

    def fill(self, test: str, text: str) -> None:
        """Type into the field with that ``data-test``."""
        self.touch(test, value=text)

    def has(self, test: str) -> bool:
        """Whether the page shows such an element."""
        return test in self.page.touchables

    def post(self, path: str, data: dict[str, str]) -> httpx2.Response:
        """What a script of the page would send: the page's CSRF token goes along."""
        tokens = [form.fields["csrf"] for form in self.page.forms if "csrf" in form.fields]
        return self._client.post(path, data={"csrf": tokens[0]} | data if tokens else data, headers=self._ours())

    def get_json(self, path: str) -> object:
        """A document that a script of the page would fetch."""
        answer = self._client.get(path, headers={"Sec-Fetch-Site": "same-origin", "Accept": "application/json"})
        answer.raise_for_status()
        return answer.json()

    def _find(self, test: str) -> Touchable:
        if test not in self.page.touchables:
            there = ", ".join(sorted(self.page.touchables)) or "nothing to touch"
            raise BrowserError(f"{self.page.url}: no element {test!r} on step {self.page.step!r}; there is: {there}")
        return self.page.touchables[test]

    def _send(self, action: str, method: str, data: dict[str, str]) -> Page:
        url = urljoin(self.page.url, action or self.page.url)
        if method == "get":
            return self._show(self._client.get(url, params=data, headers=self._ours()))
        return self._show(self._client.post(url, data=data, headers=self._ours()))

    def _ours(self) -> dict[str, str]:
        parts = urlsplit(self._origin)
        return {"Sec-Fetch-Site": "same-origin", "Origin": f"{parts.scheme}://{parts.netloc}"}

    def _show(self, answer: httpx2.Response) -> Page:
        self.page = Page(str(answer.url), answer.status_code)
        reader = _Reader(self.page)
        reader.feed(answer.text)
        reader.close()
        return self.page
