"""Read which bound the words beside a number state: at least, at most, or better than.

One rule governs all of them: what denies, forbids or rejects a comparison turns it round.
"不得低于 95 %", "must not fall below 95 %" and "低于 95 % 的不考虑" all ask for at least 95 %.
Patterns run on original text and ignore case; each looks at a bounded stretch of it.
"""

from __future__ import annotations

import re

LEAST, MOST, BETTER, WORSE = ">=", "<=", "better", "worse"
_OPPOSITE = {LEAST: MOST, MOST: LEAST, BETTER: WORSE, WORSE: BETTER}
_NAMES = {"least": LEAST, "most": MOST, "better": BETTER, "worse": WORSE}
LOOK = 120  # characters beside a number in which the words of its bound stand

_COMPARATORS = (
    r"(?P<most>[低少小短早]于(?:或?等于)?|[低小]过|不足|不到|不满|不及|未达到?|未到|达不到|没有?达到|没到"
    r"|至多|最多|最高|最大|最长|控制在|[<＜≤⩽≦≯]\s*=?"
    r"|\b(?:(?:less|lower|fewer|smaller|shorter) than(?: or equal to)?|at most|within|under|below"
    r"|short of|up to|a maximum of))"
    r"|(?P<least>[高多大长晚]于(?:或?等于)?|[大多]过|超[过出]?|突破|不止|至少|最少|起码|最快|最短|最低"
    r"|[>＞≥⩾≧≮]\s*=?"
    r"|\b(?:(?:more|greater|higher|larger|longer) than(?: or equal to)?|at least|over|above|beyond"
    r"|exceed(?:s|ing|ed)?|in excess of|a minimum of|at best|fastest))"
    r"|(?P<better>[优好强快]于|胜过|\b(?:better|finer|faster) than)"
    r"|(?P<worse>[差劣逊亚弱次慢]于|\b(?:worse|coarser|slower) than)"
)
# "不低于人工的 90 %": what the figure is a share of may stand in between.
_TO_NUMBER = (
    r"(?:[\u4e00-\u9fff]{1,8}的)?(?:等于|达到?|可达|为|是|only|about|or equal to|约|近)?[±:：\s]*$"
)
_BEFORE = re.compile(rf"(?:{_COMPARATORS}){_TO_NUMBER}", re.IGNORECASE)
_AFTER = re.compile(
    r"\s*(?:(?P<most>[及或]?以[内下]|之[内下]|内|或更[低少小短]"
    r"|or (?:less|below|under|lower|fewer))"
    r"|(?P<least>[及或]?以上|之上|[多余](?!种)|\+|或更[高多大长]|or (?:more|above|over|higher))"
    r"|(?P<better>或更[好优佳]|or (?:better|finer|faster)))",
    re.IGNORECASE,
)

