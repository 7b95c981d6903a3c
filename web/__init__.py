"""The site: wiring only. A WSGI server calls ``web:create_app()``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from flask import Flask

from web import (
    access,
    addresses,
    answering,
    backend,
    confirm,
    errors,
    hx,
    i18n,
    line_ends,
    menu,
    moments,
    post,
    presenters,
    security,
    views,
)
from web.catalogue import alerts, base_states, marks, sources
from web.config import load_config
from web.engagements import words
from web.needs import shared_words, sides
from web.registration import base_slots


def create_app(
    environ: Mapping[str, str] | None = None, settings: Mapping[str, Any] | None = None
) -> Flask:
    """Return the site for an environment (the process's own by default)."""
    app = Flask(__name__)
    app.config.from_mapping(load_config(os.environ if environ is None else environ))
    app.config.from_mapping(settings or {})
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    for part in (
        addresses,
        hx,
        line_ends,
        security,
        access,
        i18n,
        backend,
        base_slots,
        alerts,
        base_states,
        marks,
        sources,
        answering,
        words,
        shared_words,
        sides,
        presenters,
        confirm,
        menu,
        moments,
        post,
        errors,
        views,
    ):
        part.init_app(app)
    return app
