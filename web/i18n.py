"""Languages: Chinese first, English complete.

The language of a page is, in this order, ``?lang=``, the cookie that an earlier ``?lang=`` left,
what the account has chosen, what the browser asks for, Chinese. Message ids are English;
``web/translations`` holds the Chinese.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import flask_babel
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from flask import Flask, Response, current_app, g, has_request_context, request, url_for

from web.session import current_account

LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
HTML_LANG = {"zh": "zh-Hans", "en": "en"}
OWN_NAMES = {"zh": "中文", "en": "English"}
DEFAULT = "zh"
COOKIE = "language"
COOKIE_AGE_S = 365 * 24 * 3600
TRANSLATIONS = Path(__file__).resolve().parent / "translations"


class TranslationsUnreadable(RuntimeError):
    """The catalogue of translations cannot be compiled, so pages would be half translated."""


def init_app(app: Flask) -> None:
    ensure_compiled()
    flask_babel.Babel(app, locale_selector=lambda: LOCALES[choose_language()])
    app.after_request(remember_language)
    app.jinja_env.globals.update(language=language, language_links=language_links)


def choose_language() -> str:
    """Return the language: a wish, a kept one, the account's, the browser's, Chinese."""
    if not has_request_context():
        return DEFAULT
    for wish in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if wish in LOCALES:
            return str(wish)
    account = current_account()
    if account is not None and account.language in LOCALES:
        return account.language
    return request.accept_languages.best_match(list(LOCALES)) or DEFAULT


def language() -> str:
    """``zh`` or ``en``, as the page is being written."""
    locale = flask_babel.get_locale()
    return DEFAULT if locale is None or locale.language == "zh" else "en"


def gettext(message: str, **values: Any) -> str:
    """Return a message in the page's language, with values filled in."""
    return str(flask_babel.gettext(message, **values))


def remember_language(response: Response) -> Response:
    wish = request.args.get("lang")
    if request.endpoint == "static":  # may be kept by anybody on the way, so it carries no cookie
        return response
    if wish in LOCALES and wish != request.cookies.get(COOKIE):
        response.set_cookie(
            COOKIE,
            str(wish),
            max_age=COOKIE_AGE_S,
            httponly=True,
            samesite="Lax",
            secure=bool(current_app.config["HTTPS"]),
        )
    return response


def language_links() -> list[dict[str, Any]]:
    """One link a language to this same page; a page that answers a POST links to its start."""
    current = language()
    path, query = own_address()
    links = []
    for code, name in OWN_NAMES.items():
        url = f"{path}?{urlencode([*query, ('lang', code)])}"
        links.append(
            {
                "code": code,
                "html_lang": HTML_LANG[code],
                "name": name,
                "url": url,
                "is_current": code == current,
            }
        )
    return links


def own_address() -> tuple[str, list[tuple[str, str]]]:
    """Return the path at which this page can be read again, and its query without the language.

    The query is added by hand: as arguments of ``url_for``, names such as ``_scheme`` or
    ``endpoint`` would steer it.
    """
    if "own_address" in g:  # of a page that answers a POST: path and query
        path, query = g.own_address
        return str(path), list(query)
    if "canonical_endpoint" in g:
        return url_for(g.canonical_endpoint), []
    rule = request.url_rule
    if rule is None or "GET" not in (rule.methods or ()) or request.endpoint is None:
        return url_for("home.show_home"), []
    query = [(name, text) for name, text in request.args.items(multi=True) if name != "lang"]
    return url_for(request.endpoint, **(request.view_args or {})), query


def ensure_compiled(folder: Path = TRANSLATIONS) -> list[Path]:
    """Compile each ``.po`` that is newer than its ``.mo``; return what was written."""
    written = []
    for po in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        compile_po(po, mo)
        written.append(mo)
    return written


def compile_po(po: Path, mo: Path) -> None:
    try:
        with po.open("rb") as source:
            catalog = read_po(source, locale=po.parent.parent.name, abort_invalid=True)
        partial = mo.with_suffix(".mo.partial")
        with partial.open("wb") as target:
            write_mo(target, catalog)
        partial.replace(mo)  # another worker never reads half a file
    except (OSError, ValueError, PoFileError) as error:
        raise TranslationsUnreadable(
            f"{po} could not be compiled to {mo.name}: {error}. Run "
            "`python -m web.translations_compile` where the folder can be written."
        ) from error
