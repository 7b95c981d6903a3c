"""The sentences of requirement lines in both languages; nothing here decides."""

from __future__ import annotations

from collections.abc import Sequence

from matcher import vocabulary

Words = tuple[str, str]  # the same thing in Chinese and in English

_PUBLISHED: Words = (
    "由来源公布，非本平台实测。",
    "Published by the source, not measured by us.",
)
_UNVERIFIED: Words = (
    "来源未经核验；由来源公布，非本平台实测。",
    "The source is not verified. Published by the source, not measured by us.",
)
_FIGURE: Words = ("目标{target}；公布数值{found}", "Target: {target}. Published: {found}")

# Code → what follows the beginning above.
FIGURES: dict[str, Words] = {
    "met": ("，达到目标。", ", which reaches it. "),
    "partly": ("，与目标相差不到一成。", ", within a tenth of the target. "),
    "spans": (
        "，较好的一端达到目标，较差的一端没有达到。",
        ", of which the better end reaches it and the worse does not. ",
    ),
    "not_met": ("，未达到目标。", ", which does not reach it. "),
    "open": ("，不足以说明是否达到目标。", ", which leaves open whether it is reached. "),
    "disagree": (
        "达到目标，另有公布数值{other}未达到。",
        ", which reaches it, while another published figure, {other}, does not. ",
    ),
}
# A figure of the same kind that names nothing else, but not what is asked for either.
UNSAID: Words = (
    "材料没有写明该数值是关于{asked}的。",
    "The evidence does not say that the figure is about {asked}. ",
)
OTHER_FIGURE: Words = (
    "目标{target}；材料公布的同类数值没有写明是关于{asked}的，不作比较，见引文。",
    "Target: {target}. A published figure of this kind does not name {asked}, see the quote.",
)
NO_FIGURE: Words = (
    "目标{target}；现有材料中没有可比的数值。",
    "Target: {target}. The evidence holds no figure that can be compared.",
)
# Nearness of texts is all that is known here, so nearness is all that is said.
SPOKEN: dict[str, Words] = {
    "speaks": (
        "有来源可靠的案例与这一要求非常相近，见引文。",
        "A case with a sound source comes very close to this, see the quote. ",
    ),
    "case": (
        "有案例与这一要求相近，但来源等级或相近程度不足以认定满足。",
        "A case comes close to this, but its source or its nearness is not enough to call it met. ",
    ),
    "claim": (
        "供给方有一条声明与这一要求相近，尚无案例印证。",
        "A claim of the provider comes close to this; no case confirms it yet. ",
    ),
    "capability": (
        "能力介绍中有内容与这一要求相近，尚无案例印证。",
        "The description of the capability comes close to this; no case confirms it yet. ",
    ),
}
# Kind of text → that it names what is asked for.
NAMED: dict[str, Words] = {
    "case": ("有案例提到{found}", "A case names {found}"),
    "claim": ("供给方的一条声明提到{found}", "A claim of the provider names {found}"),
    "capability": ("能力介绍提到{found}", "The description of the capability names {found}"),
    "record": ("供给方登记的内容包括{found}", "The record states {found}"),
}
ALL_NAMED: Words = ("。", ". ")
MISSING: Words = ("，没有提到{missing}。", ", but not {missing}. ")
HINTED: Words = (
    "材料只提到{found}，没有提到{missing}。",
    "The evidence names {found} only, not {missing}.",
)
OPPOSED: Words = (
    "材料中有看来与这一要求{found}相反的说法，请看引文。",
    "The evidence seems to say the contrary of what is asked ({found}), see the quote.",
)
SILENT: Words = ("现有材料没有谈到这一点。", "The evidence does not speak to this.")


def operator_words(operator: str, shown: str, language: str) -> str:
    """Write a bound in words, such as 不低于 99%; without an operator only the value.

    Examples
    --------
    >>> operator_words("<=", "0.5%", "en"), operator_words("=", "2 秒", "zh")
    ('at most 0.5%', '2 秒')
    """
    if operator not in {">=", "<="}:
        return shown
    return f"{vocabulary.label('operator', operator, language)} {shown}"


def figure_reason(
    code: str, target: Words, found: Words, other: Words, unsaid: str, weak: bool
) -> Words:
    """Return the sentences on a figure that was compared with a target.

    ``unsaid`` names what the figure is not said to be about, where that is not sure.
    """
    note = _UNVERIFIED if weak else _PUBLISHED
    zh, en = (
        (_FIGURE[i] + FIGURES[code][i]).format(target=target[i], found=found[i], other=other[i])
        + (UNSAID[i].format(asked=_quoted([unsaid], i)) if unsaid else "")
        for i in (0, 1)
    )
    return zh + note[0], en + note[1]


def other_figure_reason(target: Words, asked: str) -> Words:
    """Return the sentences where a figure of the kind is published, but of something else."""
    zh, en = (OTHER_FIGURE[i].format(target=target[i], asked=_quoted([asked], i)) for i in (0, 1))
    return zh, en


def no_figure_reason(target: Words) -> Words:
    """Return the sentences where no figure can be compared."""
    return NO_FIGURE[0].format(target=target[0]), NO_FIGURE[1].format(target=target[1])


def joined_reasons(reasons: Sequence[Words]) -> Words:
    """Return several reasons as one; who published the figures is said once, at the end.

    Examples
    --------
    >>> reasons = [(f"{part}。由来源公布，非本平台实测。", "") for part in "甲乙"]
    >>> joined_reasons(reasons)[0]
    '甲。乙。由来源公布，非本平台实测。'
    """
    whole = "".join(zh for zh, _ in reasons), " ".join(en.strip() for _, en in reasons)
    return _said_once(whole[0], _PUBLISHED[0], ""), _said_once(whole[1], _PUBLISHED[1], " ")


def _said_once(text: str, note: str, space: str) -> str:
    if text.count(note) < 2:
        return text
    return f"{text.replace(note + space, '').removesuffix(note).rstrip()}{space}{note}"


def spoken_reason(code: str, weak: bool) -> Words:
    """Return the sentences on a requirement without a figure that some evidence speaks to."""
    note = _UNVERIFIED if weak else _PUBLISHED
    return SPOKEN[code][0] + note[0], SPOKEN[code][1] + note[1]


def named_reason(kind: str, found: Sequence[str], missing: Sequence[str], weak: bool) -> Words:
    """Return the sentences on a text that names some of the things that are asked for."""
    beginning, note = NAMED.get(kind, NAMED["capability"]), _UNVERIFIED if weak else _PUBLISHED
    rest = MISSING if missing else ALL_NAMED
    zh, en = (
        (beginning[i] + rest[i]).format(found=_quoted(found, i), missing=_quoted(missing, i))
        for i in (0, 1)
    )
    return zh + note[0], en + note[1]


def hinted_reason(found: Sequence[str], missing: Sequence[str]) -> Words:
    """Return the sentences where too few of the things that are asked for are named."""
    zh, en = (
        HINTED[i].format(found=_quoted(found, i), missing=_quoted(missing, i)) for i in (0, 1)
    )
    return zh, en


def opposed_reason(asked: Sequence[str]) -> Words:
    """Return the sentences where a text says the contrary of what is asked."""
    return OPPOSED[0].format(found=_quoted(asked, 0)), OPPOSED[1].format(found=_quoted(asked, 1))


def _quoted(names: Sequence[str], i: int) -> str:
    """Return names in quotation marks, in Chinese (0) or English (1)."""
    return ("、", ", ")[i].join(f"“{name}”" for name in dict.fromkeys(names))
