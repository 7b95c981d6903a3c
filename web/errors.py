"""From an error to a page: what happened, what was kept, what to do next, in both languages.

Each problem is logged once, here, with its code and the request id; never with personal data.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, make_response, render_template, request
from flask_babel import lazy_gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from matcher.errors import (
    Busy,
    InvalidRecord,
    MatcherError,
    ModelError,
    StoreError,
    UnknownRecord,
)
from web import hx
from web.security import request_id
from web.session import AccessRefused

RETRY_AFTER_S = "5"
PLAIN_500 = Path(__file__).resolve().parent / "templates" / "errors" / "500.html"


@dataclass(frozen=True, slots=True)
class Words:
    """What a page says about one kind of problem."""

    title: Any
    explanation: Any
    next_step: Any


STATUS_WORDS: dict[int, Words] = {
    401: Words(
        _("Sign in to do this"),
        _("Your session has ended, or you have not signed in yet. Nothing was saved."),
        _("Sign in; your browser's back button then leads to what you had typed."),
    ),
    400: Words(
        _("This request could not be read"),
        _("The address or the form that your browser sent is not complete."),
        _("Go back, reload the page and try again."),
    ),
    403: Words(
        _("You cannot do this here"),
        _("Your account, or the organisation it acts for, is not entitled to it."),
        _("Sign in with another account, or ask the owner of yours. Nothing was saved."),
    ),
    404: Words(
        _("This page does not exist"),
        _("The address may be mistyped, or the record may have been withdrawn."),
        _("Search the catalogue, or start from the home page."),
    ),
    405: Words(
        _("This address cannot be used in this way"),
        _("It answers to another kind of request."),
        _("Start from the home page."),
    ),
    413: Words(
        _("That was too much text"),
        _("The form you sent is larger than this service accepts (2 MB). Nothing was saved."),
        _("Press “Back” in your browser: it still holds what you typed. Shorten it, then send it."),
    ),
    422: Words(
        _("Some answers need another look"),
        _("What was sent does not fit the fields of this form."),
        _("Go back and correct the fields that are marked. Nothing was saved."),
    ),
    503: Words(
        _("This part of the service is not ready"),
        _("Browsing and searching the catalogue still work."),
        _("Try again in a few minutes, or tell the administrator."),
    ),
}

CODE_WORDS: dict[str, Words] = {
    "unknown_record": STATUS_WORDS[404],
    "invalid_record": STATUS_WORDS[422],
    "model_missing": Words(
        _("Matching is not available now"),
        _("No trained model is installed. Browsing and searching the catalogue still work."),
        _("The administrator can install one with “aiplus train” and start the service again."),
    ),
    "model_incompatible": Words(
        _("Matching is not available now"),
        _(
            "The stored model is damaged or was made for another version, so it is not used. "
            "Browsing and searching the catalogue still work."
        ),
        _("The administrator can train a model again with “aiplus train”."),
    ),
    "model_error": Words(
        _("Matching is not available now"),
        _("The stored model cannot be used. Browsing and searching the catalogue still work."),
        _("Try again in a few minutes, or tell the administrator."),
    ),
    "not_verified": Words(
        _("Your organisation has not been verified yet"),
        _("An administrator compares the credit code with the register before you can publish."),
        _("You are told when it is done. Drafts can be written and kept meanwhile."),
    ),
    "wrong_side": Words(
        _("Your organisation does not take part in this capacity"),
        _("Needs are an enterprise's, capabilities a provider's, services a pilot base's."),
        _("The owner of your organisation can add the capacity in its profile."),
    ),
    "suspended": Words(
        _("Your organisation is suspended"),
        _("You can read everything as before, but nothing can be sent or changed."),
        _("The reason stands on the page of your organisation; ask the administrator."),
    ),
    "second_factor_kept": Words(
        _("Your second factor stays on"),
        _("Your account opens everybody's records, so it cannot be switched off."),
        _("Set up another device in its place, under “Second factor” of your account."),
    ),
    "second_factor_unset": Words(
        _("There is no second factor here"),
        _("It was switched off or reset by somebody else. Nothing was done."),
        _("Go back, reload the page and look at it again."),
    ),
    "own_second_factor": Words(
        _("Your own second factor is reset by somebody else"),
        _("A stolen session must not be able to take it away. Nothing was done."),
        _("Use a recovery code, ask another administrator, or run “aiplus reset-second-factor”."),
    ),
    "draft_too_large": STATUS_WORDS[413],
    "too_many_drafts": Words(
        _("You have as many drafts as are kept"),
        _("Nothing was lost and nothing was added."),
        _("Finish or delete one of your drafts, then try again."),
    ),
    "classified_content": Words(
        _("This was not kept: it looks classified"),
        _("Matters of state secrecy are not accepted here."),
        _("Go back and remove the classified part. Nothing was saved."),
    ),
    "transition_refused": Words(
        _("This cannot be done now"),
        _("The need is in another state by now, perhaps because somebody else acted on it."),
        _("Open the need again to see where it stands."),
    ),
    "impossible_step": Words(
        _("This cannot be done now"),
        _("The step is not possible any more, or not for your side. Nothing was done."),
        _("Open the engagement again to see where it stands and what is possible."),
    ),
    "changed_meanwhile": Words(
        _("Somebody else was quicker"),
        _("It changed while you were reading it. Nothing of yours was done."),
        _("Go back, reload the page and look at it again."),
    ),
    "busy": Words(
        _("The database is busy"),
        _("Somebody else is writing at this moment. Nothing of yours was saved or lost."),
        _("Wait a few seconds and send it again."),
    ),
    "schema_out_of_date": Words(
        _("The database does not fit this version of the service"),
        _("It was made by another version. Nothing was changed."),
        _("The administrator can bring it up to date with “aiplus init”."),
    ),
    "store_error": Words(
        _("The database could not be used"),
        _("Nothing of yours was saved."),
        _("Try again in a few minutes, or tell the administrator."),
    ),
    "csrf": Words(
        _("This form has expired"),
        _("For your safety a form is accepted only from a page of this service."),
        _("Go back, reload the page and send the form again. Nothing was saved."),
    ),
}


STATUS_OF_CODE = {
    "draft_too_large": 413,
    "too_many_drafts": 409,
    "classified_content": 422,
    "transition_refused": 409,
    "impossible_step": 409,
    "changed_meanwhile": 409,
    "second_factor_kept": 403,
    "second_factor_unset": 409,
    "own_second_factor": 403,
}


def status_of(error: MatcherError) -> int:
    if isinstance(error, AccessRefused):
        return 401 if error.code == "signed_out" else 403
    if isinstance(error, UnknownRecord):
        return 404
    if isinstance(error, InvalidRecord):
        return 422
    if error.code in STATUS_OF_CODE:
        return STATUS_OF_CODE[error.code]
    return 503 if isinstance(error, ModelError | StoreError) else 500


def words_of(code: str, status: int) -> Words:
    return CODE_WORDS.get(code) or STATUS_WORDS.get(status) or STATUS_WORDS[400]


def problem_page(code: str, status: int) -> Response:
    """Render a problem as a whole page, or as a part where htmx asked for a part."""
    template = "partials/_problem.html" if hx.wants_fragment() else "errors/problem.html"
    body = render_template(template, words=words_of(code, status), status=status, code=code)
    response = make_response(body, status)
    if status == 503:
        response.headers["Retry-After"] = RETRY_AFTER_S
    return response


def show_matcher_error(error: MatcherError) -> Response:
    status = status_of(error)
    if status == 500:
        return show_unexpected(error)
    log = current_app.logger.info if status in {401, 403, 404} else current_app.logger.warning
    log("%s %s %r: %s", request_id(), error.code, request.path, told_in_log(error))
    return problem_page("busy" if isinstance(error, Busy) else error.code, status)


def told_in_log(error: MatcherError) -> str:
    """Return what a log may keep: of a record, the names of wrong fields and not what was typed."""
    if isinstance(error, InvalidRecord):
        return f"{error.kind}: {sorted(error.errors)!a}"
    return str(error)


def show_http_error(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, SecurityError):
        return untrusted_host()
    if error.code >= 500 and error.code != 503:
        return show_unexpected(error)
    response = problem_page("csrf" if isinstance(error, CSRFError) else "http", error.code)
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def untrusted_host() -> Response:
    """Answer in plain text: no address of a page can be built for a host we do not know."""
    current_app.logger.warning("%s untrusted_host", request_id())
    return Response(
        "这个主机名不在允许的列表里。请用 http://127.0.0.1 加端口访问，或由管理员设置 "
        "AIPLUS_TRUSTED_HOSTS。\n"
        "This host name is not on the list of allowed ones. Use http://127.0.0.1 with the port, "
        "or let the administrator set AIPLUS_TRUSTED_HOSTS.\n",
        status=400,
        content_type="text/plain; charset=utf-8",
    )


def show_unexpected(error: Exception) -> Response:
    """Answer with a page that calls nothing, so that it cannot fail as well."""
    current_app.logger.error(
        "%s unexpected %s %r", request_id(), request.method, request.path, exc_info=error
    )
    text = current_app.extensions["plain_500"].replace("{request_id}", html.escape(request_id()))
    return Response(text, status=500, content_type="text/html; charset=utf-8")


def init_app(app: Flask) -> None:
    app.extensions["plain_500"] = PLAIN_500.read_text("utf-8")
    app.register_error_handler(MatcherError, show_matcher_error)
    app.register_error_handler(HTTPException, show_http_error)
    app.register_error_handler(Exception, show_unexpected)
