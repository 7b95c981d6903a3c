"""Templates: each one parses and is used, and none holds what a page may not."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from matcher.settings import PROJECT

WEB = PROJECT / "web"
TEMPLATES = WEB / "templates"
NAMED = re.compile(r"[\"']([a-z/_]+\.html)[\"']")


def templates() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))


def test_every_template_parses(site: Flask) -> None:
    names = [path.relative_to(TEMPLATES).as_posix() for path in templates()]
    assert len(names) > 15
    for name in names:
        assert site.jinja_env.get_template(name).name == name


def test_every_template_is_used() -> None:
    sources = [*WEB.rglob("*.py"), *templates()]
    used = {name for path in sources for name in NAMED.findall(path.read_text("utf-8"))}
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
