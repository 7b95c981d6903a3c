"""The one place that knows ``htmx_flask``: whether to answer with a part, and how to say it.

The package is quiet upstream and has known defects (pinned by a test); nothing else imports it.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, request
from htmx_flask import Htmx, make_response
from werkzeug.urls import iri_to_uri

VARY = ("HX-Request", "HX-History-Restore-Request", "HX-Boosted")


def init_app(app: Flask) -> None:
    Htmx(app)


def wants_fragment() -> bool:
    """True when htmx asked for a part of the page, not for a restored or boosted whole."""
    hx: Any = getattr(request, "htmx", None)
    return bool(hx) and not hx.history_restore_request and not hx.boosted


def hx_response(
    body: str, status: int = 200, *, push_url: str | None = None, event: str | None = None
) -> Response:
    """Build an htmx response; header values are ASCII whatever the text (headers are latin-1)."""
    response: Response = make_response(
        body,
        status,
        push_url=iri_to_uri(push_url) if push_url else None,
        trigger={event: True} if event else None,
    )
    return response
