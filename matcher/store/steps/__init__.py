"""The steps of the schema, oldest first. A step is never edited after release.

Importing this package registers them all: the order of these imports is the order of the steps.
"""

# isort: off
from matcher.store.steps.base import MIGRATIONS
from matcher.store.steps import catalogue, people, registrations, notices, search
from matcher.store.steps import accounts_more
from matcher.store.steps import decisions
from matcher.store.steps import engagements, pilots, rounds
from matcher.store.steps import history
from matcher.store.steps import models
from matcher.store.steps import reports
from matcher.store.steps import handshake
from matcher.store.steps import supply
from matcher.store.steps import public_needs
from matcher.store.steps import round_parties
from matcher.store.steps import digest
from matcher.store.steps import open_calls
from matcher.store.steps import second_factor
from matcher.store.steps import closeness
from matcher.store.steps import shown_chain
from matcher.store.steps import statements

__all__ = [
    "MIGRATIONS",
    "accounts_more",
    "catalogue",
    "closeness",
    "decisions",
    "digest",
    "engagements",
    "handshake",
    "history",
    "models",
    "notices",
    "open_calls",
    "people",
    "pilots",
    "public_needs",
    "registrations",
    "reports",
    "round_parties",
    "rounds",
    "search",
    "second_factor",
    "shown_chain",
    "statements",
    "supply",
]
