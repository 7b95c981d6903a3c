"""Take a picture of every page: ``python -m tests.browser.screenshots FOLDER``."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import click
from playwright.sync_api import sync_playwright

from tests.browser.conftest import find_chromium
from tests.browser.site import running_site
from tests.browser.visit import Visit

PAGES = {
    "home": "/",
    "need": "/needs/new",
    "needs": "/needs",
    "matches-quality": "/matches?example=quality",
    "matches-petrochemical": "/matches?example=petrochemical",
    "matches-agriculture": "/matches?example=agriculture",
    "search": "/search?q=缺陷检测",
    "capabilities": "/capabilities?industry=C31",
    "services": "/base-services",
    "places": "/places/case",
    "scenarios": "/scenarios",
    "scenario": "/scenarios/SC001",
    "providers": "/providers",
    "provider": "/providers/V001",
    "bases": "/bases",
    "base": "/bases/PB001",
    "cases": "/cases",
    "sign-in": "/sign-in",
    "register": "/capabilities/new",
    "own-capabilities": "/my/capabilities",
    "report": "/reports/quality",
    "about": "/about",
}
# Who must be signed in (nobody: a visitor) → the pages that only they see so.
PAGES_OF = {
    "provider": PAGES,
    "": {
        "sign-up": "/sign-up",
        "terms": "/terms",
        "forgotten-password": "/forgotten-password",
    },
    "enterprise": {
        "account": "/account",
        "password": "/account/password",
        "second-factor": "/account/second-factor",
        "close-account": "/account/close",
        "organisation": "/organisation",
        "organisation-edit": "/organisation/edit",
        "members": "/organisation/members",
        "inbox": "/inbox",
        "my-needs": "/my/needs",
        "drafts": "/needs/drafts",
    },
    "base": {
        "base-new": "/bases/new",
        "base-claim": "/bases/PB001/claim",
        "own-bases": "/my/bases",
    },
    "reviewer": {
        "review": "/review",
        "review-needs": "/review/needs",
        "review-checks": "/review/capabilities/CAP-V002-1",
    },
    "administrator": {
        "people": "/people?state=verified",
        "people-organisation": "/people/organisations/ORG-DEMO2",
        "people-accounts": "/people/accounts",
        "people-account": "/people/accounts/ACC-DEMO1",
        "people-staff": "/people/staff",
        "audit": "/audit?check=1",
    },
}
WINDOWS = (("zh", False), ("en", False), ("zh", True))


def main(folder: Path) -> int:
    """Take every picture; say what went wrong on the way and return how many problems."""
    folder.mkdir(parents=True, exist_ok=True)
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    problems = []
    with (
        tempfile.TemporaryDirectory() as scratch,
        running_site(Path(scratch)) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
        for language, phone in WINDOWS:
            kind = "phone" if phone else "desk"
            for who, pages in PAGES_OF.items():
                visit = Visit.start(browser, site, language=language, phone=phone)
                if who:
                    visit.sign_in(who)
                for name, path in pages.items():
                    page = visit.go(path)
                    page.screenshot(path=folder / f"{name}-{language}-{kind}.png", full_page=True)
                problems += visit.problems
                visit.close()
        browser.close()
    for problem in problems:
        click.echo(problem, err=True)
    click.echo(f"{sum(map(len, PAGES_OF.values())) * len(WINDOWS)} screenshots in {folder}")
    return len(problems)


if __name__ == "__main__":
    sys.exit(min(1, main(Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots"))))
