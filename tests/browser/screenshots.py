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
from tests.browser.openings import CODE, NEW_DEVICE, OWED, REFUSED, open_page
from tests.browser.people_at_work import add_people_at_work
from tests.browser.reports_site import PLACE, add_year
from tests.browser.site import running_site
from tests.browser.visit import Visit

# A name in braces stands for what ``people_at_work`` has put there, ``/needs/N*`` for the first of
# the list ``/needs`` that begins so.
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
    "service": "/base-services/{service}",
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
    "status": "/status",
    "open-calls": "/open-calls",
    "open-data": "/open-data",
    "open-call": "/open-calls/*",
    "search-nothing": "/bases?q=qwxzv&domain=energy",
    "search-close": "/search?q=Guangdong+drones",
}
# Who must be signed in (nobody: a visitor) → the pages that only they see so.
PAGES_OF = {
    "provider": {
        **PAGES,
        "own-capability": "/my/capabilities/{record}",
        "own-capability-version": "/my/capabilities/{capability}/versions/1",
        "answer": "/needs/{need_open}/answer",
        "engagement-provider": "/engagements/{engagement}",
        "thread": "/engagements/{engagement}/requirements/R1",
        "appeal-new": "/appeals/new/engagement/{engagement}",
        "own-appeals": "/appeals",
        "appeal": "/appeals/{appeal}",
    },
    "": {
        "home-visitor": "/",
        "sign-up": "/sign-up",
        "terms": "/terms",
        "forgotten-password": "/forgotten-password",
        "joining": "/invitation/{invite}",
        "new-password": "/new-password/{reset}",
        "second-factor-owed": OWED,
        "code": CODE,
        "second-factor-new": NEW_DEVICE,
        "second-factor-on": "/account/second-factor",
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
        "own-need": "/my/needs/{need}",
        "own-need-waiting": "/my/needs/{need_waiting}",
        "own-thread": "/my/needs/{need}/requirements/R1",
        "approach": "/my/needs/{need}/approach/CAP-V002-1",
        "engagements": "/my/engagements",
        "engagement": "/engagements/{engagement}",
        "pilot": "/engagements/{engagement}/pilot",
        "searches": "/searches",
        "search-saved": "/searches/1",
        "search-new": "/searches/new?list=capabilities&q=窑炉",
        "my-rounds": "/my/rounds",
        "my-round-open": "/my/rounds/RD-DEMO1",
        "my-round-result": "/my/rounds/RD-DEMO2",
    },
    "base": {
        "base-new": "/bases/new",
        "base-claim": "/bases/PB001/claim",
        "own-bases": "/my/bases",
        "own-base": "/my/bases/{base}",
        "own-base-version": "/my/bases/{base}/versions/1",
        "engagement-base": "/engagements/{engagement}",
        "pilot-base": "/engagements/{engagement}/pilot",
    },
    "reviewer": {
        "review": "/review",
        "review-needs": "/review/needs",
        "review-checks": "/review/capabilities/CAP-V002-1",
        "review-proposal": "/review/{proposal}",
        "review-need": "/review/needs/{need_waiting}",
        "judging": "/judging",
        "judging-pair": "/judging/pair",
        "quality-reports": "/reports",
        "broker": "/broker",
        "broker-need": "/broker/needs/{need}",
        "broker-engagement": "/engagements/{engagement}",
        "appeals": "/appeals",
        "open-call-edit": "/open-calls/{call}/edit",
        "supply-gaps": "/supply-gaps",
    },
    "administrator": {
        "people": "/people?state=verified",
        "people-organisation": "/people/organisations/ORG-DEMO2",
        "people-accounts": "/people/accounts",
        "people-account": "/people/accounts/ACC-DEMO1",
        "people-staff": "/people/staff",
        "audit": "/audit?check=1",
        "quality-report-tables": "/reports?tables=1",
        "quality-report-months": "/reports/months",
        "quality-report-month": f"/reports/{PLACE}",
        "quality-report-needs": f"/reports/{PLACE}/acceptance/needs/3",
        "quality-report-selected": REFUSED,
        "models": "/models",
        "model": "/models/{model}",
        "model-card": "/models/{model}/card",
        "model-job": "/models/jobs/{model_job}",
        "report-job": "/reports/jobs/{report_job}",
        "rounds": "/rounds",
        "round-new": "/rounds/new",
        "round-edit": "/rounds/{round_draft}/edit",
        "round-choose": "/rounds/{round_draft}/choose/needs",
        "round-open": "/rounds/RD-DEMO1",
        "round-statements": "/rounds/RD-DEMO1/statements",
        "round-statement": "/rounds/RD-DEMO1/statements/enter?party=V001",
        "round-published": "/rounds/RD-DEMO2",
        "round-result": "/rounds/RD-DEMO2/result",
        "round-lock": "/rounds/RD-DEMO2/needs/{need_of_round}/lock",
        "regulator-pack": "/regulator-pack",
    },
}
# Who begins a registration → where; every page of its form is taken.
FORMS = {"provider": "/capabilities/new", "base": "/bases/new", "enterprise": "/needs/new"}
MOST_PAGES = 12
GO_ON = ", ".join(f"main button.button[value={act}]" for act in ("go_on", "next", "continue"))
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
        add_year(site.database)
        add_people_at_work(site)
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
        for language, phone in WINDOWS:
            kind = "phone" if phone else "desk"
            for who, pages in PAGES_OF.items():
                visit = Visit.start(browser, site, language=language, phone=phone)
                if who:
                    visit.sign_in(who)
                for name, path in pages.items():
                    page = open_page(visit, path)
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
