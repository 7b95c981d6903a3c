"""Days and times as people write them, per language; the time of a day is that of China."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from flask import Flask
from flask_babel import format_date

from web.i18n import language

CHINA = timezone(timedelta(hours=8))


def day_words(day: date | datetime | None) -> str:
    """Return a day, such as 2026年11月22日 or 22 November 2026."""
    if day is None:
        return ""
    shown = day.astimezone(CHINA).date() if isinstance(day, datetime) else day
    return str(format_date(shown, "y年M月d日" if language() == "zh" else "d MMMM y"))


def moment_words(moment: datetime | None) -> str:
    """Return a day with the time of day."""
    if moment is None:
        return ""
    return f"{day_words(moment)} {clock_words(moment)}"


def clock_words(moment: datetime) -> str:
    """Return the time of day, such as 10:32."""
    return moment.astimezone(CHINA).strftime("%H:%M")


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(
        day_words=day_words, moment_words=moment_words, clock_words=clock_words
    )
