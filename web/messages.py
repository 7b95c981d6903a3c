"""The words of the site: collect them from code and templates, and keep the translations in step.

``python -m web.messages`` brings every ``messages.po`` up to the words in use (new ones empty, old
ones dropped). A test refuses a word without its Chinese.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from web.i18n import TRANSLATIONS

WEB = Path(__file__).resolve().parent
METHODS = [("**/*.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
PASSING = tuple(
    f'"{name}'
    for name in ("Report-", "POT-", "PO-Revision", "Last-Trans", "Language-Team", "Generated-By")
)
OPTIONS = {
    "templates/**.html": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"},
}


def collected() -> Catalog:
    """Return every message that code and templates use."""
    catalog = Catalog(charset="utf-8")
    for _file, _line, message, _comments, context in extract_from_dir(
        WEB, method_map=METHODS, options_map=OPTIONS
    ):
        catalog.add(message, None, context=context)
    return catalog


def po_files(folder: Path = TRANSLATIONS) -> Iterator[Path]:
    yield from sorted(folder.glob("*/LC_MESSAGES/messages.po"))


def read_translations(po: Path) -> Catalog:
    with po.open("rb") as source:
        return read_po(source, locale=po.parent.parent.name)


def is_translated(message: Any) -> bool:
    texts = message.string if isinstance(message.string, list | tuple) else [message.string]
    return all(texts)


def untranslated(po: Path) -> list[str]:
    """Return the messages in use that a file lacks or leaves empty."""
    known = read_translations(po)
    missing = []
    for message in collected():
        found = known.get(message.id, context=message.context) if message.id else message
        if found is None or (message.id and (not is_translated(found) or found.fuzzy)):
            missing.append(str(message.id))
    return missing


def update(po: Path) -> int:
    """Bring a file up to the messages in use; return how many are still to be translated."""
    catalog = read_translations(po)
    catalog.update(collected(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    write_translations(po, catalog)
    return len(untranslated(po))


def write_translations(po: Path, catalog: Catalog) -> None:
    """Write a file that changes only where words change: no dates, no tool names, no places."""
    written = BytesIO()
    write_po(written, catalog, width=100, no_location=True, sort_output=True)
    lines = written.getvalue().decode("utf-8").splitlines(keepends=True)
    po.write_text("".join(line for line in lines if not line.startswith(PASSING)), "utf-8")


def main() -> int:
    counts = {po: update(po) for po in po_files()}
    for po, n_missing in counts.items():
        click.echo(f"{po.parent.parent.name}: {n_missing} to translate")
    return 1 if any(counts.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
