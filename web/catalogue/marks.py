"""Marks of records: which are made up for a demonstration, and who takes no part at present."""

from __future__ import annotations

from flask import Flask, g
from markupsafe import Markup

from matcher.store.ownership import demonstration_records
from matcher.store.ownership import is_made_up as is_of_demonstration
from web import backend
from web.i18n import gettext as _


def is_made_up(kind: str, record_id: str) -> bool:
    """Whether a record is a demonstration's, or a provider is one of its organisations."""
    if "made_up_records" not in g:
        g.made_up_records = demonstration_records(backend.database())
    if kind == "engagement":
        return is_of_demonstration(backend.database(), kind, record_id)
    return (kind, record_id) in g.made_up_records


def made_up_mark(kind: str, record_id: str) -> Markup:
    """Return the mark of a record that is made up, with a space before it; else nothing."""
    if not is_made_up(kind, record_id):
        return Markup("")
    return Markup(' <span class="tag tag-synthetic">{}</span>').format(_("demonstration"))


def takes_part(kind: str, record_id: str) -> bool:
    """Whether anything can be begun at present with a provider or base."""
    return (kind, record_id) not in backend.catalogue().suspended


def suspension_note(kind: str, record_id: str) -> Markup:
    """Return what is said of a provider or base that takes no part at present; else nothing.

    Why it does not is between it and the administrators.
    """
    if takes_part(kind, record_id):
        return Markup("")
    return Markup('<p class="notice notice-warn">{}</p>').format(
        _("This organisation takes no part at present: nothing can be begun with it.")
    )


def init_app(app: Flask) -> None:
    app.jinja_env.globals["suspension_note"] = suspension_note
    app.jinja_env.globals["takes_part"] = takes_part
    app.jinja_env.globals["made_up_mark"] = made_up_mark
