"""The sentences of the hard constraints in both languages, and how values are named in them.

One entry a reason code. What is checked stands in ``constraints``; nothing here decides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Protocol

from matcher.errors import UnknownRecord
from matcher.ranking.results import HardCheck

Words = tuple[str, str]  # the same thing in Chinese and in English
YUAN_PER_WAN = 10_000
REMEMBERED = 8192  # names put into words; a catalogue has far fewer


class Vocabulary(Protocol):
    """The part of ``matcher.vocabulary`` that names values and places regions."""

    NATIONWIDE: str

    def __hash__(self) -> int: ...

    def label(self, vocabulary: str, code: str, language: str = "zh") -> str:
        """Return the label of a code."""
        ...

    def industry_label(self, code: str, language: str = "zh") -> str:
        """Return the name of an industry."""
        ...

    def region_label(self, adcode: str, language: str = "zh") -> str:
        """Return the name of a region."""
        ...

    def is_region(self, adcode: str) -> bool:
        """Say whether this adcode is known."""
        ...

    def province_of(self, adcode: str) -> str:
        """Return the province that a region lies in."""
        ...


# The beginnings that the answers of one check share.
_MODES: Words = ("需求接受的部署方式为{wanted}", "The need accepts {wanted}")
_STACK: Words = ("需求要求国产化", "The need requires a domestic stack")
_DATA: Words = ("数据能否出场，需求填写为“{allowed}”", "On data, the need says “{allowed}”")
_CERTIFICATE: Words = ("需求要求{wanted}", "The need asks for: {wanted}")
_LEVEL: Words = (
    "需求要求技术成熟度不低于 {least} 级",
    "The need asks for maturity level {least} or above",
)
_NOT_SERVED: Words = ("该能力不服务{excluded}", "The capability does not serve {excluded}")
_PROVINCE: Words = ("需求要求在{province}", "The need insists on {province}")
_LIMIT: Words = ("需求预算上限为{budget}", "The need's budget limit is {budget}")
_LEAST: Words = (
    "供给方只承接预算{least}以上的项目",
    "The provider takes projects of {least} or more",
)
_SLOTS: Words = (
    "供给方当前可承接 {n} 个项目。",
    "Projects the provider can take now: {n}.",
)
_VALID: Words = (
    "该能力登记有效期至 {until}，今天是 {today}。",
    "The registration is valid to {until}; today is {today}.",
)


def _after(beginning: Words, zh: str, en: str) -> Words:
    return f"{beginning[0]}；{zh}。", f"{beginning[1]}; {en}."


_OFFERED = _after(_MODES, "该能力提供{offered}", "the capability offers {offered}")
_SUPPORT = _after(_STACK, "该能力的国产化支持为{support}", "the capability states: {support}")
_HELD = _after(_CERTIFICATE, "该能力列出的资质为{held}", "the capability lists: {held}")
_NEEDED = _after(_DATA, "该能力{needed}", "the capability {needed}")
_STATED = _after(_LEVEL, "该能力为 {stated} 级", "the capability is at level {stated}")
_INDUSTRY = _after(_NOT_SERVED, "需求的行业为{industries}", "the need is in {industries}")
_PLACES = _after(
    _PROVINCE, "供给方的服务区域或所在地为{places}", "the provider serves or sits in {places}"
)
_PRICE = _after(_LIMIT, "该能力每个项目{price}起", "a project costs {price} or more")
_BUDGET = _after(_LEAST, "需求预算上限为{budget}", "the need's upper budget is {budget}")

SENTENCES: dict[str, Words] = {
    "provider_excluded": (
        "需求方已声明不考虑这家单位。",
        "The enterprise has said that it does not consider this organisation.",
    ),
    "provider_not_taking_part": (
        "这家单位目前不参与对接。",
        "This organisation takes no part at present.",
    ),
    "registration_valid": _VALID,
    "registration_expired": _VALID,
    "slots_free": _SLOTS,
    "no_free_slots": _SLOTS,
    "slots_stale": (
        "供给方超过 {days} 天没有更新可承接数，请询问供给方。",
        "The provider has not confirmed its free slots for {days} days: ask the provider.",
    ),
    "deployment_offered": _OFFERED,
    "deployment_not_offered": _OFFERED,
    "deployment_not_stated": _after(
        _MODES,
        "该能力未说明部署方式，请询问供给方",
        "the capability does not state its deployment: ask the provider",
    ),
    "data_stays": _NEEDED,
    "data_must_stay": _NEEDED,
    "data_not_stated": _after(
        _DATA,
        "该能力未说明是否要求数据出场，请询问供给方",
        "the capability does not state whether data has to leave the site: ask the provider",
    ),
    "domestic_stack_full": _SUPPORT,
    "domestic_stack_none": _SUPPORT,
    "domestic_stack_partial": _after(
        _STACK,
        "该能力为{support}，是否覆盖现场的芯片与系统请询问供给方",
        "the capability states: {support}; ask whether it covers the chips and systems on site",
    ),
    "domestic_stack_not_stated": _after(
        _STACK,
        "该能力未说明国产化支持情况，请询问供给方",
        "the capability does not state its support: ask the provider",
    ),
    "certificate_held": _HELD,
    "certificate_missing": _HELD,
    "certificate_expired": _after(
        _CERTIFICATE,
        "该能力所列的这项资质已于 {until} 到期",
        "what the capability lists ended on {until}",
    ),
    "certificate_not_stated": _after(
        _CERTIFICATE,
        "该能力未列出资质，请询问供给方",
        "the capability lists no certificates: ask the provider",
    ),
    "maturity_reached": _STATED,
    "maturity_too_low": _STATED,
    "maturity_not_stated": _after(
        _LEVEL,
        "该能力未说明成熟度，请询问供给方",
        "the capability does not state its level: ask the provider",
    ),
    "industry_served": _INDUSTRY,
    "industry_excluded": _INDUSTRY,
    "industry_partly_excluded": _after(
        _NOT_SERVED,
        "需求的行业为{industries}，部分重合，请询问供给方",
        "the need is in {industries}, which overlaps in part: ask the provider",
    ),
    "need_industry_not_stated": _after(
        _NOT_SERVED, "需求未说明行业，请确认", "the need states no industry: please check"
    ),
    "region_covered": _PLACES,
    "region_not_covered": _PLACES,
    "region_not_stated": _after(
        _PROVINCE,
        "供给方未说明服务区域和所在地，请询问供给方",
        "neither service area nor head office is stated: ask the provider",
    ),
    "need_region_not_stated": (
        "需求要求同省，但没有填写可识别的所在地，无法核对。",
        "The need insists on its own province but states no known place, so this was not checked.",
    ),
    "price_within_budget": _PRICE,
    "price_above_budget": _PRICE,
    "price_not_stated": _after(
        _LIMIT,
        "该能力未公布价格，请询问供给方",
        "the capability states no price: ask the provider",
    ),
    "price_unit_differs": _after(
        _LIMIT,
        "该能力报价{price}起，计价单位为{unit}，项目总价请询问供给方",
        "the capability costs {price} or more, price unit: {unit}; ask for the price of a project",
    ),
    "budget_large_enough": _BUDGET,
    "budget_too_small": _BUDGET,
    "need_budget_not_stated": _after(
        _LEAST, "需求未说明预算上限，请确认", "the need states no upper budget: please check"
    ),
}

NOT_STATED: Words = ("未说明", "not stated")
DATA_NEEDED: dict[str, Words] = {
    "yes": ("要求原始数据出场", "needs raw data off site"),
    "masked": ("要求脱敏数据出场", "needs masked data off site"),
    "no": ("不要求数据出场", "needs no data off site"),
}


def say(name: str, status: str, reason_code: str, **values: Words | int | str) -> HardCheck:
    """Return a check with the sentences of its reason code, filled with values."""
    pairs = {
        key: value if isinstance(value, tuple) else (str(value), str(value))
        for key, value in values.items()
    }
    zh, en = SENTENCES[reason_code]
    return HardCheck(
        name,
        status,
        reason_code,
        zh.format(**{key: pair[0] for key, pair in pairs.items()}),
        en.format(**{key: pair[1] for key, pair in pairs.items()}),
    )


def money(yuan: int) -> Words:
    """Return an amount in words of both languages.

    Examples
    --------
    >>> money(1_250_000), money(9_999)
    (('125 万元', 'CNY 1,250,000'), ('9,999 元', 'CNY 9,999'))
    """
    english = f"CNY {yuan:,}"
    if yuan % 100 or yuan < YUAN_PER_WAN:
        return f"{yuan:,} 元", english
    return f"{yuan / YUAN_PER_WAN:,.2f}".rstrip("0").rstrip(".") + " 万元", english


def labels(vocabulary: Vocabulary, name: str, codes: Sequence[str]) -> Words:
    """Return the labels of codes, joined; a code that the vocabulary lacks stands for itself."""
    return _labels(vocabulary, name, tuple(codes))


@lru_cache(REMEMBERED)
def _labels(vocabulary: Vocabulary, name: str, codes: tuple[str, ...]) -> Words:
    return (
        "、".join(_or_code(vocabulary.label, name, code, "zh") for code in codes),
        ", ".join(_or_code(vocabulary.label, name, code, "en") for code in codes),
    )


def industries(vocabulary: Vocabulary, codes: Sequence[str]) -> Words:
    """Return the names of industries, joined."""
    return _industries(vocabulary, tuple(codes))


@lru_cache(REMEMBERED)
def _industries(vocabulary: Vocabulary, codes: tuple[str, ...]) -> Words:
    return (
        "、".join(_or_code(vocabulary.industry_label, code, "zh") for code in codes),
        ", ".join(_or_code(vocabulary.industry_label, code, "en") for code in codes),
    )


def places(vocabulary: Vocabulary, adcodes: Sequence[str]) -> Words:
    """Return the names of regions, joined."""
    return _places(vocabulary, tuple(adcodes))


@lru_cache(REMEMBERED)
def _places(vocabulary: Vocabulary, adcodes: tuple[str, ...]) -> Words:
    return (
        "、".join(_or_code(vocabulary.region_label, adcode, "zh") for adcode in adcodes),
        ", ".join(_or_code(vocabulary.region_label, adcode, "en") for adcode in adcodes),
    )


def _or_code(label: Callable[..., str], *arguments: str) -> str:
    try:
        return label(*arguments)
    except UnknownRecord:
        return arguments[-2]
