"""Somebody who hears the screen: Chromium's accessibility tree through CDP, and keys on what it names. No pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

CONTROLS = frozenset({"button", "textbox", "checkbox", "radio", "link"})
LANDMARKS = frozenset({"banner", "main", "contentinfo"})


@dataclass(frozen=True, slots=True)
class Node:
    """One thing that is told: what it is, what it is called, where it stands."""

    role: str
    name: str
    level: int
    live: str
    is_focused: bool
    landmark: str
    backend_id: int


class ScreenReader:
    """Reads one page and touches by role and name."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._cdp = page.context.new_cdp_session(page)
        self._cdp.send("Accessibility.enable")
        self._cdp.send("DOM.enable")

    def nodes(self) -> list[Node]:
        """Everything that is told, in the order in which it is told."""
        raw = self._cdp.send("Accessibility.getFullAXTree")["nodes"]
        by_id = {node["nodeId"]: node for node in raw}
        found: list[Node] = []
        self._walk(raw[0], by_id, "", found)
        return found

    def in_main(self) -> list[Node]:
        """What belongs to the step itself."""
        return [node for node in self.nodes() if node.landmark == "main"]

    def activate(self, node: Node) -> None:
        """Go to it and press Enter."""
        self._cdp.send("DOM.focus", {"backendNodeId": node.backend_id})
        self._page.keyboard.press("Enter")

    def write(self, node: Node, text: str) -> None:
        """Go to it and type."""
        self._cdp.send("DOM.focus", {"backendNodeId": node.backend_id})
        self._page.keyboard.type(text)

    def _walk(self, node: dict[str, Any], by_id: dict[str, Any], landmark: str, found: list[Node]) -> None:
        role = str(node.get("role", {}).get("value", ""))
        if role in LANDMARKS:
            landmark = role
        if not node.get("ignored") and role not in {"none", "generic", "InlineTextBox"}:
            found.append(_node(node, role, landmark))
        for child in node.get("childIds", ()):
            if child in by_id:
                self._walk(by_id[child], by_id, landmark, found)


def _node(raw: dict[str, Any], role: str, landmark: str) -> Node:
    said = {one["name"]: one["value"].get("value") for one in raw.get("properties", ())}
    return Node(
        role=role,
        name=str(raw.get("name", {}).get("value", "")).strip(),
        level=int(said.get("level") or 0),
        live=str(said.get("live") or ""),
        is_focused=bool(said.get("focused")),
        landmark=landmark,
        backend_id=int(raw.get("backendDOMNodeId", 0)),
    )
