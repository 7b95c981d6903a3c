"""Numbers in addresses: none that the database could not hold; beyond it a page is unknown."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter, ValidationError

LARGEST = 2**63 - 1  # of SQLite's integers


class RowNumber(IntegerConverter):
    """``<int:...>`` up to the largest number of a row."""

    def to_python(self, value: str) -> int:
        number = int(super().to_python(value))
        if number > LARGEST:
            raise ValidationError
        return number


def init_app(app: Flask) -> None:
    app.url_map.converters["int"] = RowNumber
