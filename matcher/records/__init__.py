"""Frozen records of the domain: what a need, a capability, a case, a base are.

Free text stands in the language it was written in; its optional English twin ends in ``_en``.
Enumerations hold codes of ``data/vocabulary``; empty text or ``None`` means *unknown*, which is
never the same as *no*. Money is integer yuan (``_cny``). Validation lives in ``matcher.schemas``.
"""

from __future__ import annotations

from matcher.records.capability import Capability, Certificate, Claim, Evidence
from matcher.records.catalogue import Catalogue
from matcher.records.facts import Case, Provider, Scenario
from matcher.records.need import Need, Requirement
from matcher.records.open_call import OpenCallTexts
from matcher.records.people import Invitee, NewAccount, OrganisationDetails
from matcher.records.pilot_base import (
    BaseBenchmark,
    BaseContact,
    BaseService,
    DataResource,
    Equipment,
    PilotBase,
    PriorityRule,
    SlotPeriod,
)

__all__ = [
    "BaseBenchmark",
    "BaseContact",
    "BaseService",
    "Capability",
    "Case",
    "Catalogue",
    "Certificate",
    "Claim",
    "DataResource",
    "Equipment",
    "Evidence",
    "Invitee",
    "Need",
    "NewAccount",
    "OpenCallTexts",
    "OrganisationDetails",
    "PilotBase",
    "PriorityRule",
    "Provider",
    "Requirement",
    "Scenario",
    "SlotPeriod",
]
