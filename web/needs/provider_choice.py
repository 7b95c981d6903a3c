"""Providers that are chosen by name in the form of a need: found, picked, dropped.

What is chosen travels in hidden inputs, so that every button keeps it; finding is a page of the
same form without a script, and a part of it with one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from matcher.records import Provider
from matcher.store.search import search
from matcher.text.lexicon import Lexicon
from web import backend
from web.presenters import text_of

LISTS = ("invited_provider_ids", "excluded_provider_ids")
FIND = "find-"  # and the name of the list: the words that are looked for
LONGEST_WORDS = 60
N_FOUND = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """A provider as the form shows it."""

    provider_id: str
    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Picker:
    """One list of providers: who is in it, and what was looked for and found."""

    name: str
    chosen: tuple[Choice, ...]
    words: str
    found: tuple[Choice, ...]

    @property
    def is_empty_find(self) -> bool:
        return bool(self.words) and not self.found


def picker(name: str, values: Mapping[str, Any], words: str = "") -> Picker:
    """Return one list of providers with what some words find for it."""
    ids = ids_of(values, name)
    found = [one for one in find_providers(words) if one.provider_id not in ids] if words else []
    return Picker(name, tuple(map(as_choice, ids)), words, tuple(found))


def pickers(values: Mapping[str, Any]) -> dict[str, Picker]:
    """Return both lists; the address says what was looked for."""
    return {name: picker(name, values, asked_words(request.args, name)) for name in LISTS}


def asked_words(sent: Mapping[str, str], name: str) -> str:
    return " ".join(sent.get(f"{FIND}{name}", "").replace("\0", " ").split())[:LONGEST_WORDS]


def ids_of(values: Mapping[str, Any], name: str) -> list[str]:
    stated = values.get(name) or []
    listed = stated if isinstance(stated, list | tuple) else [stated]
    return [str(one) for one in listed]


def find_providers(words: str) -> Iterable[Choice]:
    """Return the providers that words find: by name, place or what they offer; or by their id."""
    by_id = backend.catalogue().providers.get(words.upper())
    if by_id is not None:
        return [as_choice(by_id.provider_id)]
    found = search(
        backend.database(), words, kinds=["provider"], limit=N_FOUND, expand=Lexicon.load().expand
    )
    return [as_choice(hit.record_id) for hit in found.hits]


def as_choice(provider_id: str) -> Choice:
    provider: Provider | None = backend.catalogue().providers.get(provider_id)
    if provider is None:  # withdrawn, or typed by hand: the check of the form says so
        return Choice(provider_id, provider_id, "")
    return Choice(provider_id, text_of(provider, "name"), provider.city or provider.province)


def with_picked(values: Mapping[str, Any], verb: str, name: str, provider_id: str) -> list[str]:
    """Return a list after a provider was picked or dropped."""
    ids = [one for one in ids_of(values, name) if one != provider_id]
    return [*ids, provider_id] if verb == "pick" else ids
