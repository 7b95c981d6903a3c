"""The answer to a need: who fits, why, where to try it, and why not somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import InvalidRecord, UnknownRecord
from matcher.ranking.results import Match
from matcher.records import Need, Provider
from matcher.workflow.needs.draft_values import need_to_match
from web import access, backend
from web.needs.beside import beside_of
from web.needs.examples import example_need, example_to_match
from web.needs.together import N_LOOKED_AT, together_of, wants_partners
from web.needs.token import UnreadableToken, pack_need, unpack_need
from web.presenters import text_of

blueprint = Blueprint("matches", __name__)
N_SHOWN = 5


@blueprint.get("/matches")
@access.public
def show_matches() -> ResponseReturnValue:
    values = asked_values()
    if values is None:
        return redirect(url_for("needs.new_need"), code=303)
    # An example is changed in the page's language; it is matched in both.
    example = asked_example()
    token = pack_need(example_need(example) or values)
    try:
        need = need_to_match(values)
    except InvalidRecord:
        return redirect(url_for("needs.new_need", need=token), code=303)
    asked = request.args.get("provider", "")
    return answer_page(need, values, token, asked=asked, example=example)


@blueprint.get("/matches/why-not")
@access.public
def show_why_not() -> ResponseReturnValue:
    """The explanation alone, for a page that already shows the rest."""
    values, asked = asked_values(), request.args.get("provider", "")
    if values is None:
        return redirect(url_for("needs.new_need"), code=303)
    need = need_to_match(values)
    return render_template(
        "partials/_why_not.html",
        need=need,
        asked=asked,
        **explanation(need, asked, asked_example()),
    )


def asked_example() -> str:
    """Return the example that the address names; none where there is no such one."""
    example = request.args.get("example", "")
    return example if example_need(example) else ""


def asked_values() -> dict[str, Any] | None:
    """Return the need that the address holds: an example's fields or an own description."""
    example = example_to_match(asked_example())
    if example is not None:
        return example
    try:
        return unpack_need(request.args.get("need", ""))
    except UnreadableToken:
        return None


def read_as(example: str) -> Need | None:
    """Return an example as it stands on the page, in the page's language alone."""
    values = example_need(example)
    return None if values is None else need_to_match(values)


def explanation(need: Need, asked: str, example: str) -> dict[str, Any]:
    catalogue = backend.catalogue()
    if asked not in catalogue.providers:
        raise UnknownRecord("provider", asked)
    answer = backend.matching().why_not(need, asked, read_as=read_as(example))
    return {"answer": answer, "catalogue": catalogue}


def answer_page(
    need: Need, values: Mapping[str, Any], token: str, *, asked: str = "", example: str = ""
) -> str:
    """Render the whole answer to a need that was read from these values.

    Without a token the page cannot be linked to, and says so. Whoever asks says which example the
    need is, if any: an address may name one beside somebody's own need.
    """
    if not token:
        g.canonical_endpoint = "needs.new_need"
    result = backend.matching().match(need, top=N_SHOWN, read_as=read_as(example))
    wants_more = result.claims_fit and wants_partners(result.matches)
    together = together_of(candidates(need, example)) if wants_more else None
    context = explanation(need, asked, example) if asked else {"catalogue": backend.catalogue()}
    return render_template(
        "pages/matches/list.html",
        need=need,
        token=token,
        example=example,
        result=result,
        together=together,
        beside=beside_of(values),
        asked=asked,
        providers=by_name(context["catalogue"].providers.values()),
        **context,
    )


def candidates(need: Need, example: str) -> tuple[Match, ...]:
    """Return more candidates than are shown, among whom partners are looked for."""
    return backend.matching().match(need, top=N_LOOKED_AT, read_as=read_as(example)).matches


def by_name(providers: Any) -> list[Provider]:
    return sorted(providers, key=lambda provider: text_of(provider, "name").casefold())
