"""Organisations that a provider does not work with: found by name, refused where they are none."""

from __future__ import annotations

from collections.abc import Sequence

from sqlite_utils import Database

from matcher.identity import Organisation
from matcher.schemas.messages import Problem, problem
from matcher.store.organisations import (
    find_named_exactly,
    find_named_in_public,
    known_organisations,
)
from matcher.workflow.needs.states import LISTED

MOST_FOUND = 8


def find_organisations(db: Database, words: str, *, besides: str) -> list[Organisation]:
    """Return the organisations that words find, the exact ones first.

    A part of a name finds those that the service names to everybody. Any other is found by its
    whole name, its credit code or its id: who is registered here is not for others to list.

    Parameters
    ----------
    besides : str
        The id of the organisation that looks, which never finds itself.
    """
    found = find_named_exactly(db, words)
    found += find_named_in_public(db, words, states=LISTED, limit=MOST_FOUND)
    apart = {one.organisation_id: one for one in found if one.organisation_id != besides}
    return list(apart.values())[:MOST_FOUND]


def exclusion_problems(db: Database, organisation_ids: Sequence[str], own_id: str) -> list[Problem]:
    """Return what is wrong with ids of excluded organisations: unknown ones, and the own one."""
    known = known_organisations(db, organisation_ids) if organisation_ids else frozenset()
    return [
        problem("own_organisation" if one == own_id else "unknown_organisation", one)
        for one in organisation_ids
        if one == own_id or one not in known
    ]
