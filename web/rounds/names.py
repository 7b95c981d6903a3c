"""Needs, providers and places of a round in the words of the page's language."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.records import Catalogue
from matcher.store.needs import read_need
from matcher.workflow.rounds.reading import PlaceName, place_name
from web.i18n import gettext as _
from web.i18n import language
from web.presenters import text_of


class Names:
    """Looks each name up once a page; for staff, who may read every need as it is."""

    def __init__(self, catalogue: Catalogue, db: Database) -> None:
        self._catalogue, self._db = catalogue, db
        self._needs: dict[str, str] = {}

    def need(self, need_id: str) -> str:
        """Return the title of a need, or its id where it is gone."""
        if need_id not in self._needs:
            try:
                self._needs[need_id] = text_of(read_need(self._db, need_id), "title")
            except UnknownRecord:
                self._needs[need_id] = need_id
        return self._needs[need_id]

    def provider(self, provider_id: str) -> str:
        found = self._catalogue.providers.get(provider_id)
        return text_of(found, "name") if found else provider_id

    def capability(self, capability_id: str) -> str:
        found = self._catalogue.capabilities.get(capability_id)
        return text_of(found, "name") if found else capability_id

    def place(self, place_id: str) -> str:
        """Return the name of the base."""
        return self._own(self.place_parts(place_id), "base")

    def place_parts(self, place_id: str) -> PlaceName:
        return place_name(self._catalogue, place_id)

    def place_about(self, place_id: str, service_id: str = "") -> str:
        """Return service and period of a place."""
        parts = self.place_parts(place_id)
        base = self._catalogue.pilot_bases.get(parts.base_id)
        services = base.services if base else ()
        service = next((one for one in services if one.service_id == service_id), None)
        said = [text_of(service, "name") if service else self._own(parts, "service")]
        if parts.start or parts.end:
            start, end = (day.isoformat() if day else "–" for day in (parts.start, parts.end))
            said.append(_("%(start)s to %(end)s", start=start, end=end))
        return " · ".join(text for text in said if text)

    def party(self, party_id: str) -> str:
        """Return the name of a provider, or of the base of a place."""
        return self.place(party_id) if "/" in party_id else self.provider(party_id)

    @staticmethod
    def _own(parts: PlaceName, name: str) -> str:
        zh, en = getattr(parts, name), getattr(parts, f"{name}_en")
        return str(en or zh) if language() == "en" else str(zh or en)
