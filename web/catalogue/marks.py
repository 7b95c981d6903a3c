"""Which records are made up for a demonstration: they say so in every list and on every page."""

from __future__ import annotations

from flask import Flask, g

from matcher.store.ownership import demonstration_records
from web import backend


def is_made_up(kind: str, record_id: str) -> bool:
    """Whether a record is a demonstration's, or a provider is one of its organisations."""
    if "made_up_records" not in g:
        g.made_up_records = demonstration_records(backend.database())
    return (kind, record_id) in g.made_up_records


def init_app(app: Flask) -> None:
    app.jinja_env.globals["is_made_up"] = is_made_up
