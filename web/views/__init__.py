"""One module a user task; each has one blueprint named as the module."""

from __future__ import annotations

from flask import Flask

from web.views import (
    about,
    account,
    audit,
    base_services,
    capabilities,
    catalogue,
    drafts,
    health,
    home,
    inbox,
    joining,
    matches,
    my_bases,
    my_capabilities,
    my_needs,
    need_files,
    needs,
    organisation,
    people,
    people_accounts,
    publishing,
    questions,
    reports,
    review,
    review_needs,
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
        drafts,
        publishing,
        need_files,
        my_needs,
        questions,
        review_needs,
        matches,
        capabilities,
        base_services,
        my_capabilities,
        my_bases,
        review,
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
