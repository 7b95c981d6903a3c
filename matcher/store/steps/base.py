"""The set that every step of the schema is registered in, in the order of its number."""

from __future__ import annotations

from sqlite_utils import Migrations

MIGRATIONS = Migrations("matcher")
