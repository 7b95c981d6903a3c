"""Fields of small forms that no record stands behind: one question, its words, its messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from web.forms import CONTROL, Field


def plain_field(  # noqa: PLR0913 - one a property of a field
    name: str,
    label: str,
    *,
    kind: str = "text",
    value: str = "",
    hint: str = "",
    errors: Sequence[str] = (),
    options: Sequence[tuple[str, str]] = (),
    required: bool = True,
) -> Field:
    """Return a field for the macros of ``components/form.html``; a password is never shown."""
    return Field(
        name=name,
        label=label,
        hint=hint,
        unit="",
        kind=kind,
        multiline=kind == "lines",
        required=required,
        values=[] if "password" in kind or not value else [CONTROL.sub("\ufffd", value)],
        errors=list(errors),
        options=list(options),
    )


def rows_of(fields: Iterable[Field]) -> list[tuple[str, str, str]]:
    """Return anchor, label and message of everything wrong, in the order of the page."""
    return [
        (f"{field.id}-0" if field.kind == "codes" else field.id, field.label, text)
        for field in fields
        for text in field.errors
    ]
