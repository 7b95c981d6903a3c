"""How a page of the walk is opened: by its address, or by what has to be done before it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from playwright.sync_api import Page

from tests.browser.people_at_work import CODE_EMAIL, OWING_EMAIL
from tests.browser.visit import Visit

REFUSED = "/reports/selected?from=2026-10-01&last=2026-10-31&size=nothing"
OWED, CODE, NEW_DEVICE = "/sign-in/second-factor", "/sign-in/code", "/account/second-factor/replace"


def open_page(visit: Visit, address: str) -> Page:
    """Open a page; a name in braces stands for what ``people_at_work`` has put into the site."""
    if address in SPECIAL:
        SPECIAL[address](visit)
    else:
        visit.go(address.format(**visit.site.ids))
    return visit.page


def be_refused(visit: Visit) -> None:
    visit.expected_statuses.add(422)
    visit.go(REFUSED)


def owe_a_device(visit: Visit) -> None:
    visit.give_password(OWING_EMAIL, password(visit))


def be_asked_for_a_code(visit: Visit) -> None:
    visit.give_password(CODE_EMAIL, password(visit))


def set_up_another_device(visit: Visit) -> None:
    """Sign in with a recovery code, and prove with the next what a present device would prove."""
    be_asked_for_a_code(visit)
    visit.page.locator("#code").fill(visit.site.spare_codes.pop())
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url(f"{visit.site.url}/")
    page = visit.go("/account/second-factor")
    page.locator("#old_password").fill(password(visit))
    page.locator("#code").fill(visit.site.spare_codes.pop())
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{NEW_DEVICE}")


def password(visit: Visit) -> str:
    return visit.site.accounts["enterprise"][1]


SPECIAL: Mapping[str, Callable[[Visit], None]] = {
    REFUSED: be_refused,
    OWED: owe_a_device,
    CODE: be_asked_for_a_code,
    NEW_DEVICE: set_up_another_device,
}
