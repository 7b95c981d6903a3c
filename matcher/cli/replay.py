"""Compute shown scores once more: ``replay``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from matcher.cli.database import current_database
from matcher.cli.options import echo_json, with_database, with_json, with_models, with_quiet
from matcher.cli.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matcher.workflow.matching.replay import InputChange, ReplayedMatch

EXIT_DIFFERS = 1
EXAMPLE = """\b
例 · Example:
  aiplus replay 12-3
  aiplus replay 12 --json
  aiplus replay --all
"""


@click.command(short_help="重算展示过的分数 · replay shown scores", epilog=EXAMPLE)
@click.argument("match", required=False)
@click.option("--all", "everything", is_flag=True, help="重算全部 · replay every shown score.")
@with_json
@with_quiet
@with_database
@with_models
def replay(
    match: str | None, everything: bool, as_json: bool, quiet: bool, database: Path, models: Path
) -> None:
    """用当时保存的特征值和模型重算，必须一位不差。

    Compute a shown match again from the feature values and the model that were kept with it. MATCH
    is a list and a place in it (12-3), or a whole list (12). What has changed since in the need,
    the capability, the provider or a case is named.

    Exit code 0 where every number is the same to the last digit, 1 with the first that differs.
    """
    from matcher.workflow.matching.replay import replay_all, replay_match

    if bool(match) == everything:
        raise click.UsageError("name a MATCH such as 12-3, or --all · 请给出匹配编号，或 --all")
    with current_database(database, read_only=True) as db:
        if match:
            found = replay_match(db, models, match)
            _tell(found, as_json)
            is_same = all(one.is_same for one in found)
        else:
            with Progress("重算列表 · replaying lists", quiet=quiet) as progress:
                replayed = _count(replay_all(db, models, progress=progress))
            is_same = _tell_all(replayed, as_json)
    if not is_same:
        click.get_current_context().exit(EXIT_DIFFERS)


def _tell(found: list[ReplayedMatch], as_json: bool) -> None:
    if as_json:
        echo_json([as_record(one) for one in found])
        return
    if not found:
        click.echo("这个列表里没有匹配 · the list is empty")
    for one in found:
        click.echo("\n".join(_lines(one)))


class Replayed(NamedTuple):
    """What was replayed up to the first score that differs."""

    n_lists: int
    n_scores: int
    first: ReplayedMatch | None


def _count(replayed: Iterator[ReplayedMatch]) -> Replayed:
    n_scores, lists = 0, set()
    for one in replayed:
        n_scores += 1
        lists.add(one.match_id.partition("-")[0])
        if not one.is_same:
            return Replayed(len(lists), n_scores, one)
    return Replayed(len(lists), n_scores, None)


def _tell_all(found: Replayed, as_json: bool) -> bool:
    n_lists, n_scores, first = found
    if as_json:
        record = {"n_lists": n_lists, "n_scores": n_scores, "same": first is None}
        echo_json(record | {"first_difference": as_record(first) if first else None})
    elif first is not None:
        click.echo("第一个不同 · the first that differs:\n" + "\n".join(_lines(first)))
    else:
        click.echo(
            f"{n_lists} 个列表的 {n_scores} 个分数全部一位不差 · "
            f"{n_scores} scores of {n_lists} lists, all the same to the last digit"
        )
    return first is None


def as_record(one: ReplayedMatch) -> dict[str, Any]:
    """Return a replayed match for programs."""
    record = one._asdict() | {"shown_at": one.shown_at.isoformat(), "same": one.is_same}
    record["differences"] = [difference._asdict() for difference in one.differences]
    record["changed"] = [change._asdict() for change in one.changed]
    return record


def _lines(one: ReplayedMatch) -> list[str]:
    word = "一位不差 · the same to the last digit" if one.is_same else "不同 · DIFFERS"
    lines = [
        f"{one.match_id}  {one.need_id} × {one.capability_id} ({one.provider_id})",
        f"  展示 · shown {one.shown_at:%Y-%m-%d %H:%M} UTC  模型 · model {one.model_id}",
        f"  位次 · rank {one.rank}  展示概率 · propensity {one.propensity!r}",
        f"  概率 · probability {one.probability!r}  分数 · bits {one.bits!r}  {word}",
    ]
    lines += [
        f"  不同 · differs: {item.what}: {item.kept!r} → {item.found!r}" for item in one.differences
    ]
    lines += [f"  已变化 · changed since: {_change_words(item)}" for item in one.changed]
    if one.catalogue_now != one.catalogue_then:
        lines.append(f"  目录版次 · catalogue revision {one.catalogue_then} → {one.catalogue_now}")
    if one.serving_now != one.model_id:
        lines.append(f"  现用模型 · model that serves now: {one.serving_now}")
    return lines


def _change_words(change: InputChange) -> str:
    which = f"{change.kind} {change.record_id}"
    if change.version_now is None:
        return f"{which}: 已撤下 · withdrawn (version {change.version})"
    fields = f" ({', '.join(change.fields)})" if change.fields else ""
    return f"{which}: version {change.version} → {change.version_now}{fields}"
