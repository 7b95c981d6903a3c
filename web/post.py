"""Send the mail that a request has queued, once its answer is on the way.

A thread of its own does it, so that nobody waits for the mail server, and so that an answer comes
no later for an address that has an account than for one that has none.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

from flask import Flask, Response, current_app, request

from matcher.errors import MatcherError
from matcher.store.connection import close_database, open_database
from matcher.workflow.messages.mail import MailServer, send_waiting
from web.security import SAFE_METHODS


def can_mail() -> bool:
    """Whether this installation has a mail server."""
    return current_app.config["MAIL_SERVER"] is not None


def site_address() -> str:
    """Return the address at which this site is reached, for links in mails."""
    return str(current_app.config["SITE_URL"] or request.url_root).rstrip("/")


def send_after(response: Response) -> Response:
    if request.method in SAFE_METHODS or response.status_code >= 400 or not can_mail():
        return response
    sender = Thread(
        target=send_queue,
        args=(Path(current_app.config["DATABASE"]), current_app.config["MAIL_SERVER"]),
        kwargs={"site": site_address(), "app": current_app._get_current_object()},  # type: ignore[attr-defined]
        daemon=True,  # what it does not get done stays in the queue
    )
    response.call_on_close(sender.start)
    return response


def send_queue(path: Path, server: MailServer, *, site: str, app: Flask) -> None:
    try:
        db = open_database(path)
        try:
            sending = send_waiting(db, server, site=site, now=datetime.now(UTC))
        finally:
            close_database(db)
    except MatcherError as error:
        app.logger.warning("mail not sent: %s", error.code)
        return
    for told in sending.errors:
        app.logger.warning("mail not sent, tried again later: %s", told.split(":")[0])


def init_app(app: Flask) -> None:
    app.after_request(send_after)
    app.jinja_env.globals["can_mail"] = can_mail