# A negation right before a comparator.
_NEGATION = re.compile(
    r"(?:不(?:能够?|得|可以?|应[该当]?|宜|准|许|允许|被允许|容许|会|要|再|必|致|至|想|希望|接受|建议|该"
    r"|需要?)?|未(?:曾|能)?|没有?|无法|难以|禁止|严禁|切[勿忌]|勿|莫|避免|杜绝|拒绝|防止|排除)"
    r"(?:让|使|令|有|出现|存在|发生|任何|再|其)?\s*$"
    r"|(?:\b(?:not|never|no|cannot|without|nor)|n['’]t)"
    r"(?:\s+(?:be|been|being|is|are|ever|have|has|to|an?|any|get|go|goes|fall|falls|drop|drops|dip"
    r"|sink|rise|rises|climb|run|stay|remain|become|allowed|permitted"
    r"|circumstances|event|case)){0,6}\s+$",
    re.IGNORECASE,
)
# A prohibition governs the figure that it names: "不接受准确率低于 90 %". Words that begin another
# thought ("不能联网时准确率高于 95 %") end its reach.
_FORBIDS = (
    r"(?:不(?:允许|许|准|容许|接受|能接受|可接受|希望|想|能?容忍|得[出有]现?|能[出有]现?|应[出有]现?|考虑|要(?!求))"
    r"|禁止|严禁|避免|杜绝|拒绝|防止|谢绝|排除|淘汰)"
)
_PROHIBITION = re.compile(
    rf"{_FORBIDS}[^，,；;。、且并但而时下后前中需应须的0-9]{{0,14}}$"
    r"|(?:(?:\b(?:not|never)|\bcannot|n['’]t)\s+(?:have|show|give|produce|allow|let|accept|tolerate"
    r"|cause|want)|\b(?:no|avoid|prevent|reject|forbid|refuse))\s+"
    r"(?:(?!with|and|but|while|when|if|at|for\b)[a-z-]{1,20}\s+){0,6}$",
    re.IGNORECASE,
)
# "不得在 95 % 以下": the comparator stands behind the number.
_NOT_AT = re.compile(
    rf"(?:不[能得可应会]|{_FORBIDS}[^，,；;。、且并但而时下后前中需应须的0-9]{{0,10}}?)"
    r"(?:在|处于|位于|落在|低到|高到|降到|掉到|跌到|升到|到)?\s*$"
    r"|(?:\b(?:not|never)|\bcannot|n['’]t)\s+(?:be|have|accept)\s+$",
    re.IGNORECASE,
)
_REJECTED = re.compile(
    r"(?:的话?|者|时)?[^，,；;。0-9的]{0,6}[，,]?\s*"
    r"(?:则|即|就|将|一律|都|均|视[为作]|判定?为|算作?|属于?|直接|我[们方]|本[厂司]|也){0,4}"
    r"(?:不(?:予|会|再|能|可|得)?(?:考虑|验收|通过|接受|采[用纳购]|付款|结算|选用|签约|合格|达标|合作)"
    r"|不[要行选]|拒[绝收付](?:验收|接受|付款)?|淘汰|排除|出局|免谈|否决|退货|扣款|罚款|无效|作废|终止|废标"
    r"|[无没]法接受|未通过)"
    r"(?:[该此](?:方案|供应商|产品))?了?(?=[，,；;。！!\s]|$)"
    r"|[\s,]*(?:\b(?:or|less|more|lower|higher|is|are|will|would|shall|be|means?|counts?|as|it|they"
    r"|we|bids?|vendors?|offers?|solutions?|systems?|suppliers?|providers?|then|considered|deemed"
    r"|an?|the|that|which|simply)\b[\s,]*){0,10}"
    r"(?:(?:\bnot|\bcannot|n['’]t)\s+(?:be\s+)?(?:acceptable|accepted|considered|allowed|permitted"
    r"|tolerated|good enough|enough|sufficient|eligible|paid)|unacceptable|rejected|excluded"
    r"|refused|disqualif\w{1,12}|ruled out|failure|no-go|deal ?breaker)\b",
    re.IGNORECASE,
)


def bound_of(before: str, after: str) -> tuple[str, int, int]:
    """Return the bound that the words around a number state, and the words that remain.

    Parameters
    ----------
    before, after : str
        The text up to the number and behind it; ``after`` may run on beyond the clause.

    Returns
    -------
    tuple
        ``>=``, ``<=``, ``better``, ``worse`` or ``""``; how much of ``before`` is left without the
        words of the bound; how much of ``after`` they take.

    Examples
    --------
    >>> bound_of("准确率不得低于", "")[0], bound_of("准确率低于", "的不予考虑")[0]
    ('>=', '>=')
    >>> bound_of("false alarm rate must not exceed ", "")[0]
    '<='
    """
    first = max(0, len(before) - LOOK)
    near = before[first:]
    following = after[:LOOK]
    behind = _AFTER.match(following)
    taken = behind.end() if behind else 0
    compared = _BEFORE.search(near)
    if compared:
        operator, left = _NAMES[compared.lastgroup or ""], compared.start()
        denial = _NEGATION.search(near[:left])
        if denial:
            left = denial.start()
        is_turned = denial is not None or _PROHIBITION.search(near[:left]) is not None
    elif behind:
        operator, left = _NAMES[behind.lastgroup or ""], len(near)
        is_turned = _NOT_AT.search(near) is not None
    else:
        return "", len(before), 0
    if is_turned != (_REJECTED.match(following[taken:]) is not None):
        operator = _OPPOSITE[operator]
    return operator, first + left, taken


def directed(operator: str, better: str) -> str:
    """Return a bound as at least or at most, given the better direction; ``""`` if not known."""
    if operator not in {BETTER, WORSE}:
        return operator
    return better if operator == BETTER else _OPPOSITE.get(better, "")
