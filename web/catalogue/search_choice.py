"""What a visitor asked a search for, and its one address.

The address says everything that was chosen and nothing else: facets in the order of the page,
values sorted, no language, no page 1. So it can be shared, and two people who chose the same have
the same address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from matcher.store.search import ORDERS
from matcher.store.search_documents import TREES
from web.catalogue.search_pages import N_PER_PAGE, SearchPage

LONGEST_QUERY = 200
LONGEST_VALUE = 80
MAX_VALUES = 40  # of one facet
FORMER_NAMES = {"section": "industry", "province": "region"}  # in addresses of earlier versions

Facets = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Choice:
    """Words, facets, order and page of one search."""

    query: str = ""
    facets: Facets = field(default_factory=dict)
    order: str = "relevance"
    page: int = 1

    @classmethod
    def of(cls, page: SearchPage, arguments: MultiDict[str, str]) -> Choice:
        """Read the arguments of an address; what makes no sense is left out."""
        order = arguments.get("sort", "")
        return cls(
            query=clean(arguments.get("q", ""))[:LONGEST_QUERY],
            facets=chosen_facets(page, arguments),
            order=order if order in ORDERS else "relevance",
            page=page_number(arguments.get("page", "1")),
        )

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return [(name, value) for name, values in self.facets.items() for value in values]

    @property
    def offset(self) -> int:
        return (self.page - 1) * N_PER_PAGE

    def at_page(self, number: int) -> Choice:
        return replace(self, page=number)

    def without(self, facet: str, value: str = "") -> Choice:
        """Return the choice with one value of a facet less, or with none of that facet."""
        left = tuple(each for each in self.facets.get(facet, ()) if value and each != value)
        others = {name: values for name, values in self.facets.items() if name != facet}
        facets = {**others, facet: left} if left else others
        return replace(self, facets=facets, page=1)

    def with_only(self, facet: str, value: str) -> Choice:
        """Return the choice with this one value of a facet, or none of it where empty."""
        others = {name: values for name, values in self.facets.items() if name != facet}
        facets = {**others, facet: (value,)} if value else others
        return replace(self, facets=facets, page=1)

    def order_on(self, page: SearchPage) -> str:
        """Return how a page is really ordered: a list without words in its own usual order."""
        is_usual = self.order == "relevance" and not self.query
        return page.usual_order if is_usual else self.order

    def url(self, page: SearchPage) -> str:
        return url_for(page.endpoint, **self.arguments(page))

    def arguments(self, page: SearchPage) -> dict[str, Any]:
        """Return the canonical arguments: words, facets in the page's order, order, page."""
        found: dict[str, Any] = {"q": self.query} if self.query else {}
        for name in page.facets:
            if self.facets.get(name):
                found[name] = sorted(self.facets[name])
        if self.order != "relevance":
            found["sort"] = self.order
        if self.page > 1:
            found["page"] = self.page
        return found


def clean(text: str) -> str:
    return text.replace("\0", " ").strip()


def chosen_facets(page: SearchPage, arguments: MultiDict[str, str]) -> dict[str, tuple[str, ...]]:
    former = {new: old for old, new in FORMER_NAMES.items()}
    chosen = {}
    for name in page.facets:
        values = arguments.getlist(name) + arguments.getlist(former.get(name, name))
        known = dict.fromkeys(clean(value) for value in values if len(value) <= LONGEST_VALUE)
        kept = narrowest(name, tuple(filter(None, known)))[:MAX_VALUES]
        if kept:
            chosen[name] = tuple(sorted(kept))
    return chosen


def narrowest(facet: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out a section whose division is chosen too: the visitor has narrowed it."""
    upper = TREES.get(facet)
    if upper is None:
        return values
    holding = {upper(value) for value in values}
    return tuple(value for value in values if value not in holding)


def page_number(text: str) -> int:
    """Return the page that was asked for; anything that is no page is the first."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    return max(1, number)
