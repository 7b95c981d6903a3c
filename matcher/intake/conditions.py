"""Read hard conditions out of the words of a need, for its writer to make them conditions or not.

A provider is set aside by what the fields of a need say, never by its free text. So what the text
states as a must is quoted back: where it runs, whether data may leave, what stack, whose province,
which budget. A wish is no must, and what is denied or allowed again in the same text is none
either; in doubt nothing is read. Nothing here changes a need.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from matcher.intake.folding import same_width
from matcher.schemas.fields import YUAN_PER_UNIT
from matcher.text.quantities import numbers_with_units
from matcher.vocabulary import label

LONGEST_QUOTE = 40
MAX_READ = 20_000
TEXTS = ("title", "problem", "title_en", "problem_en")

# What binds and what leaves open, in the clause of the words that are read.
_MUST = (
    r"必须|须|只能|只可|只许|仅限|仅能|限(?:于|省|本)|务必|一定要|要求|一律|不得不|"
    r"\b(?:must|only|shall|has to|have to|needs? to|required?|requirement|mandatory)\b"
)
# A prohibition binds to the contrary of what it names: "must not be deployed on premises".
_FORBIDDEN = (
    r"不得(?!不)|不能|不可|不许|不准|不允许|严禁|禁止|"
    r"\b(?:cannot|can't|can not|may not|must not|mustn't|shall not|not allowed|not permitted|"
    r"never)\b"
)
_OPEN = (
    r"不要求|无需|无须|不必|不强制|不一定|没有要求|不限|非必须|并非|未必|不是必须|不需要|如果|若是|最好|优先|希望|倾向|"
    r"也可以|也行|也可|均可|都可以|都行|可以接受|可接受|是否|"
    r"\b(?:need not|needn't|not required|not necessary|no need|not mandatory|not a must|"
    r"do(?:es)? not (?:have|need|require)|don't (?:have|need|require)|no requirement|optional|"
    r"preferabl[ey]|prefer(?:red)?|ideally|nice to have|if possible|would like|unless|is fine|"
    r"is ok|are fine|also possible|either|whether)\b"
)
_HERE = (
    r"本地部署|本地化部署|私有化|私有部署|本地机房|内网部署|部署在(?:厂内|内网|本地|现场|厂区|我方)|"
    r"离线(?:部署|运行)|断网|"
    r"on[- ]?prem(?:ises?)?\b|private(?:ly)? (?:deploy\w*|hosted)|"
    r"(?:run|deploy\w*|host\w*|install\w*) (?:locally|on site|on-site|in[- ]house|inside our)|"
    r"offline deployment"
)
# What binds by itself.
_NO_CLOUD = (
    r"不(?:得|能|可|许|准|允许)上(?:公有|公共)?云|(?:严禁|禁止)上(?:公有|公共)?云|"
    r"(?:不得|不能|不可|不许|不准|不允许|严禁|禁止)(?:使用|用|部署在|部署到|放在|放到)?(?:公有|公共)云|"
    r"\b(?:must|may|can|shall) ?not (?:be )?(?:deployed|run|hosted|used?) (?:in|on) (?:the|a) "
    r"(?:public )?cloud\b|\bno (?:public )?cloud (?:\w+ )?(?:allowed|permitted)\b|"
    r"^no (?:public )?cloud$"
)
# What tells of no cloud and binds only beside a word that does.
_WITHOUT_CLOUD = r"\b(?:no|not (?:in|to|on) (?:the|a)|never (?:in|to|on) the) (?:public )?cloud\b"
_CLOUD_ALLOWED = (
    r"云(?:端|上|平台|服务|部署)?(?:也|均|都)?(?:可以|可|行|能用|没问题)|(?<!不)(?<!不得)(?<!不能)(?<!不可)可以?上云|"
    r"(?:cloud\w*|saas) (?:\w+ ){0,2}(?:is|are|would be|also) (?:also )?"
    r"(?:fine|ok|okay|possible|acceptable|welcome)"
)
_DATA = r"数据|资料|图像|图片|影像|视频|样本|\bdata\b|\bimages?\b|\brecords?\b"
_PLACE = r"(?:厂|场|园|域|境|院|省|国|校|公司|企业|单位|现场|内网|本地|门)"
_STAYS = (
    rf"不(?:得|能|可|可以|许|准|允许)?(?:出|离开|带出|传出|拷出|流出|带离|运出|搬出){_PLACE}|"
    rf"(?:严禁|禁止)(?:出|离开|带出|传出|拷出|流出|带离){_PLACE}|"
    r"(?:不得|不能|不可|不可以|不许|不准|不允许|严禁|禁止|不)(?:外传|外流|外泄|外发|外带|上公?有?云)|"
    r"(?:必须|只能|须|一律|要求|务必)[^，。]{0,4}(?:留|存|保留|存放|存储)在"
    r"(?:厂内|厂区|本地|内网|现场|院内|园区|公司|企业|本单位|我方)|"
    r"\b(?:must|has to|have to|shall|should|needs? to|can only|may only) (?:\w+ )?"
    r"(?:stay|remain|be kept|be stored|reside) (?:\w+ ){0,2}"
    r"(?:(?:on|at|in|inside|within) (?:(?:our|the|this|its|own|company|local) )*"
    r"(?:premises|prem|site|plant|factory|hospital|company|campus|network|servers?|country|china|"
    r"province|house|walls)|on[- ]prem\w*|on[- ]site|in[- ]house|local(?:ly)?|here)\b|"
    r"\b(?:cannot|can't|can not|may not|must not|mustn't|shall not|not allowed to|never|"
    r"not permitted to) (?:leave|be moved|be sent|be taken|go outside|be uploaded|be exported|"
    r"be shared outside)|"
    r"\bno data (?:may|can|must|shall|should)? ?leaves?\b"
)
_DATA_ALLOWED = (
    r"数据(?:也|均|都)?(?:可以|可|能|允许)(?:出|带出|外传|上传|上云|提供给)|数据出(?:厂|场|境|域)(?:也)?(?:没问题|可以)|"
    r"data (?:may|can) (?:leave|be shared|be sent|be uploaded)"
)
_MASKED = (
    r"脱敏后(?:可以?|才能|方可|才可)?(?:出|带出|提供|外传|共享|使用)|"
    r"(?:after|once) (?:masking|anonymi[sz]\w*|being masked)"
    r"|(?:anonymi[sz]ed|masked) data (?:may|can) leave"
)
_STACK = (
    r"国产化|国产(?:芯片|算力|操作系统|数据库|软硬件|平台|卡)|信创|自主可控|"
    r"domestic (?:stack|chips?|hardware|software|operating systems?|databases?)|xinchuang"
)
_NEAR = (
    r"(?:供应商|供给方|服务商|厂商|单位|企业|团队|公司)[^，。；,;]{0,8}(?:本省|省内|本地|同省)|"
    r"(?:本省|省内|同省)(?:的)?(?:供应商|供给方|服务商|厂商|单位|企业|团队|公司)|"
    r"(?:provider|supplier|vendor|company|firm|partner)s? [^,.;]{0,40}"
    r"(?:same|our|this) province|(?:same|our)[- ]province (?:provider|supplier|vendor)s?"
)
_BUDGET = r"预算|总价|报价|经费|\bbudget\b"
_PRICE = r"费用|价格|投入|\bcosts?\b|\bprice\b|\bspend\b"  # only where the clause binds
_PAST = (
    r"去年|上年|前年|往年|以往|过去|曾|此前|已经|损失|返工|一年|每年|年均|"
    r"\b(?:last|previous|so far|was|were|spent|lost|costs? us|a year|per year|annually)\b"
)
_EACH = r"每|单价|\bper\b|\beach\b|\ba (?:piece|unit|item)\b"  # a price of one thing, no budget
_AT_MOST = (
    r"不超过|不高于|不得超过|不能超过|不大于|以内|之内|以下|上限|最多|至多|封顶|控制在|"
    r"\b(?:at most|up to|no more than|not more than|not exceed\w*|must not exceed|cannot exceed|"
    r"within|under|below|limit\w*|cap(?:ped)?|ceiling|maximum|max)\b"
)
_CLAUSE = re.compile(r"[，。；！？\n;!?]|,(?!\d{3}(?!\d))|\.(?!\d)")
_SHORT = re.compile(r"(\d+(?:\.\d+)?) ?([km])(?![a-z])")  # 500k, 1.2m
_TIMES = {"k": 1_000, "m": 1_000_000}


@dataclass(frozen=True, slots=True)
class StatedCondition:
    """A must that a text states: the answer that would make it a condition, and its words."""

    field: str  # of the need's form
    code: str  # as the form takes it; of a budget the amount in 万元
    quote: str
    label_zh: str
    label_en: str

    @property
    def reason_zh(self) -> str:
        """The words quoted back, with the question."""
        return f"您写了“{self.quote}”：作为硬性条件？"

    @property
    def reason_en(self) -> str:
        """The words quoted back, with the question."""
        return f"You wrote “{self.quote}”: make it a hard condition?"


def read_conditions(texts: Iterable[str]) -> tuple[StatedCondition, ...]:
    """Return the musts that some texts state, at most one a field.

    Examples
    --------
    >>> [(c.field, c.code, c.quote) for c in read_conditions(["数据不得出厂，预算不超过50万"])]
    [('data_leaves_site', 'no', '数据不得出厂'), ('budget_max', '50', '预算不超过50万')]
    >>> read_conditions(["最好本地部署，云端也可以；不要求国产化。"])
    ()
    """
    return _read(tuple(text for text in texts if text))


@lru_cache(maxsize=256)
def _read(texts: tuple[str, ...]) -> tuple[StatedCondition, ...]:
    whole = "\n".join(texts)[:MAX_READ]
    clauses = list(_clauses(whole))
    lowered = same_width(whole).lower()
    found: dict[str, StatedCondition] = {}
    for clause in clauses:
        for one in _in_clause(clause, lowered):
            found.setdefault(one.field, one)
    return tuple(found.values())


def conditions_of(values: Mapping[str, Any]) -> tuple[StatedCondition, ...]:
    """Return the musts in the texts of a need that no answer of it makes a condition yet.

    Parameters
    ----------
    values : mapping
        By name of form field, as typed.
    """
    lines = values.get("requirements") or ()
    texts = [str(values.get(name) or "") for name in TEXTS]
    texts += [str(line.get("text") or "") for line in lines if isinstance(line, Mapping)]
    return tuple(one for one in read_conditions(texts) if _is_open(one, values))


def _is_open(one: StatedCondition, values: Mapping[str, Any]) -> bool:
    """Whether the writer has not answered the field; an amount alone is no limit yet."""
    if one.field == "budget_max":
        return not (values.get("budget_max") and values.get("budget_is_limit"))
    return not values.get(one.field)


def change_of(field: str, code: str) -> dict[str, Any]:
    """Return the answers that make a must a condition, as the form takes them."""
    if field == "budget_max":
        return {"budget_max": code, "budget_undecided": "", "budget_is_limit": "yes"}
    return {field: [code] if field == "deployments" else code}


def _clauses(text: str) -> Iterator[str]:
    return (clause.strip() for clause in _CLAUSE.split(text) if clause.strip())


def _in_clause(clause: str, whole: str) -> Iterator[StatedCondition]:
    """Yield the musts of one clause that the rest of the text does not take back."""
    words = same_width(clause).lower()
    if _says(_DATA, words) and _says(_STAYS, words) and not _says(_OPEN, words):
        masked = _says(_MASKED, whole)
        if masked or not _says(_DATA_ALLOWED, whole):
            yield _stated("data_leaves_site", "masked" if masked else "no", clause)
    if _says(_OPEN, words):
        return
    is_forbidden = _says(_FORBIDDEN, words)
    binds = _says(_MUST, words) and not is_forbidden
    without_cloud = _says(_WITHOUT_CLOUD, words) and (_says(_MUST, words) or is_forbidden)
    is_here = (binds and _says(_HERE, words)) or _says(_NO_CLOUD, words) or without_cloud
    if is_here and not _says(_CLOUD_ALLOWED, whole):
        yield _stated("deployments", "on_premise", clause)
    if binds and _says(_STACK, words):
        yield _stated("domestic_stack", "required", clause)
    if binds and _says(_NEAR, words):
        yield _stated("region_preference", "must", clause)
    amount = _ceiling(words)
    if amount:
        yield _stated("budget_max", amount, clause)


def _says(pattern: str, words: str) -> bool:
    return re.search(pattern, words) is not None


def _ceiling(words: str) -> str:
    """Return the amount in 万元 above which a budget must not go, where a clause states one."""
    is_bound = _says(_MUST, words) or _says(_FORBIDDEN, words)
    is_meant = _says(_BUDGET, words) or (is_bound and _says(_PRICE, words))
    if not (is_meant and _says(_AT_MOST, words)) or _says(_EACH, words) or _says(_PAST, words):
        return ""
    written = _SHORT.sub(lambda found: f"{float(found[1]) * _TIMES[found[2]]:.0f} yuan", words)
    amounts = [
        quantity.value
        for quantity in numbers_with_units(written)
        if quantity.unit in {"CNY", ""} and quantity.value >= YUAN_PER_UNIT / 10
    ]
    return f"{max(amounts) / YUAN_PER_UNIT:.15g}" if amounts else ""


_VOCABULARY = {
    "deployments": "deployment",
    "data_leaves_site": "data_leaves_site",
    "domestic_stack": "domestic_stack_need",
    "region_preference": "region_preference",
}


def _stated(field: str, code: str, clause: str) -> StatedCondition:
    quote = clause if len(clause) <= LONGEST_QUOTE else f"{clause[: LONGEST_QUOTE - 1]}…"
    if field == "budget_max":
        zh, en = f"{code} 万元", f"{code} × 10,000 CNY"
    else:
        zh, en = (label(_VOCABULARY[field], code, language) for language in ("zh", "en"))
    return StatedCondition(field, code, quote, zh, en)
