"""Take a picture of every page: ``python -m tests.browser.screenshots FOLDER``."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
from playwright.sync_api import sync_playwright

from tests.browser.conftest import find_chromium
from tests.browser.reports_site import add_reports
from tests.browser.rounds_site import DRAFT_ID, add_draft_round
from tests.browser.site import running_site
from tests.browser.visit import Visit

PAGES = {
    "home": "/",
    "need": "/needs/new",
    "needs": "/needs",
    "need-published": "/needs/N*",
    "matches-quality": "/matches?example=quality",
    "matches-petrochemical": "/matches?example=petrochemical",
    "matches-agriculture": "/matches?example=agriculture",
    "search": "/search?q=缺陷检测",
    "search-needs": "/search?kind=need",
    "places-of-needs": "/places/need",
    "capabilities": "/capabilities?industry=C31",
    "capability": "/capabilities/CAP-V002-1",
    "services": "/base-services",
    "places": "/places/case",
    "scenarios": "/scenarios",
    "scenario": "/scenarios/SC001",
    "providers": "/providers",
    "provider": "/providers/V001",
    "bases": "/bases",
    "base": "/bases/PB001",
    "cases": "/cases",
    "case": "/cases/C046",
    "sign-in": "/sign-in",
    "register": "/capabilities/new",
    "own-capabilities": "/my/capabilities",
    "report": "/reports/quality",
    "about": "/about",
    "accessibility": "/accessibility",
    "open-calls": "/open-calls",
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
        "mail": "/account/mail",
        "second-factor": "/account/second-factor",
        "close-account": "/account/close",
        "organisation": "/organisation",
        "organisation-edit": "/organisation/edit",
        "members": "/organisation/members",
        "inbox": "/inbox",
        "my-needs": "/my/needs",
        "drafts": "/needs/drafts",
        "engagements": "/my/engagements",
        "my-rounds": "/my/rounds",
        "my-round-open": "/my/rounds/RD-DEMO1",
        "my-round-result": "/my/rounds/RD-DEMO2",
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
        "judging": "/judging",
        "quality-reports": "/reports",
        "quality-reports-months": "/reports/months",
        "broker": "/broker",
        "appeals": "/appeals",
        "supply-gaps": "/supply-gaps",
    },
    "administrator": {
        "people": "/people?state=verified",
        "people-organisation": "/people/organisations/ORG-DEMO2",
        "people-accounts": "/people/accounts",
        "people-account": "/people/accounts/ACC-DEMO1",
        "people-staff": "/people/staff",
        "audit": "/audit?check=1",
        "models": "/models",
        "rounds": "/rounds",
        "round-new": "/rounds/new",
        "round-edit": f"/rounds/{DRAFT_ID}/edit",
        "round-choose": f"/rounds/{DRAFT_ID}/choose/needs",
        "round-open": "/rounds/RD-DEMO1",
        "round-published": "/rounds/RD-DEMO2",
        "round-result": "/rounds/RD-DEMO2/result",
        "regulator-pack": "/regulator-pack",
    },
}
# Where colours carry most, looked at in dark too: charts, tags, notices, forms, tables.
DARK_PAGES_OF = {
    "": ("/", "/search?q=缺陷检测", "/providers/V001", "/cases", "/needs/new", "/reports/quality"),
    "provider": ("/matches?example=quality",),
    "enterprise": ("/inbox", "/my/rounds/RD-DEMO2"),
    "administrator": ("/people?state=verified", "/models", "/audit"),
}
# Who begins a registration → where; every page of its form is taken.
FORMS = {"provider": "/capabilities/new", "base": "/bases/new", "enterprise": "/needs/new"}
GO_ON = ", ".join(f"main button.button[value={act}]" for act in ("go_on", "next", "continue"))
MOST_PAGES = 12
WINDOWS = (("zh", False), ("en", False), ("zh", True), ("en", True))


def pages_of_form(visit: Visit, address: str) -> Iterator[str]:
    """Begin a registration and yield the name of each of its pages while it is shown."""
    page = visit.go(address)
    if page.locator("#title").count():
        page.locator("#title").fill("热轧带钢表面裂纹在线检测")
    onward = page.locator(GO_ON)
    (onward if onward.count() else page.locator("main form .button")).last.click()
    page.wait_for_load_state()
    seen = set()
    while page.url not in seen and len(seen) < MOST_PAGES:
        seen.add(page.url)
        yield page.url.rstrip("/").rpartition("/")[2]
        onward = page.locator(GO_ON)
        if onward.count():
            onward.last.click()
            page.wait_for_load_state()


def main(folder: Path) -> int:
    """Take every picture; say what went wrong on the way and return how many problems."""
    folder.mkdir(parents=True, exist_ok=True)
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    problems, n_taken = [], 0
    with (
        tempfile.TemporaryDirectory() as scratch,
        running_site(Path(scratch)) as site,
        sync_playwright() as playwright,
    ):
        add_reports(site)
        add_draft_round(site)
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
                    n_taken += 1
                for name in pages_of_form(visit, FORMS[who]) if who in FORMS else ():
                    path = folder / f"form-{who}-{name}-{language}-{kind}.png"
                    visit.page.screenshot(path=path, full_page=True)
                    n_taken += 1
                problems += visit.problems
                visit.close()
        browser.close()
    for problem in problems:
        click.echo(problem, err=True)
    click.echo(f"{n_taken} screenshots in {folder}")
    return len(problems)


if __name__ == "__main__":
    sys.exit(min(1, main(Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots"))))
