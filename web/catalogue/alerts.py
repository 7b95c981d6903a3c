"""After a request that published something, tell those whose saved searches find it."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask, Response, current_app, g

from matcher.errors import MatcherError
from matcher.store.catalogue import catalogue_revision
from matcher.workflow.messages.alerts import deliver_alerts

AT_MOST = 200  # searches that one request looks at; ``aiplus alerts`` looks at all of them


def init_app(app: Flask) -> None:
    app.after_request(tell_of_news)


def tell_of_news(response: Response) -> Response:
    """What was published is published, even where telling of it fails: that is only logged."""
    if "writable_database" not in g or "catalogue" not in g or response.status_code >= 400:
        return response
    try:
        if catalogue_revision(g.writable_database) > g.catalogue.revision:
            deliver_alerts(g.writable_database, datetime.now(UTC), limit=AT_MOST)
    except MatcherError as error:
        current_app.logger.warning("alerts: [%s] %s", error.code, error)
    return response
