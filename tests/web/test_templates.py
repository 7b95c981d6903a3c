"""Templates: each one parses and is used, and none holds what a page may not."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from matcher.settings import PROJECT

WEB = PROJECT / "web"
TEMPLATES = WEB / "templates"
NAMED = re.compile(r"[\"']([a-z/_]+\.html)[\"']")
# Pages that capabilities and bases share by name: each has one in its own folder.
OF_A_FLOW = re.compile(r"pages/\{flow\.folder\}/([a-z_]+\.html)")
FLOW = re.compile(r"folder=\"([a-z]+)\"")


def templates() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))


def test_every_template_parses(site: Flask) -> None:
    names = [path.relative_to(TEMPLATES).as_posix() for path in templates()]
    assert len(names) > 15
    for name in names:
        assert site.jinja_env.get_template(name).name == name


def test_every_template_is_used() -> None:
    sources = [*WEB.rglob("*.py"), *templates()]
    texts = [path.read_text("utf-8") for path in sources]
    used = {name for text in texts for name in NAMED.findall(text)}
    folders = {folder for text in texts for folder in FLOW.findall(text)}
    of_flows = {name for text in texts for name in OF_A_FLOW.findall(text)}
    used |= {f"pages/{folder}/{name}" for folder in folders for name in of_flows}
    unused = [path for path in templates() if path.relative_to(TEMPLATES).as_posix() not in used]
    plain = TEMPLATES / "errors" / "500.html"  # read as text when the site starts
    assert unused == [plain]


def test_no_template_turns_off_escaping() -> None:
    found = [
        path.name
        for path in templates()
        if re.search(r"\|\s*safe\b|autoescape", path.read_text("utf-8"))
    ]
    assert found == []


def test_no_template_uses_what_the_policy_forbids() -> None:
    forbidden = re.compile(r"\sstyle=|\son[a-z]+=|hx-on|hx-vals=.js|<style|hx-delete")
    assert [path.name for path in templates() if forbidden.search(path.read_text("utf-8"))] == []
