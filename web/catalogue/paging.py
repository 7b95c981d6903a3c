"""Pages of a list, as an address asks for them."""

from __future__ import annotations


def page_number(text: str | None) -> int:
    """Return the page that was asked for; anything that is no page is the first."""
    wish = text or "1"
    number = int(wish) if wish.isascii() and wish.isdigit() and len(wish) < 6 else 1
    return max(1, number)
