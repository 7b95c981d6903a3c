"""Response headers, cross-site request checks, request ids."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, request
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from web import hx

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # The check of Flask-WTF under TLS needs a Referer from our own pages; nobody else gets one.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = "max-age=31536000"
STATIC_AGE_S = 3600
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
# A file of 10 MB with the form around it; every other view keeps MAX_CONTENT_LENGTH.
LARGEST_UPLOAD_BYTES = 10 * 1024 * 1024 + 64 * 1024

csrf = CSRFProtect()
View = TypeVar("View", bound=Callable[..., Any])


def accepts_upload(n_bytes: int) -> Callable[[View], View]:
    """This view takes a file, so its requests may be larger than others."""

    def declare(view: View) -> View:
        view.largest_body = n_bytes  # type: ignore[attr-defined]
        return view

    return declare


def allow_upload() -> None:
    """Raise the limit where a view takes files, before anything reads the form."""
    view = current_app.view_functions.get(request.endpoint or "")
    largest = getattr(view, "largest_body", None)
    if largest is not None:
        request.max_content_length = largest


def init_app(app: Flask) -> None:
    if app.config["PROXIES"]:  # else everybody comes from the proxy's address and is slowed for all
        n_proxies = app.config["PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n_proxies, x_proto=n_proxies)  # type: ignore[method-assign]
    app.before_request(name_request)
    app.before_request(allow_upload)  # the check of the token reads the form
    csrf.init_app(app)
    app.before_request(refuse_cross_site_writes)
    app.after_request(add_headers)
    app.jinja_env.globals["request_id"] = request_id


def name_request() -> None:
    g.request_id = secrets.token_hex(6)


def request_id() -> str:
    if "request_id" not in g:
        name_request()
    return str(g.request_id)


def refuse_cross_site_writes() -> None:
    """Refuse a write that the browser itself says comes from another site."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site not in {None, "same-origin", "none"}:
        abort(403)
    origin = request.headers.get("Origin")
    if origin and origin != "null" and host_of(origin) != request.host:
        abort(403)


def host_of(origin: str) -> str | None:
    """Return the host of an address, or nothing where it is no address."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["HTTPS"]:
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    response.headers["X-Request-ID"] = request_id()
    if request.endpoint == "static":
        response.cache_control.no_cache = None
        response.cache_control.max_age = STATIC_AGE_S
        response.cache_control.public = True
    elif response.mimetype == "text/html":
        response.vary.update((*hx.VARY, "Cookie", "Accept-Language"))
        response.headers.setdefault("Cache-Control", "private, no-cache")
    return response
