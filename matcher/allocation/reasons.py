"""Why a party got nothing: one reason each, with an anonymised cut-off where one was outranked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matcher.allocation.inputs import Inputs, Option
from matcher.allocation.results import Unmatched
from matcher.allocation.values import Market
from matcher.vocabulary import codes, label

FEWEST_FOR_CUT_OFF = 3  # fewer placements would tell whose points they are
WORDS: dict[str, tuple[str, str]] = {
    "no_candidate": (
        "没有可以配对的候选。",
        "There was no candidate to be placed with.",
    ),
    "failed_check": (
        "未通过硬性条件：{check}。",
        "A hard check failed: {check}.",
    ),
    "vetoed": (
        "所有候选都被一方排除。",
        "Every candidate was ruled out by a side.",
    ),
    "below_minimum": (
        "可选的一方报名人数未达开办下限，本轮不开办。",
        "Those that fitted stayed below their minimum and do not open in this round.",
    ),
    "locked_out": (
        "合适的名额已由管理员锁定，理由另行公布。",
        "The places that fitted were locked by an administrator; the reasons are published.",
    ),
    "no_slot": (
        "合适的一方本轮没有名额。",
        "Those that fitted had no place in this round.",
    ),
    "outranked": (
        "合适的名额给了按公布规则排在前面的申请。{cut_off}",
        "What fitted went to requests that rank before this one by the rules.{cut_off}",
    ),
}
CUT_OFF = ("最后一个入选的分值为 {value:.2f}。", " The last one placed had {value:.2f} points.")


def unmatched_needs(
    inputs: Inputs, market: Market, placements: Sequence[Option]
) -> tuple[Unmatched, ...]:
    """Return every need without a placement, with its reason, in the order of arrival."""
    placed = {option.need_id for option in placements}
    own: dict[str, list[Option]] = {}
    for option in inputs.options:
        own.setdefault(option.need_id, []).append(option)
    return tuple(
        _need(inputs, market, placements, need_id, own.get(need_id, []))
        for need_id in inputs.needs
        if need_id not in placed
    )


def _need(
    inputs: Inputs,
    market: Market,
    placements: Sequence[Option],
    need_id: str,
    options: Sequence[Option],
) -> Unmatched:
    if not options:
        check = inputs.failed_checks.get(need_id, "")
        return _said(need_id, "failed_check" if check else "no_candidate", check=check)
    fair = [option for option in options if not market.is_vetoed(option)]
    if not fair:
        return _said(need_id, "vetoed")
    opened = [option for option in fair if not market.closed & set(option.key)]
    if not opened:
        return _said(need_id, "below_minimum")
    seated = [option for option in opened if _has_seats(market, option)]
    if not seated:
        return _said(need_id, "no_slot")
    if all(_is_locked_full(market, placements, option) for option in seated):
        return _said(need_id, "locked_out")
    return _outranked(market, placements, need_id, seated)


def _has_seats(market: Market, option: Option) -> bool:
    has_place = not option.place_id or market.most_of(option.place_id, is_place=True) > 0
    return has_place and market.most_of(option.provider_id, is_place=False) > 0


def _is_locked_full(market: Market, placements: Iterable[Option], option: Option) -> bool:
    """Whether locks alone fill the provider or the place of an option."""
    locked = [one for one in placements if market.is_locked(one)]
    at_provider = sum(one.provider_id == option.provider_id for one in locked)
    if at_provider >= market.most_of(option.provider_id, is_place=False):
        return True
    at_place = sum(one.place_id == option.place_id for one in locked)
    return bool(option.place_id) and at_place >= market.most_of(option.place_id, is_place=True)


def _outranked(
    market: Market, placements: Sequence[Option], need_id: str, options: Sequence[Option]
) -> Unmatched:
    """Say the cut-off of the option that the need wanted most, if enough were placed there."""
    wanted = min(options, key=market.need_order)
    if wanted.place_id:
        there = [one.place_value for one in placements if one.place_id == wanted.place_id]
    else:
        there = [one.provider_value for one in placements if one.provider_id == wanted.provider_id]
    cut_off = round(min(there), 2) if len(there) >= FEWEST_FOR_CUT_OFF else None
    return _said(need_id, "outranked", value=cut_off)


def idle_parties(
    inputs: Inputs, market: Market, placements: Iterable[Option], *, is_place: bool
) -> tuple[Unmatched, ...]:
    """Return the providers or places that got nobody, with their reasons, by id."""
    position = 2 if is_place else 1
    filled = {option.key[position] for option in placements}
    quotas = inputs.place_quotas if is_place else inputs.provider_quotas
    own: dict[str, list[Option]] = {}
    for option in inputs.options:
        own.setdefault(option.key[position], []).append(option)
    return tuple(
        _said(party, _idle(market, party, own.get(party, []), is_place=is_place))
        for party in sorted(quotas)
        if party not in filled
    )


def _idle(market: Market, party: str, options: Sequence[Option], *, is_place: bool) -> str:
    if party in market.closed:
        return "below_minimum"
    if market.most_of(party, is_place=is_place) == 0:
        return "no_slot"
    if not options:
        return "no_candidate"
    return "vetoed" if all(market.is_vetoed(option) for option in options) else "outranked"


def _said(party_id: str, reason: str, *, check: str = "", value: float | None = None) -> Unmatched:
    zh, en = WORDS[reason]
    check_zh, check_en = _check_words(check)
    told = ("", "") if value is None else tuple(text.format(value=value) for text in CUT_OFF)
    return Unmatched(
        party_id,
        reason,
        zh.format(check=check_zh, cut_off=told[0]),
        en.format(check=check_en, cut_off=told[1]),
        value,
        check,
    )


def _check_words(check: str) -> tuple[str, str]:
    """Return the words for a check that failed; a text that is no code stands as it is."""
    for vocabulary in ("round_check", "blocking_constraint"):
        if check in codes(vocabulary):
            return label(vocabulary, check, "zh"), label(vocabulary, check, "en")
    return check, check
