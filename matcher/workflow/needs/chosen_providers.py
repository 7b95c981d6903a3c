"""Providers that a need names, invited or excluded: each must be one, and not the own one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from matcher.records import Provider
from matcher.schemas.messages import Problem, problem
from matcher.store.versions import find_current

CHOSEN = ("invited_provider_ids", "excluded_provider_ids")


def provider_problems(
    db: Database, values: Mapping[str, Any], own_provider_id: str = ""
) -> dict[str, list[Problem]]:
    """Return by field what is wrong with the providers that a draft names.

    Parameters
    ----------
    own_provider_id : str
        The catalogue entry of the organisation that writes, where it has one.
    """
    found = {name: _problems(db, values.get(name), own_provider_id) for name in CHOSEN}
    return {name: told for name, told in found.items() if told}


def _problems(db: Database, stated: Any, own: str) -> list[Problem]:
    ids = stated if isinstance(stated, list | tuple) else [stated]
    told = []
    for provider_id in (str(one) for one in ids if one):
        if own and provider_id == own:
            told.append(problem("own_organisation", provider_id))
        elif find_current(db, Provider, "provider", provider_id) is None:
            told.append(problem("unknown_provider", provider_id))
    return told
