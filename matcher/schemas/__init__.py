"""The field definitions of every record, and the functions that load and dump records."""

from __future__ import annotations

from matcher.schemas.fields import CATALOGUE, MATCH, PUBLISH
from matcher.schemas.loading import (
    SCHEMAS,
    dump_record,
    load_account,
    load_capability,
    load_case,
    load_invitee,
    load_need,
    load_open_call,
    load_organisation,
    load_pilot_base,
    load_provider,
    load_record,
    load_scenario,
)
from matcher.schemas.messages import Problem

__all__ = [
    "CATALOGUE",
    "MATCH",
    "PUBLISH",
    "SCHEMAS",
    "Problem",
    "dump_record",
    "load_account",
    "load_capability",
    "load_case",
    "load_invitee",
    "load_need",
    "load_open_call",
    "load_organisation",
    "load_pilot_base",
    "load_provider",
    "load_record",
    "load_scenario",
]
