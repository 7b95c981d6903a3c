"""Ids of what is registered here: not to be guessed, and never those of the shipped catalogue."""

from __future__ import annotations

import secrets


def new_id(prefix: str) -> str:
    """Return an id that no other record has."""
    return f"{prefix}{secrets.token_hex(6).upper()}"
