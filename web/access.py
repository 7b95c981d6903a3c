"""Who may call a view: each view declares it, and one that declares nothing is refused.

Until there are accounts, reading and matching are open, and writing needs a word that the start of
the service prints. It is entered once at ``/unlock`` and remembered in the session as a digest, so
that changing the word ends every session that knew the old one.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, redirect, request, session, url_for
from werkzeug.wrappers import Response

from web.security import request_id

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
WRITE_SECRET = "write_secret"  # noqa: S105 - the name of an access rule
SESSION_KEY = "write_key"


def public(view: View) -> View:
    """Anybody may call this view."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def requires_write_secret(view: View) -> View:
    """Only somebody who has entered the shared word may call this view."""
    view.access = WRITE_SECRET  # type: ignore[attr-defined]
    return view


def access_of(view: Callable[..., Any]) -> str | None:
    return getattr(view, "access", None)


def may_write() -> bool:
    kept = session.get(SESSION_KEY, "")
    return isinstance(kept, str) and hmac.compare_digest(kept, _digest(_secret()))


def unlock(word: str) -> bool:
    """Remember the right word in the session; say whether it was right."""
    if not hmac.compare_digest(_digest(word.strip()), _digest(_secret())):
        current_app.logger.warning("%s wrong_word", request_id())  # guessing shows in the log
        return False
    session.clear()
    session[SESSION_KEY] = _digest(_secret())
    session.permanent = True
    return True


def lock() -> None:
    session.pop(SESSION_KEY, None)


def _secret() -> str:
    return str(current_app.config["WRITE_SECRET"])


def _digest(word: str) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, word.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def local_path(wish: str | None) -> str | None:
    """Return a path of this site to go back to, or nothing: never another site's address."""
    if not wish or not wish.startswith("/") or wish.startswith("//") or "\\" in wish:
        return None
    return None if any(ord(letter) < 32 for letter in wish) else wish


def check_access() -> Response | None:
    if request.endpoint is None:
        return None
    rule = access_of(current_app.view_functions[request.endpoint])
    if rule == PUBLIC or (rule == WRITE_SECRET and may_write()):
        return None
    if rule == WRITE_SECRET and request.method in {"GET", "HEAD"}:
        return redirect(url_for("unlock.show_unlock", next=request.full_path.rstrip("?")), code=303)
    return abort(403)


def init_app(app: Flask) -> None:
    app.before_request(check_access)
    app.jinja_env.globals["may_write"] = may_write
    app.view_functions["static"] = public(app.view_functions["static"])
