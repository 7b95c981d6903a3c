"""Tell what a text denies from what it affirms: "不支持红外图像", "offline mode is not supported".

What is named only to say that it is not there, or must not be, answers another question. A denial
reaches to the end of its clause or to the words that turn the thought ("没有人工干预即可接入");
one at the end of a clause denies what stands before it. Texts are cut into clauses first, so that
the longest text is read once.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from matcher.text.terms import normalise

REMEMBERED = 8_192

_CLAUSE = re.compile(r"[^，。；、,.;:：!?()（）]+|[，。；、,.;:：!?()（）]+")
# 不 begins many words and comparisons that deny nothing: 不仅, 不同, 不锈钢, 不低于, 不戴安全帽.
_NO_DENIAL = (
    "[仅但只单光断同良锈规均平确合达符稳等论管过然久错妨便适宜易低高少多大小长短超戴系穿佩按安文明]"
)
_DENIES = re.compile(
    rf"(?:[暂尚并还也均可绝]?不(?!{_NO_DENIAL})(?:允许|可以|应该|能够|支持|提供|包[括含]|具备|需要|依赖|使用"
    r"|采[用集]|接受|要求|适用于|涉及|存储|上传|影响|改[变造]|得|能|可|应|会|需|要|想|含|用|上|许|准|是|再|经)*"
    r"|[尚暂并还均]?(?:没有|没法|无法|无需|无须|无权|不曾)|[尚暂并均]无"
    r"|无(?=[a-z ]|云|公网|外网|网络)"
    r"|[尚暂并还均]?未(?:能|曾|支持|提供|包[括含]|接入|实现|涉及|采用|部署|开放|覆盖|具备|适配|对接|使用)"
    r"|禁止|严禁|拒绝|杜绝|避免|切勿|非(?=接触|公有|云|侵入|侵入式|联网|红外|可见))"
    r"|\b(?:without|never|cannot|nor|neither|lacks?|lacking|excludes?|excluding|except|unable to"
    r"|fails? to|instead of|rather than|free of|avoid(?:s|ing)?|forbid(?:s|den)?|prohibit(?:s|ed)?"
    r"|not(?! (?:only|just|merely|less|more|lower|higher|fewer|later|below|above|under|over"
    r"|exceed))"
    r"|no(?! (?:less|more|fewer|later|longer|lower|higher|worse) than))\b"
    r"|n['’]t\b(?! (?:only|just|merely|exceed))"
)
_TURNS = re.compile(
    r"[即就便]?可(?!见|靠|用|视|编|燃|再)以?|[即就也仍便]能|即[可能]|而是|但是?|却|的?(?:情况|前提|条件|基础)[之]?下"
    r"|(?:且|并且?|而)(?=支持|可|能|提供|具备)"
    r"|(?:\b(?:but|however|yet|instead|while|so that|and (?:can|does|runs|works|supports|is))\b)"
)
# "离线运行暂不支持", "红外图像除外", "offline mode is not supported": what stands before is denied.
_DENIED_BEFORE = re.compile(
    r"(?:除外|不在其列|(?:正在)?(?:研发|开发|规划|计划|筹备)中|待开发|已?(?:过期|失效|停用|下线)|[暂尚还并均]?[不未](?:予|被)?(?:支持|提供|包[括含]|适用|可用|具备|开放|可选|涉及|在内|接受|允许|采用|考虑|需要|行)了?"
    r"|[暂尚还并均]?未(?:测试?|测量|检测?|验证|评估|统计|公布|覆盖|涵盖)了?"
    r"|(?:\b(?:not|never)(?: yet| currently| be| been){0,2}|n['’]t(?: yet| currently| be){0,2})"
    r" (?:tested|measured|verified|covered)"
    r"|(?:\b(?:not|never)(?: yet| currently| be| been){0,2}|n['’]t(?: yet| currently| be){0,2})"
    r" (?:supported|available|included|possible|offered|provided|allowed|permitted|accepted|wanted"
    r"|needed|required|acceptable)|\bunsupported|\bunavailable|\bexcluded|\bforbidden|\bprohibited"
    r"|\bunder development|\bplanned|\bexpired)"
    r"(?: yet| at present| currently)?\s*$"
)


class Denial(NamedTuple):
    """What a clause denies, and how it says so, with ``{}`` for what it denies."""

    what: str
    said: str


class Halves(NamedTuple):
    """A normalised text without what it denies, and what it denies."""

    affirmed: str
    denials: tuple[Denial, ...]


@lru_cache(REMEMBERED)
def halves(text: str) -> Halves:
    """Part a text into what it affirms and what it denies, both normalised.

    Examples
    --------
    >>> halves("支持可见光、不支持红外图像")
    Halves(affirmed='支持可见光、 ', denials=(Denial(what='红外图像', said='不支持{}'),))
    >>> halves("Offline mode is not supported").denials
    (Denial(what='offline mode is ', said='{}not supported'),)
    """
    affirmed, denials = [], []
    for piece in _CLAUSE.findall(normalise(text)):
        rest, denial = _part(piece)
        affirmed.append(rest)
        denials += [denial] if denial else []
    return Halves("".join(affirmed), tuple(denials))


def _part(piece: str) -> tuple[str, Denial | None]:
    """Return what a clause affirms, and what it denies if anything."""
    behind = _DENIED_BEFORE.search(piece)
    before = _DENIES.search(piece)
    if behind and (before is None or before.start() >= behind.start()):
        return " ", Denial(piece[: behind.start()], f"{{}}{behind[0].strip()}")
    if before is None:
        return piece, None
    turn = _TURNS.search(piece, before.end())
    end = turn.start() if turn else len(piece)
    what, marker = piece[before.end() : end], before[0].strip()
    space = " " if marker.isascii() else ""
    return f"{piece[: before.start()]} {piece[end:]}", Denial(what, f"{marker}{space}{{}}")
