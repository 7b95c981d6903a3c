"""Where a statement comes from: the words, the address and its grade, and who wrote it down.

A record of the catalogue was compiled by this project from public material; what has no source was
written by the organisation that registered it. No page says one of the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, g

from matcher.store.ownership import owner_of
from web import backend
from web.i18n import gettext as _

LINKED_TRUST = {"A", "B"}  # mirrors may vanish or change: their address is shown, not linked
RECORD_NUMBER = re.compile(r" \((?:index id )?([\w-]+)\)$")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement comes from, and whether its address may be offered as a link."""

    text: str
    url: str
    host: str
    is_linked: bool


def source_of(address: str, trust: str = "") -> Source:
    host = host_of(address) if address.startswith(("http://", "https://")) else None
    if not host:
        return Source(source_words(address), "", "", is_linked=False)
    is_linked = (trust or grade_of_address(address)) in LINKED_TRUST
    return Source(address, address, host, is_linked=is_linked)


def host_of(address: str) -> str | None:
    """Return the host that an address leads to, whatever name stands before an ``@``."""
    try:
        return urlsplit(address).netloc.rpartition("@")[2].removeprefix("www.")
    except ValueError:
        return None


def source_words(address: str) -> str:
    """Return in the page's language what stands in the place of an address."""
    if not address:
        return _("no source given")
    if address == "general knowledge":
        return _("general knowledge, not verified; no source address")
    if address.startswith("platform:"):
        return _("an outcome recorded on this platform")
    number = RECORD_NUMBER.search(address)
    if address.startswith("policy article without a recorded address"):
        words = _("policy article, no source address")
    elif address.startswith("document without a known address"):
        words = _("public document, no source address")
    else:
        return address
    return words if number is None else f"{words} ({number[1]})"


def grade_of(record: Any) -> str:
    """Return the grade of a record's source: its own, or that of its address."""
    return str(getattr(record, "trust", "")) or grade_of_address(record.source)


def grade_of_address(address: str) -> str:
    """Return the grade that the cases with this address give it; of two, the lower."""
    if not address:
        return ""
    if "source_grades" not in g:
        graded = ((one.source, one.trust) for one in backend.catalogue().cases.values())
        g.source_grades = dict(sorted(pair for pair in graded if pair[1]))
    return str(g.source_grades.get(address, ""))


def is_unverified(record: Any) -> bool:
    """Whether nobody vouches for a record: marked so, or with a source that has no grade."""
    if getattr(record, "unverified", False):
        return True
    return hasattr(record, "trust") and bool(record.source) and not record.trust


def evidence_origin(item: Any) -> str:
    """Say what a piece of evidence is and who wrote it down, before its source is named."""
    if item.kind == "case":
        return _("published case")
    if not item.source:
        return _("own claim") if item.kind == "claim" else _("own description")
    return _("compiled by this catalogue from public material")


def has_owner(kind: str, record_id: str) -> bool:
    """Whether an organisation has claimed a record of the catalogue, and answers for its words."""
    return bool(owner_of(backend.database(), kind, record_id))


def init_app(app: Flask) -> None:
    for function in (source_of, grade_of, is_unverified, evidence_origin, has_owner):
        app.jinja_env.globals[function.__name__] = function
