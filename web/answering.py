"""How reliably an organisation answers, for its public page: always with the counts."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask

from matcher.identity import Organisation
from matcher.store.organisations import find_by_provider, read_organisation
from matcher.store.ownership import owner_of
from matcher.workflow.engagements.answering import AnswerFigures, answers_of
from web import backend


def answer_figures_of(organisation: Organisation | None, side: str) -> AnswerFigures | None:
    """Return the figures of an organisation on one side; None where it takes no part here."""
    if organisation is None:
        return None
    now = datetime.now(UTC)
    return answers_of(backend.database(), organisation.organisation_id, side, now)


def provider_answers(provider_id: str) -> AnswerFigures | None:
    return answer_figures_of(find_by_provider(backend.database(), provider_id), "provider")


def base_answers(pilot_base_id: str) -> AnswerFigures | None:
    db = backend.database()
    owner = owner_of(db, "pilot_base", pilot_base_id)
    return answer_figures_of(read_organisation(db, owner) if owner else None, "base")


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(provider_answers=provider_answers, base_answers=base_answers)
