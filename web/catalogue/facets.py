"""Facets as a page draws them: checkboxes with counts, trees, and chips for what was chosen."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from matcher.records import Catalogue
from matcher.store.search_documents import FACETS, TREES
from web.catalogue.kinds import kinds_name
from web.catalogue.search_choice import Choice
from web.catalogue.search_pages import SearchPage
from web.i18n import gettext as _
from web.i18n import language
from web.presenters import industry_label, label, region_label

N_SHOWN = 8  # options of a facet at once; the others stand under "more"
N_OPTIONS = 60
N_OPEN = 3  # facets that are open from the start
ORDERED = {"maturity", "trust", "verification"}  # by their value, not by how many


def present_facets(
    page: SearchPage, choice: Choice, counts: Mapping[str, Mapping[str, int]], catalogue: Catalogue
) -> list[dict[str, Any]]:
    """Return the facets of a page that offer a choice, in its order."""
    shown = [
        _facet(name, choice.facets.get(name, ()), counts.get(name, {}), catalogue)
        for name in page.facets
        if name != "kind"
    ]
    useful = [facet for facet in shown if facet["n_chosen"] or facet["n_options"] > 1]
    for place, facet in enumerate(useful):
        facet["is_open"] = bool(facet["n_chosen"]) or place < N_OPEN
    return useful


def _facet(
    name: str, chosen: tuple[str, ...], counts: Mapping[str, int], catalogue: Catalogue
) -> dict[str, Any]:
    options = [
        _option(name, value, counts.get(value, 0), chosen, catalogue)
        for value in _values(name, chosen, counts)
    ]
    n_options = len(options)
    if name in TREES:
        options = _tree(name, options)
    must_show = [option for option in options[N_SHOWN:] if option["is_chosen"] or option["is_open"]]
    first = options[:N_SHOWN] + must_show
    return {
        "name": name,
        "label": facet_label(name),
        "options": first,
        "more": [option for option in options[N_SHOWN:] if option not in must_show],
        "n_chosen": len(chosen),
        "n_options": n_options,
    }


def _values(name: str, chosen: tuple[str, ...], counts: Mapping[str, int]) -> list[str]:
    values = [*list(counts)[:N_OPTIONS], *chosen]
    if name in TREES:  # the upper codes of what is shown
        values = [*counts, *chosen, *filter(None, map(TREES[name], chosen))]
    values = list(dict.fromkeys(values))
    return sorted(values) if name in ORDERED else values


def _option(
    name: str, value: str, count: int, chosen: tuple[str, ...], catalogue: Catalogue
) -> dict[str, Any]:
    return {
        "value": value,
        "id": f"{name}-{hashlib.sha256(value.encode('utf-8', 'replace')).hexdigest()[:8]}",
        "label": value_label(name, value, catalogue),
        "count": count,
        "is_chosen": value in chosen,
        "children": [],
        "is_open": False,
        "is_partial": False,
    }


def _tree(name: str, options: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put each option under the one that holds it; one whose holder is missing stays on top."""
    by_value = {option["value"]: option for option in options}
    roots: list[dict[str, Any]] = []
    for value, option in by_value.items():
        holder = by_value.get(TREES[name](value))
        (roots if holder is None else holder["children"]).append(option)
    for root in roots:
        root["is_partial"] = any(child["is_chosen"] for child in root["children"])
        root["is_open"] = root["is_partial"] or (root["is_chosen"] and bool(root["children"]))
    return roots


def chips(page: SearchPage, choice: Choice, catalogue: Catalogue) -> list[dict[str, str]]:
    """Return what was chosen, each with the address of the same search without it."""
    return [
        {
            "facet": facet_label(name),
            "label": value_label(name, value, catalogue),
            "url": choice.without(name, value).url(page),
        }
        for name, value in choice.pairs
        if name != "kind"
    ]


def facet_label(name: str) -> str:
    words = {
        "kind": _("Kind of record"),
        "sector": _("Area"),
        "industry": _("Industry (GB/T 4754)"),
        "region": _("Place"),
        "process_step": _("Process step"),
        "ai_task": _("AI task"),
        "data_modality": _("Kinds of data"),
        "maturity": _("Readiness level (TRL)"),
        "deployment": _("Deployment"),
        "verification": _("Verification"),
        "certificate": _("Certificates"),
        "trust": _("Grade of the source"),
        "relation": _("Relation of the two"),
        "provider_kind": _("Kind of provider"),
        "domain": _("Field"),
        "direction": _("Direction"),
        "level": _("Level"),
        "status": _("Status"),
        "service": _("Service"),
        "validation_type": _("Kind of validation"),
        "mode": _("Where it is done"),
        "base": _("Pilot base"),
        "scenario": _("Scenario"),
        "domestic_stack": _("Domestic stack"),
        "needs_base": _("Pilot at a base"),
    }
    return words.get(name, name)


def value_label(name: str, value: str, catalogue: Catalogue) -> str:
    if name == "maturity":
        return f"TRL {value}"
    if FACETS.get(name):
        words = label(FACETS[name], value)
        return f"{value} · {words}" if name == "trust" else words
    labels: dict[str, Callable[[str], str]] = {
        "industry": industry_label,
        "region": region_label,
        "kind": kinds_name,
        "sector": sector_label,
        "provider_kind": lambda kind: _twin(catalogue.providers, "kind", kind),
        "direction": lambda words: _twin(catalogue.pilot_bases, "direction", words),
        "base": lambda base_id: _name(catalogue.pilot_bases, base_id),
        "scenario": lambda scenario_id: _name(catalogue.scenarios, scenario_id),
    }
    return labels.get(name, str)(value)


def sector_label(sector: str) -> str:
    words = {
        "产业发展": _("Industry and agriculture"),
        "民生福祉": _("People’s well-being"),
        "治理能力": _("Governance"),
        "消费提质": _("Consumption"),
        "科学技术": _("Science and technology"),
        "全球合作": _("Global cooperation"),
    }
    return words.get(sector, sector)


def _twin(records: Mapping[str, Any], name: str, text: str) -> str:
    """Return a Chinese value in the page's language, as a record that has it says it."""
    if language() == "zh":
        return text
    named = (
        getattr(each, f"{name}_en") for each in records.values() if getattr(each, name) == text
    )
    return next((words for words in named if words), text)


def _name(records: Mapping[str, Any], record_id: str) -> str:
    record = records.get(record_id)
    if record is None:
        return record_id
    own, english = str(record.name), str(record.name_en)
    return (english or own) if language() == "en" else (own or english)
