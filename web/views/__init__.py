"""One module a user task; each has one blueprint named as the module."""

from __future__ import annotations

from flask import Flask

from web.views import (
    about,
    capabilities,
    catalogue,
    health,
    home,
    matches,
    needs,
    reports,
    search,
    sign_in,
)


def init_app(app: Flask) -> None:
    for module in (
        home,
        catalogue,
        search,
        needs,
        matches,
        capabilities,
        about,
        reports,
        sign_in,
        health,
    ):
        app.register_blueprint(module.blueprint)
