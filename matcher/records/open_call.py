"""What an open call (揭榜挂帅) says; its state and its answers are kept beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

# A figure about fewer enterprises than this tells something about one of them.
PUBLISHED_FROM = 3


@dataclass(frozen=True, slots=True)
class OpenCallTexts:
    """The texts of an open call in both languages, until when it is answered, and by whom read."""

    title: str
    text: str
    title_en: str = ""
    text_en: str = ""
    reply_by: date | None = None
    contact: str = ""
