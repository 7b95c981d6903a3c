"""The audit trail from the command line: ``audit verify`` and ``audit list``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matcher.cli.database import current_database
from matcher.cli.options import echo_json, example, with_database, with_json

if TYPE_CHECKING:
    from matcher.store.audit import AuditEvent

EXIT_BROKEN = 1
EXAMPLE = """\b
例 · Example:
  aiplus audit verify
  aiplus audit list --object organisation:ORG-0A1B2C3D4E5F --json
"""


@click.group(short_help="审计记录 · the audit trail", epilog=EXAMPLE)
def audit() -> None:
    """审计记录：谁在何时改了什么 · The audit trail: who changed what and when."""


@audit.command(short_help="检查链条 · check the chains", epilog=example("aiplus audit verify"))
@with_database
def verify(database: Path) -> None:
    """重新计算两条链：审计记录、展示过的列表 · Recompute both chains and print where they end.

    The audit trail, and the lists that were shown. Exit code 0 where both hold, 1 where one is
    broken, naming the first broken link. Keep the printed digests in another place from time to
    time: who can write the file can also make whole new chains, and only older digests show that.
    """
    from matcher.store.audit import verify_chain
    from matcher.store.shown_chain import verify_shown

    with current_database(database, read_only=True) as db:
        found = (("审计记录 · audit trail", "event", verify_chain(db)),
                 ("展示过的列表 · shown lists", "link", verify_shown(db)))  # fmt: skip
    for name, word, state in found:
        if state.broken is None:
            told = f"链条完整 · unbroken: {state.n_events} {word}s, head {state.head_digest}"
        else:
            told = (
                f"第 {state.broken.sequence} 条断开 · broken at {word} {state.broken.sequence}: "
                f"{state.broken.why}"
            )
        click.echo(f"{name}: {told}")
    if any(state.broken is not None for _, _, state in found):
        click.get_current_context().exit(EXIT_BROKEN)


@audit.command(
    "list",
    short_help="列出记录 · list events",
    epilog=example(
        "aiplus audit list --limit 10",
        "aiplus audit list --object organisation:ORG-0A1B2C3D4E5F --json",
    ),
)
@click.option(
    "--object", "wanted", default="", metavar="KIND:ID", help="只列出这个对象 · of one object only."
)
@click.option(
    "--limit",
    type=click.IntRange(1, 100_000),
    default=50,
    show_default=True,
    help="最多几条 · how many at most.",
)
@with_database
@with_json
def list_(wanted: str, limit: int, database: Path, as_json: bool) -> None:
    """列出记录，最新在前 · List events, the newest first."""
    from matcher.store.audit import EventFilter, list_events

    kind, colon, object_id = wanted.partition(":")
    if wanted and not (kind and colon and object_id):
        raise click.BadParameter(
            f"got {wanted!r}, expected KIND:ID such as organisation:ORG-1", param_hint="--object"
        )
    with current_database(database, read_only=True) as db:
        events = list_events(db, EventFilter(kind, object_id), limit=limit)
    if as_json:
        echo_json([as_record(event) for event in events])
        return
    for event in events:
        about = f"{event.object_kind}:{event.object_id}"
        why = f" — {event.reason}" if event.reason else ""
        click.echo(
            f"{event.sequence}  {event.at[:19]}  {event.actor}  {event.action}  {about}{why}"
        )


def as_record(event: AuditEvent) -> dict[str, Any]:
    """Return an event for programs: what was stored as JSON is JSON again."""
    record: dict[str, Any] = event._asdict()
    return record | {"before": json.loads(event.before), "after": json.loads(event.after)}
