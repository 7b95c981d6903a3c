"""The kinds of record that are found: their names, their pages, and the lists that hold them.

One entry a kind. A kind that is added here (and indexed by the store) is searched, counted, mapped
and linked everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import ngettext

from matcher.records import Catalogue
from web.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record: ``endpoint`` shows one, ``page`` names the list of them."""

    endpoint: str
    argument: str
    page: str
    has_place: bool
    records: Callable[[Catalogue], Mapping[str, Any]]


KINDS: dict[str, Kind] = {
    "scenario": Kind(
        "catalogue.show_scenario", "scenario_id", "scenarios", False, lambda c: c.scenarios
    ),
    "capability": Kind(
        "capabilities.show_capability",
        "capability_id",
        "capabilities",
        True,
        lambda c: c.capabilities,
    ),
    "provider": Kind(
        "catalogue.show_provider", "provider_id", "providers", True, lambda c: c.providers
    ),
    "case": Kind("catalogue.show_case", "case_id", "cases", True, lambda c: c.cases),
    "pilot_base": Kind("catalogue.show_base", "base_id", "bases", True, lambda c: c.pilot_bases),
    "base_service": Kind(
        "catalogue.show_service",
        "service_id",
        "services",
        True,
        lambda c: {s.service_id: s for b in c.pilot_bases.values() for s in b.services},
    ),
}


def kind_name(kind: str) -> str:
    words = {
        "provider": _("Provider"),
        "capability": _("Capability"),
        "scenario": _("Scenario"),
        "case": _("Case"),
        "pilot_base": _("Pilot base"),
        "base_service": _("Base service"),
    }
    return words.get(kind, kind)


def kinds_name(kind: str) -> str:
    words = {
        "provider": _("Providers"),
        "capability": _("Capabilities"),
        "scenario": _("Scenarios"),
        "case": _("Cases"),
        "pilot_base": _("Pilot bases"),
        "base_service": _("Base services"),
    }
    return words.get(kind, kind)


def counted(kind: str, count: int) -> str:
    """Return a number of records of a kind in words."""
    forms: dict[str, Callable[[int], str]] = {
        "provider": lambda n: ngettext("%(num)s provider", "%(num)s providers", n),
        "capability": lambda n: ngettext("%(num)s capability", "%(num)s capabilities", n),
        "scenario": lambda n: ngettext("%(num)s scenario", "%(num)s scenarios", n),
        "case": lambda n: ngettext("%(num)s case", "%(num)s cases", n),
        "pilot_base": lambda n: ngettext("%(num)s pilot base", "%(num)s pilot bases", n),
        "base_service": lambda n: ngettext("%(num)s base service", "%(num)s base services", n),
    }
    return forms[kind](count) if kind in forms else str(count)


def record_url(kind: str, record_id: str) -> str:
    arguments: dict[str, Any] = {KINDS[kind].argument: record_id}
    return url_for(KINDS[kind].endpoint, **arguments)


def record_of(kind: str, record_id: str, catalogue: Catalogue) -> Any:
    return KINDS[kind].records(catalogue).get(record_id)
