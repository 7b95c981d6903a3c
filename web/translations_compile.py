"""Compile the translations at set-up: ``python -m web.translations_compile``."""

from __future__ import annotations

import sys

import click

from web.i18n import TranslationsUnreadable, ensure_compiled


def main() -> int:
    try:
        written = ensure_compiled()
    except TranslationsUnreadable as error:
        click.echo(f"web.translations_compile: {error}", err=True)
        return 1
    click.echo(f"Translations: {len(written)} compiled." if written else "Translations up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
