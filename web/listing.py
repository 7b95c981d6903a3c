"""One page of the catalogue as a template draws it: hits, facets with counts, pages.

The address of a page says everything that was chosen, so it can be shared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from markupsafe import Markup, escape

from matcher.records import Catalogue
from matcher.store.search import Hit, SearchResult
from web.i18n import HTML_LANG, language
from web.i18n import gettext as _
from web.presenters import industry_label, is_chinese, label, region_label

N_PER_PAGE = 20
LONGEST_QUERY = 200
N_OPTIONS = 12  # of a facet; a chosen one is shown beyond that
SUMMARY_LENGTH = 160
VOCABULARY_OF = {
    "process_step": "process_step",
    "ai_task": "ai_task",
    "data_modality": "data_modality",
    "trust": "trust",
    "relation": "relation",
    "domain": "base_domain",
    "level": "base_level",
    "status": "base_status",
    "service": "base_service",
    "validation_type": "validation_type",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """What one list of the catalogue holds, and how it can be narrowed."""

    endpoint: str
    title: str
    lead: str
    search_label: str
    placeholder: str
    kinds: tuple[str, ...]
    facets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a visitor asked the list for."""

    query: str
    facets: Mapping[str, tuple[str, ...]]
    page: int

    @classmethod
    def of_request(cls, kind: Kind) -> Choice:
        return cls(
            query=request.args.get("q", "").replace("\0", " ").strip()[:LONGEST_QUERY],
            facets={
                name: tuple(dict.fromkeys(filter(None, request.args.getlist(name))))
                for name in kind.facets
                if any(request.args.getlist(name))
            },
            page=page_number(request.args.get("page", "1")),
        )

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return [(name, value) for name, values in self.facets.items() for value in values]

    def url(self, endpoint: str, page: int = 1) -> str:
        return self._url(endpoint, self.facets, page)

    def toggled_url(self, endpoint: str, facet: str, value: str) -> str:
        """Return the address with one more value of a facet chosen, or one less."""
        chosen = self.facets.get(facet, ())
        others = tuple(code for code in chosen if code != value)
        values = others if value in chosen else (*chosen, value)
        return self._url(endpoint, {**self.facets, facet: values}, 1)

    def _url(self, endpoint: str, facets: Mapping[str, tuple[str, ...]], page: int) -> str:
        arguments: dict[str, Any] = {name: list(values) for name, values in facets.items()}
        if self.query:
            arguments["q"] = self.query
        if page > 1:
            arguments["page"] = page
        return url_for(endpoint, **arguments)


