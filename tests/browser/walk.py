"""A walk through all pages, each opened once a language and looked at in every way."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Browser, Page, Response

from tests.browser.openings import open_page
from tests.browser.screenshots import FORMS, PAGES_OF, pages_of_form
from tests.browser.site import Site
from tests.browser.visit import COLOURS, DESK, PHONE, Visit

OPEN_ALL = "all => all.forEach(one => one.open = true)"
FILE, PART = "a file, which a browser keeps", "a part of a page, which takes another's place in it"
AWAY = "leads to a page that is looked at"
# What is asked for by GET and is no page.
LEFT_OUT = {
    "account.export_data": FILE,
    "capabilities.download_file": FILE,
    "capabilities.download_draft_file": FILE,
    "engagements.download_evidence": FILE,
    "engagements.download_file": FILE,
    "engagements.export_own": FILE,
    "meetings.download_meeting": FILE,
    "need_files.download_draft_file": FILE,
    "need_files.download_need_file": FILE,
    "open_data.download": FILE,
    "quality_reports.download_csv": FILE,
    "quality_reports.download_json": FILE,
    "reports.download_quality": FILE,
    "round_results.export": FILE,
    "static": FILE,
    "health.show_health": "for programs that watch over the site",
    "capabilities.find_organisations": PART,
    "drafts.find_providers": PART,
    "drafts.show_panel": PART,
    "matches.show_why_not": PART,
    "rounds.show_job": PART,
    "drafts.resume_draft": AWAY,
    "drafts.show_draft_matches": AWAY,
    "engagements.find_engagements": AWAY,
}


class Walk:
    """Goes through all pages as each of those who see them, and notes what is found."""

    def __init__(self, browser: Browser, site: Site, language: str) -> None:
        self.browser, self.site, self.language = browser, site, language
        self.barriers: list[str] = []
        self.barriers_in_dark: list[str] = []
        self.too_wide: dict[str, int] = {}
        self.problems: list[str] = []
        self.addresses: set[str] = set()
        self.n_looked = 0

    def through_all(self) -> Walk:
        for who, pages in PAGES_OF.items():
            window = Visit.start(self.browser, self.site, language=self.language)
            window.page.on("response", self.note_address)
            if who:
                window.sign_in(who)
            for path in pages.values():
                open_page(window, path)
                self.look(window)
            for _name in pages_of_form(window, FORMS[who]) if who in FORMS else ():
                self.look(window)
            self.problems += window.problems
            window.close()
        return self

    def note_address(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self.addresses.add(urlsplit(response.url).path)

    def look(self, window: Visit) -> None:
        """Look at a page at a desk, in dark, and on a phone, with everything unfolded."""
        page = window.page
        page.locator("main details").evaluate_all(OPEN_ALL)
        self.barriers += window.accessibility_problems()
        self.n_looked += 1
        # Colours do not change with the language: every other page in each, so all of them once.
        if self.n_looked % 2 == (self.language == "zh"):
            page.emulate_media(color_scheme="dark")
            self.barriers_in_dark += window.accessibility_problems(*COLOURS)
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        page.locator("details").evaluate_all(OPEN_ALL)
        if window.overflow() > 0:
            self.too_wide[page.url] = window.overflow()
        self.back_to_the_desk(page)

    @staticmethod
    def back_to_the_desk(page: Page) -> None:
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(DESK)  # type: ignore[arg-type]


def pages_of_site(app: Flask, addresses: set[str]) -> tuple[set[str], set[str]]:
    """Return the endpoints that are asked for by GET, and those that addresses lead to."""
    served = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    found = app.url_map.bind("localhost")
    return served, {str(found.match(address, "GET")[0]) for address in addresses}
