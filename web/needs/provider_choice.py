"""Providers that are chosen by name in the form of a need: invited, or excluded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import request, url_for

from matcher.records import Provider
from matcher.store.search import search
from matcher.text.lexicon import Lexicon
from matcher.workflow.needs.chosen_providers import CHOSEN
from web import backend
from web.catalogue.picking import Choice, Control, Picker, asked_words, picker_of
from web.i18n import gettext as _
from web.presenters import text_of

LISTS = CHOSEN
N_FOUND = 8


def picker(draft_id: str, name: str, values: Mapping[str, Any], words: str = "") -> Picker:
    """Return one list of providers with what some words find for it."""
    control = Control(
        form="need-form",
        act="action",
        find=url_for("drafts.find_providers", draft_id=draft_id, name=name),
        ask=_("Name, place or what they offer"),
        none=_("No provider of the catalogue is found by “%(words)s”.", words=words),
    )
    return picker_of(control, (name, values, words), find_providers, as_choice)


def pickers(draft_id: str, values: Mapping[str, Any]) -> dict[str, Picker]:
    """Return both lists; the address says what was looked for."""
    return {name: picker(draft_id, name, values, asked_words(request.args, name)) for name in LISTS}


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
