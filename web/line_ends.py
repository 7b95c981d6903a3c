"""Line ends of forms: one character each, however the browser sent them.

Browsers count a line end as one character and send two (CRLF). Read in one place for every form,
what is counted, shown again and stored is the text that the person saw.
"""

from __future__ import annotations

from typing import IO, Any

from flask import Flask
from werkzeug.formparser import FormDataParser


class FormReader(FormDataParser):
    """Reads a form and has a line end in its texts as LF; files stay as they are."""

    def parse(self, stream: IO[bytes], *args: Any, **options: Any) -> Any:
        rest, form, files = super().parse(stream, *args, **options)
        typed = [(name, with_line_feeds(text)) for name, text in form.items(multi=True)]
        return rest, self.cls(typed), files


def with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def init_app(app: Flask) -> None:
    """Have every request read forms so, of whatever class other parts made it before."""
    own = {"form_data_parser_class": FormReader}
    app.request_class = type("FormRequest", (app.request_class,), own)