def page_number(text: str) -> int:
    """Return the page that was asked for; anything that is no page is the first."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    return max(1, number)


def present(
    kind: Kind, choice: Choice, result: SearchResult, catalogue: Catalogue
) -> dict[str, Any]:
    """Return what ``partials/_listing.html`` draws."""
    n_pages = max(1, -(-result.total // N_PER_PAGE))
    page = choice.page
    return {
        "title": kind.title,
        "lead": kind.lead,
        "search_label": kind.search_label,
        "placeholder": kind.placeholder,
        "url": url_for(kind.endpoint),
        "query": choice.query,
        "chosen": choice.pairs,
        "clear_url": Choice(choice.query, {}, 1).url(kind.endpoint),
        "facets": [
            facet
            for name in kind.facets
            if (facet := present_facet(kind, choice, name, result, catalogue))
        ],
        "is_relaxed": result.is_relaxed,
        "total": result.total,
        "hits": [present_hit(hit, catalogue) for hit in result.hits],
        "page": page,
        "n_pages": n_pages,
        "previous_url": choice.url(kind.endpoint, min(page, n_pages + 1) - 1) if page > 1 else "",
        "next_url": choice.url(kind.endpoint, page + 1) if page < n_pages else "",
    }


def present_facet(
    kind: Kind, choice: Choice, name: str, result: SearchResult, catalogue: Catalogue
) -> dict[str, Any] | None:
    counts = dict(result.facets.get(name, {}))
    chosen = choice.facets.get(name, ())
    shown = [*list(counts)[:N_OPTIONS], *chosen]
    options = [
        {
            "label": value_label(name, value, catalogue),
            "count": counts.get(value, 0),
            "url": choice.toggled_url(kind.endpoint, name, value),
            "is_chosen": value in chosen,
        }
        for value in dict.fromkeys(shown)
    ]
    if not chosen and len(options) < 2:
        return None
    is_open = bool(chosen) or name in kind.facets[:2]
    return {"label": facet_label(name), "options": options, "is_open": is_open}


def facet_label(name: str) -> str:
    words = {
        "kind": _("Kind of record"),
        "sector": _("Area"),
        "industry": _("Industry"),
        "region": _("Province"),
        "process_step": _("Process step"),
        "ai_task": _("AI task"),
        "data_modality": _("Kinds of data"),
        "trust": _("Grade of the source"),
        "relation": _("Relation of the two"),
        "provider_kind": _("Kind of provider"),
        "domain": _("Field"),
        "level": _("Level"),
        "status": _("Status"),
        "service": _("Service"),
    }
    return words.get(name, name)


def value_label(name: str, value: str, catalogue: Catalogue) -> str:
    if name in VOCABULARY_OF:
        words = label(VOCABULARY_OF[name], value)
        return f"{value} · {words}" if name == "trust" else words
    labels: dict[str, Callable[[str], str]] = {
        "industry": industry_label,
        "region": region_label,
        "kind": kind_label,
        "provider_kind": lambda kind: provider_kind_label(kind, catalogue),
    }
    return labels.get(name, str)(value)


def kind_label(kind: str) -> str:
    words = {
        "provider": _("Provider"),
        "capability": _("Capability"),
        "scenario": _("Scenario"),
        "case": _("Case"),
        "pilot_base": _("Pilot base"),
    }
    return words.get(kind, kind)


def provider_kind_label(kind: str, catalogue: Catalogue) -> str:
    if language() == "zh":
        return kind
    named = (each.kind_en for each in catalogue.providers.values() if each.kind == kind)
    return next((words for words in named if words), kind)


def present_hit(hit: Hit, catalogue: Catalogue) -> dict[str, Any]:
    record = record_of(hit, catalogue)
    return {
        "url": hit_url(hit),
        "eyebrow": eyebrow(hit, record, catalogue),
        "title": shown_text(hit, "title"),
        "summary": shown_text(hit, "summary", SUMMARY_LENGTH),
        "tags": tags(record),
    }


def record_of(hit: Hit, catalogue: Catalogue) -> Any:
    lists: dict[str, Mapping[str, Any]] = {
        "scenario": catalogue.scenarios,
        "provider": catalogue.providers,
        "capability": catalogue.capabilities,
        "case": catalogue.cases,
        "pilot_base": catalogue.pilot_bases,
    }
    return lists[hit.kind].get(hit.record_id)


def hit_url(hit: Hit) -> str:
    endpoints = {
        "scenario": ("catalogue.show_scenario", "scenario_id"),
        "provider": ("catalogue.show_provider", "provider_id"),
        "capability": ("capabilities.show_capability", "capability_id"),
        "case": ("catalogue.show_case", "case_id"),
        "pilot_base": ("catalogue.show_base", "base_id"),
    }
    endpoint, name = endpoints[hit.kind]
    arguments: dict[str, Any] = {name: hit.record_id}
    return url_for(endpoint, **arguments)


def eyebrow(hit: Hit, record: Any, catalogue: Catalogue) -> str:
    """Return the line above a title: what kind it is, or whose."""
    if hit.kind == "capability":
        provider = catalogue.providers.get(getattr(record, "provider_id", ""))
        name = "" if provider is None else own_text(provider.name, provider.name_en)
        return " · ".join(filter(None, (_("Capability"), name)))
    if hit.kind == "case":
        provider = catalogue.providers.get(getattr(record, "provider_id", ""))
        user = own_text(
            getattr(record, "user_enterprise", ""), getattr(record, "user_enterprise_en", "")
        )
        name = "" if provider is None else own_text(provider.name, provider.name_en)
        return " · ".join(filter(None, (user, name)))
    return ""


def own_text(text: str, english: str) -> str:
    return (english or text) if language() == "en" else (text or english)


def shown_text(hit: Hit, name: str, longest: int = 0) -> Markup:
    """Return a text in the page's language with its hits marked; else the other language's."""
    names = (f"{name}_en", name) if language() == "en" else (name, f"{name}_en")
    used = next((each for each in names if getattr(hit, each)), name)
    text, marks = getattr(hit, used), hit.highlights.get(used, ())
    spans = tuple((mark.start, mark.end) for mark in marks)
    marked = highlighted(*cut(text, spans, longest) if longest else (text, spans))
    code = "zh" if is_chinese(text) else "en"
    if code == language():
        return marked
    return Markup('<span lang="{}">{}</span>').format(HTML_LANG[code], marked)


def cut(
    text: str, spans: tuple[tuple[int, int], ...], longest: int
) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Cut a text, English at twice the length, and leave out hits beyond the cut."""
    limit = longest if is_chinese(text) else 2 * longest
    if len(text) <= limit:
        return text, spans
    return text[:limit].rstrip() + "…", tuple(span for span in spans if span[1] <= limit)


def highlighted(text: str, spans: tuple[tuple[int, int], ...]) -> Markup:
    parts, at = [], 0
    for start, end in spans:
        parts.append(escape(text[at:start]))
        parts.append(Markup("<mark>{}</mark>").format(text[start:end]))
        at = end
    parts.append(escape(text[at:]))
    return Markup("").join(parts)


def tags(record: Any) -> list[dict[str, str]]:
    """Return the few codes that tell one record from the next, and its caveats."""
    shown = (
        [
            {
                "label": label("base_status", getattr(record, "status", "")),
                "style": status_style(record),
            }
        ]
        if getattr(record, "status", "")
        else []
    )
    for name in ("process_step", "ai_task"):
        shown += [
            {"label": label(name, code), "style": ""}
            for code in getattr(record, f"{name}s", ())[:2]
        ]
    if getattr(record, "year", None):
        shown.append({"label": str(record.year), "style": ""})
    if getattr(record, "trust", "") and getattr(record, "relation", ""):
        words = _("Source grade %(grade)s", grade=record.trust)
        shown.append({"label": words, "style": "none"})
    if getattr(record, "unverified", False):
        shown.append({"label": _("unverified"), "style": "unverified"})
    return shown


def status_style(record: Any) -> str:
    return {"launched": "ok", "name_only": "none"}.get(record.status, "warn")
