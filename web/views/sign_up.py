"""Sign up an organisation with its first account; ask to be invited by one that is registered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from matcher.errors import InvalidRecord
from matcher.identity import Account
from matcher.schemas import load_invitee
from matcher.schemas.account import AccountSchema, InviteeSchema
from matcher.schemas.organisation import OrganisationSchema
from matcher.store.login_attempts import add_attempt
from matcher.workflow.accounts.sign_in import (
    TooManyAttempts,
    complete_sign_in,
    refuse_while_throttled,
)
from matcher.workflow.accounts.sign_up import ask_for_invitation, check_sign_up, sign_up
from web import access, backend, session
from web.confirm import network_address
from web.forms import Field, FormState, FormView, messages, read_form
from web.i18n import gettext as _
from web.plain_fields import plain_field, rows_of

blueprint = Blueprint("sign_up", __name__)
ACCOUNT = "account"  # the place of the account's fields in the form


@blueprint.get("/sign-up")
@access.public
def show_sign_up() -> ResponseReturnValue:
    return form_page(FormState())


@blueprint.post("/sign-up")
@access.public
def create_account() -> ResponseReturnValue:
    form = request.form
    values = {**read_form(OrganisationSchema(), form), ACCOUNT: account_values(form)}
    values |= {name: name in form for name in ("terms", "shares_contact")}
    try:
        account = register(values)
    except InvalidRecord as error:
        return form_page(FormState(values, dict(error.errors))), 422
    except TooManyAttempts as error:
        return form_page(FormState(values), wait_s=error.context["wait_s"]), 429
    return welcome(account)


def register(values: dict[str, Any]) -> Account:
    """Store what was typed; who tries out which codes and addresses are registered is slowed."""
    db, gate, now = backend.writable_database(), session.gate(), datetime.now(UTC)
    keys = (gate.digest(f"sign-up {network_address()}"),) * 2
    refuse_while_throttled(db, *keys, now=now)
    organisation = {k: v for k, v in values.items() if k in OrganisationSchema().fields}
    wish = check_sign_up(
        organisation,
        values[ACCOUNT],
        agrees_to_terms=values["terms"],
        shares_contact=values["shares_contact"],
    )
    try:
        return sign_up(db, gate.passwords, wish, now=now)
    except InvalidRecord:
        add_attempt(db, *keys, succeeded=False, now=now)
        raise


def welcome(account: Account) -> ResponseReturnValue:
    db, gate, now = backend.writable_database(), session.gate(), datetime.now(UTC)
    session.begin(complete_sign_in(db, gate, account, address=network_address(), now=now))
    flash(_("Welcome. Your organisation is registered and waits for verification."))
    return redirect(url_for("organisation.show_organisation"), code=303)


def account_values(form: MultiDict[str, str]) -> dict[str, Any]:
    """Return the account's answers, whose controls carry its place in their names."""
    start = f"{ACCOUNT}-"
    own = MultiDict(
        (name.removeprefix(start), text)
        for name, text in form.items(multi=True)
        if name.startswith(start)
    )
    return read_form(AccountSchema(), own)


def form_page(state: FormState, wait_s: int = 0) -> str:
    organisation = FormView(OrganisationSchema(), state)
    account = FormView(
        AccountSchema(), FormState(state.values.get(ACCOUNT, {}), state.errors), (ACCOUNT,)
    )
    groups = [
        (group, [organisation.field(name) for name in group.fields])
        for group in OrganisationSchema.groups
    ]
    person = [account.field(name) for name in AccountSchema.groups[0].fields]
    fields = [*person, *(field for _group, own in groups for field in own), terms_field(state)]
    return render_template(
        "pages/sign_up/new.html",
        groups=groups,
        person=person,
        terms=terms_field(state),
        shares_contact=contact_field(state),
        region=organisation.field("region"),
        problems=rows_of(fields),
        wait_s=wait_s,
        taken_code=taken_code(state),
    )


def terms_field(state: FormState) -> Field:
    return plain_field(
        "terms",
        _("I agree to the terms and have read how personal data are handled."),
        kind="flag",
        value="yes" if state.values.get("terms") else "",
        errors=messages(state.errors.get("terms")),
    )


def contact_field(state: FormState) -> Field:
    return plain_field(
        "shares_contact",
        _("Our contact may be shown to a partner after both sides have accepted each other."),
        kind="flag",
        value="yes" if state.values.get("shares_contact") else "",
        hint=_("Not needed to sign up. You can change it later under “My organisation”."),
        required=False,
    )


def taken_code(state: FormState) -> str:
    """Return the credit code that is registered already, for the way out that the page offers."""
    problems = state.errors.get("credit_code") or []
    is_taken = any(problem.key == "code_taken" for problem in problems)
    return str(state.values.get("credit_code", "")) if is_taken else ""


@blueprint.post("/sign-up/ask")
@access.public
def ask_to_join() -> ResponseReturnValue:
    """Pass a wish on to the owners; the answer is the same whether or not there are any."""
    form = request.form
    state = FormState({name: form.get(name, "") for name in ("credit_code", "email", "name")})
    db, gate, now = backend.writable_database(), session.gate(), datetime.now(UTC)
    keys = (gate.digest(f"ask {network_address()}"),) * 2
    try:
        refuse_while_throttled(db, *keys, now=now)
        asker = load_invitee({name: state.values[name] for name in ("email", "name")})
    except TooManyAttempts as error:
        return asked_page(state, wait_s=error.context["wait_s"]), 429
    except InvalidRecord as error:
        return asked_page(FormState(state.values, dict(error.errors))), 422
    add_attempt(db, *keys, succeeded=False, now=now)  # each counts: nobody's inbox is flooded
    ask_for_invitation(db, state.values["credit_code"], asker.email, asker.name, now=now)
    return asked_page(state, is_done=True)


def asked_page(state: FormState, *, is_done: bool = False, wait_s: int = 0) -> str:
    own = FormView(InviteeSchema(), state)
    fields = [own.field("email"), own.field("name")]
    return render_template(
        "pages/sign_up/ask.html",
        fields=fields,
        credit_code=state.values["credit_code"],
        problems=rows_of(fields),
        is_done=is_done,
        wait_s=wait_s,
    )


@blueprint.get("/terms")
@access.public
def show_terms() -> ResponseReturnValue:
    return render_template("pages/sign_up/terms.html")
