"""The kinds of record that are found: their names, their pages, and the lists that hold them.

One entry a kind. A kind that is added here (and indexed by the store) is searched, counted, mapped
and linked everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import ngettext

from matcher.errors import UnknownRecord
from matcher.records import Catalogue
from matcher.workflow.needs.disclosure import ShownNeed, show_need
from web import backend
from web.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record: ``endpoint`` shows one, ``page`` names the list of them."""

    endpoint: str
    argument: str
    page: str
    has_place: bool
    find: Callable[[Catalogue, str], Any]  # the record, or None


def _public_need(_: Catalogue, need_id: str) -> ShownNeed | None:
    """Return a need as everybody may see it, whoever asks: a list shows nobody more."""
    try:
        return show_need(backend.database(), need_id, None)
    except UnknownRecord:  # closed a moment ago
        return None


def _service(catalogue: Catalogue, service_id: str) -> Any:
    services = (each for base in catalogue.pilot_bases.values() for each in base.services)
    return next((each for each in services if each.service_id == service_id), None)


KINDS: dict[str, Kind] = {
    "need": Kind("needs.show_need", "need_id", "needs", True, _public_need),
    "scenario": Kind(
        "catalogue.show_scenario",
        "scenario_id",
        "scenarios",
        False,
        lambda c, i: c.scenarios.get(i),
    ),
    "capability": Kind(
        "capabilities.show_capability",
        "capability_id",
        "capabilities",
        True,
        lambda c, i: c.capabilities.get(i),
    ),
    "provider": Kind(
        "catalogue.show_provider",
        "provider_id",
        "providers",
        True,
        lambda c, i: c.providers.get(i),
    ),
    "case": Kind("catalogue.show_case", "case_id", "cases", True, lambda c, i: c.cases.get(i)),
    "pilot_base": Kind(
        "catalogue.show_base", "base_id", "bases", True, lambda c, i: c.pilot_bases.get(i)
    ),
    "base_service": Kind(
        "catalogue.show_service",
        "service_id",
        "services",
        True,
        _service,
    ),
}


def kind_name(kind: str) -> str:
    words = {
        "need": _("Need"),
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
        "need": _("Open needs"),
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
        "need": lambda n: ngettext("%(num)s open need", "%(num)s open needs", n),
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
    return KINDS[kind].find(catalogue, record_id)
