"""Walk the site as somebody new does, and count what they fill in and what they press.

Links are followed from page to page and forms are sent as they stand, with what they hold by
themselves: nothing is counted that a person would not do. A field is an answer that is typed,
chosen or ticked; a click is a link that is followed or a button that is pressed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from tests.web.html import check_page


@dataclass
class Walk:
    """A visit that counts."""

    client: FlaskClient
    n_fields: int = 0
    n_clicks: int = 0
    path: str = ""
    page: BeautifulSoup = field(default_factory=BeautifulSoup)
    typed: dict[str, str] = field(default_factory=dict)

    @classmethod
    def begin(cls, client: FlaskClient) -> Walk:
        """Open the landing page, which is no click."""
        walk = cls(client)
        walk.open("/")
        return walk

    def open(self, address: str) -> None:
        answer = self.client.get(address, follow_redirects=True)
        assert answer.status_code == 200, answer.text
        self.page, self.path, self.typed = check_page(answer), answer.request.path, {}

    def follow(self, selector: str) -> None:
        """Press a link of the page that is shown."""
        link = self.page.select_one(selector)
        assert link is not None, f"{selector} on {self.path}"
        self.n_clicks += 1
        self.open(str(link["href"]))

    def fill(self, answers: Mapping[str, str]) -> None:
        """Answer fields of the page that is shown, each of which must be there."""
        for name, answer in answers.items():
            control = self.page.select_one(f'main [name="{name}"]')
            assert control is not None, f"{name} on {self.path}"
            assert control.get("type") != "hidden", name
            self.n_fields += 1
            self.typed[name] = answer

    def press(self, selector: str) -> None:
        """Press a button: its form is sent as it stands with what was answered."""
        button = self.page.select_one(selector)
        assert button is not None, f"{selector} on {self.path}"
        own = button.get("form")
        form = self.page.select_one(f"form#{own}") if own else button.find_parent("form")
        assert form is not None
        sent = self.values_of(form)
        if button.get("name"):
            sent.add(str(button["name"]), str(button.get("value", "")))
        self.n_clicks += 1
        action = str(button.get("formaction") or form["action"])
        if str(form.get("method", "get")).lower() == "post":
            answer = self.client.post(action, data=sent, follow_redirects=True)
        else:
            answer = self.client.get(action, query_string=sent, follow_redirects=True)
        assert answer.status_code == 200, answer.text
        self.page, self.path, self.typed = check_page(answer), answer.request.path, {}

    def values_of(self, form: Tag) -> MultiDict[str, str]:
        """Return what a form holds by itself, and what was answered in place of it."""
        held: MultiDict[str, str] = MultiDict()
        for control in form.select("[name]"):
            name = str(control["name"])
            if name not in self.typed:
                for value in own_values(control):
                    held.add(name, value)
        for name, answer in self.typed.items():
            held.add(name, answer)
        return held


def own_values(control: Tag) -> list[str]:
    """Return what a control sends where nobody touches it."""
    if control.name == "button" or control.get("type") in {"submit", "file"}:
        return []
    if control.name == "textarea":
        return [control.get_text().removeprefix("\n")]
    if control.name == "select":
        options = control.select("option[selected]") or control.select("option")[:1]
        return [str(option.get("value", option.get_text())) for option in options]
    if control.get("type") in {"checkbox", "radio"} and not control.has_attr("checked"):
        return []
    return [str(control.get("value", ""))]
