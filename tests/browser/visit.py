"""A window onto the site that notes everything that goes wrong in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

from tests.browser.site import Site

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ("color-contrast", "link-in-text-block")  # all that another colour scheme can change
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
# The lines are made in the page: a whole result of a long page is megabytes on the way out of it.
VIOLATIONS = """async only => {
  const found = await axe.run(document, {runOnly: only, resultTypes: ['violations']});
  return found.violations.flatMap(
    one => one.nodes.map(node => `${one.id}: ${node.target} ${node.failureSummary}`)
  );
}"""
LOCALES = {"zh": "zh-CN", "en": "en-GB"}


@cache
def axe_source() -> str:
    assert AXE.is_file(), f"{AXE} is missing: run `make dev`"
    return AXE.read_text("utf-8")


@dataclass
class Visit:
    """One window, with its problems: errors on the console, failed requests, foreign requests."""

    page: Page
    context: BrowserContext
    site: Site
    problems: list[str] = field(default_factory=list)
    expected_statuses: set[int] = field(default_factory=set)

    @classmethod
    def start(
        cls,
        browser: Browser,
        site: Site,
        *,
        language: str = "zh",
        javascript: bool = True,
        phone: bool = False,
        dark: bool = False,
    ) -> Visit:
        context = browser.new_context(
            base_url=site.url,
            locale=LOCALES[language],
            java_script_enabled=javascript,
            viewport=PHONE if phone else DESK,  # type: ignore[arg-type]
            reduced_motion="reduce",
            color_scheme="dark" if dark else "light",
        )
        context.set_default_timeout(60_000)
        visit = cls(context.new_page(), context, site)
        visit.page.on("console", visit.note_console)
        visit.page.on("pageerror", lambda error: visit.problems.append(f"script: {error}"))
        visit.page.on("response", visit.note_response)
        return visit

    def close(self) -> None:
        self.context.close()

    def note_console(self, message: ConsoleMessage) -> None:
        is_told = "Failed to load resource" in message.text  # told by note_response too
        is_left = "htmx:sendAbort" in message.text  # a page was left while a part was on its way
        if message.type in {"error", "warning"} and not (is_told or is_left):
            self.problems.append(f"console at {self.page.url}: {message.text}")

    def note_response(self, response: Response) -> None:
        if not response.url.startswith(self.site.url):
            self.problems.append(f"a request left the site: {response.url}")
        if is_late(response) or response.status in self.expected_statuses:
            return
        if response.status >= 400:
            self.problems.append(f"{response.status} from {response.url}")

    def go(self, path: str) -> Page:
        """Open an address; ``/needs/N*`` is the first of the list ``/needs`` that begins so."""
        if path.endswith("*"):
            self.page.goto(path.rpartition("/")[0], wait_until="load")
            link = self.page.locator(f"main a[href^='{path[:-1]}']").first
            path = link.get_attribute("href") or ""
        self.page.goto(path, wait_until="load")
        return self.page

    def sign_in(self, who: str) -> None:
        """Sign in as one of the demonstration: enterprise, provider, base, reviewer, ..."""
        self.give_password(*self.site.accounts[who])

    def give_password(self, email: str, password: str) -> None:
        """Send the first page of signing in and wait for what follows it."""
        self.go("/sign-in")
        self.page.locator("#email").fill(email)
        self.page.locator("#password").fill(password)
        self.page.locator("main form button").first.click()
        self.page.wait_for_url(lambda url: not url.partition("?")[0].endswith("/sign-in"))

    def accessibility_problems(self, *rules: str) -> list[str]:
        """What axe-core finds on the page as it stands, one line a rule and element.

        All rules are applied unless some are named.
        """
        if not self.page.evaluate("typeof axe === 'object'"):
            self.page.evaluate(axe_source())
        only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
        found: list[str] = self.page.evaluate(VIOLATIONS, only)
        return [f"{self.page.url} {violation}" for violation in found]

    def problems_at_every_width(self, path: str) -> list[str]:
        """Open a page once; say what axe-core finds at a desk and on a phone, and what is cut."""
        found = []
        self.go(path)
        for width in (PHONE, DESK):
            self.page.set_viewport_size(width)  # type: ignore[arg-type]
            found += self.accessibility_problems()
            if self.overflow():
                found.append(f"{path} is {self.overflow()} px too wide at {width}")
        return found

    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        wider: int = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return wider


def is_late(response: Response) -> bool:
    """Whether a form that saves itself did so only after the button that was pressed had sent it.

    What it says then is older than what is kept, is refused for that, and is seen by nobody: the
    page was left. Where the page stays, it shows the refusal itself.
    """
    return response.status == 422 and response.url.endswith(("/panel", "/autosave"))


def press_until(page: Page, key: str, condition: str, most: int = 120) -> None:
    """Press a key until a condition holds, checking that the focus can always be seen."""
    for _ in range(most):
        page.keyboard.press(key)
        outline = page.evaluate(
            "(e => { const s = getComputedStyle(e);"
            " return s.outlineStyle !== 'none' || s.boxShadow !== 'none'; })"
            "(document.activeElement)"
        )
        assert outline, page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if page.evaluate(condition):
            return
    raise AssertionError(f"{condition} was not reached with {most} times {key}")
