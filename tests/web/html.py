"""What every page must be, whatever it says; called for each page that a test reads."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from itertools import pairwise
from typing import Any

from bs4 import BeautifulSoup
from bs4.builder._html5lib import HTML5TreeBuilder, TreeBuilderForHtml5lib
from werkzeug.test import TestResponse

from web.security import CONTENT_SECURITY_POLICY

LANGUAGES = {"zh-Hans", "en"}
EVENT_ATTRIBUTE = re.compile(r"on[a-z]+|hx-on.*")
TOKEN = re.compile(r'<input[^>]* name="csrf_token"[^>]* value="([^"]+)"')
CONTROLS = ["input", "select", "textarea"]


class Tree(TreeBuilderForHtml5lib):
    """What a page is read into; keeps what the reader found wrong with its syntax."""

    errors: list[Any] | None = None

    def getDocument(self) -> Any:  # noqa: N802 (html5lib calls it so at the end of the text)
        self.errors = self.parser.errors
        return super().getDocument()


class Builder(HTML5TreeBuilder):
    def create_treebuilder(self, namespaceHTMLElements: bool) -> Tree:
        self.tree = Tree(namespaceHTMLElements, self.soup, store_line_numbers=False)
        self.underlying_builder = self.tree
        return self.tree


def parsed(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "html5lib")


def token_in(page: str) -> str:
    """Return the token of the forms in the main part of a page, which is the same in all of them.

    It is looked for in the text: to read every page as a tree for it took a quarter of the time.
    """
    found = TOKEN.search(page.partition("<main")[2])
    assert found is not None, "the page has no form that can be sent"
    return unescape(found[1])


def check_page(response: TestResponse) -> BeautifulSoup:
    """Check a whole page and return it."""
    soup = read_without_error(response.get_data(as_text=True))
    check_head(soup)
    check_ids(soup)
    check_forms(soup)
    check_labels(soup)
    check_no_inline_code(soup)
    check_headings(soup)
    assert response.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "HX-Request" in response.headers["Vary"]
    return soup


def read_without_error(text: str) -> BeautifulSoup:
    """Read a page, once: the reader notes every error of syntax on the way."""
    builder = Builder()
    soup = BeautifulSoup(text, builder=builder)
    assert builder.tree.errors == [], builder.tree.errors
    return soup


def check_head(soup: BeautifulSoup) -> None:
    assert soup.html is not None
    assert soup.html["lang"] in LANGUAGES
    assert len(soup.find_all("h1")) == 1
    heading = " ".join(soup.h1.get_text().split())
    assert heading
    assert " ".join(soup.title.get_text().split()).startswith(heading)
    assert len(soup.find_all("main")) == 1
    assert soup.select_one("a.skip-link")["href"] == "#main"


def check_ids(soup: BeautifulSoup) -> None:
    ids = Counter(tag["id"] for tag in soup.find_all(id=True))
    assert [name for name, count in ids.items() if count > 1] == []
    pointing = [
        (name, target)
        for name in ("aria-describedby", "aria-labelledby", "for", "list")
        for tag in soup.find_all(attrs={name: True})
        for target in tag[name].split()
    ]
    assert [(name, target) for name, target in pointing if target not in ids] == []


def check_forms(soup: BeautifulSoup) -> None:
    for form in soup.find_all("form"):
        assert form.get("action"), f"a form without action: {form.attrs}"
        if form.get("method", "get").lower() == "post":
            token = form.select_one('input[name="csrf_token"]')
            assert token is not None, f"no token: {form['action']}"
            assert token["value"]


def check_labels(soup: BeautifulSoup) -> None:
    labelled = {tag["for"] for tag in soup.find_all("label", attrs={"for": True})}
    for control in soup.find_all(CONTROLS):
        if control.get("type") in {"hidden", "submit"}:
            continue
        named = control.get("id") in labelled or control.find_parent("label") is not None
        assert named, f"no label: {control.attrs}"


def check_no_inline_code(soup: BeautifulSoup) -> None:
    for tag in soup.find_all(True):
        assert "style" not in tag.attrs, f"inline style: {tag}"
        assert not [name for name in tag.attrs if EVENT_ATTRIBUTE.fullmatch(name)], tag.attrs
        assert tag.name != "style"
        assert tag.name != "script" or tag.get("src"), "inline script"
        for name in ("src", "href", "action"):
            assert not str(tag.get(name, "")).lower().startswith("javascript:")


def check_headings(soup: BeautifulSoup) -> None:
    """Levels go down one at a time, so that a screen reader's outline has no holes."""
    levels = [int(tag.name[1]) for tag in soup.main.find_all(re.compile(r"h[1-6]"))]
    jumps = [(a, b) for a, b in pairwise(levels) if b > a + 1]
    assert jumps == []
