"""One module a user task; each has one blueprint named as the module."""

from __future__ import annotations

from flask import Flask

from web.views import (
    about,
    account,
    audit,
    capabilities,
    catalogue,
    health,
    home,
    inbox,
    joining,
    matches,
    needs,
    organisation,
    people,
    people_accounts,
    reports,
    search,
    searches,
    second_factor,
    sign_in,
    sign_up,
)


def init_app(app: Flask) -> None:
    for module in (
        home,
        catalogue,
        search,
        searches,
        needs,
        matches,
        capabilities,
        about,
        reports,
        sign_in,
        sign_up,
        joining,
        account,
        second_factor,
        organisation,
        inbox,
        people,
        people_accounts,
        audit,
        health,
    ):
        app.register_blueprint(module.blueprint)
