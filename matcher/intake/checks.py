"""The checklist of a good need, as data: what is asked, what it weighs, how it is recognised.

Every check looks at one need and returns the share of its points that is earned. A share never
falls when a missing answer is filled in; what is written in one language counts as much as in the
other. Who weighs and presents them: ``quality``. The reasons for the weights: ``docs/intake.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from matcher.intake.jargon import find_jargon
from matcher.intake.substance import substance
from matcher.intake.words import find_words, without_words
from matcher.ranking.lines.findings import target_of
from matcher.ranking.lines.measures import measures_in
from matcher.records import Need, Requirement
from matcher.text.terms import normalise
from matcher.vocabulary import data_folder

MOST_MUSTS = 5
# In Han characters of substance, which leaves repetition out: about 0.88 of what is written.
TITLE_SUBSTANCE = 3.0
LONGEST_TITLE = 60.0
PROBLEM_SUBSTANCE = 40.0  # the 50 characters that a published problem must have
PROBLEM_BEGUN = 10.0  # a problem shorter than this is a title; from here points grow evenly
USERS_SUBSTANCE = 2.5  # a post, or a number and a post: 质检员, 3 planners
ONE_WORD = 1.5  # more than a character such as 人, as little as one English word
LINE_SUBSTANCE = 2.0

HALF = 0.5
QUARTER = 0.25


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found: the share of its points in [0, 1], and words to show, if any."""

    share: float
    found: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the checklist; ``source`` says why it is there and weighs what it weighs."""

    code: str
    points: int
    fields: tuple[str, ...]
    label_zh: str
    label_en: str
    hint_zh: str
    hint_en: str
    source: str
    judge: Callable[[Need], Verdict]


def _title(need: Need) -> Verdict:
    """Full for a title that names a thing and a task; half where it is far too long."""
    best = max(_title_share(need.title), _title_share(need.title_en))
    return Verdict(best)


def _title_share(title: str) -> float:
    telling = substance(without_words(normalise(title), data_folder(), "vague"))
    if telling < TITLE_SUBSTANCE:
        return 0.0
    return HALF if substance(title) > LONGEST_TITLE else 1.0


def _problem(need: Need) -> Verdict:
    said = max(substance(need.problem), substance(need.problem_en))
    share = (said - PROBLEM_BEGUN) / (PROBLEM_SUBSTANCE - PROBLEM_BEGUN)
    return Verdict(min(max(share, 0.0), 1.0))


def _users(need: Need) -> Verdict:
    """Full for an answer that names a post; half for a word; a quarter from the problem."""
    telling = substance(without_words(normalise(need.affected), data_folder(), "vague"))
    if telling >= ONE_WORD:
        return Verdict(1.0 if telling >= USERS_SUBSTANCE else HALF)
    named = [
        word.group()
        for text in (need.problem, need.problem_en)
        if substance(text)
        for word in find_words(normalise(text), data_folder(), "people")
    ]
    return Verdict(QUARTER if named else 0.0, tuple(dict.fromkeys(named)))


def _lines(need: Need) -> list[Requirement]:
    """Return the requirement lines that say something."""
    return [
        line
        for line in need.requirements
        if max(substance(line.text), substance(line.text_en), substance(line.metric))
        >= LINE_SUBSTANCE
    ]


def _musts(need: Need) -> Verdict:
    n_musts = sum(line.level == "must" for line in need.requirements)
    return Verdict(1.0 if _lines(need) and n_musts <= MOST_MUSTS else 0.0)


def _target(need: Need) -> Verdict:
    """Full for a line with metric, comparison and figure; half where only the problem has one."""
    if any(target_of(line) for line in _lines(need)):
        return Verdict(1.0)
    texts = [text for text in (need.problem, need.problem_en) if substance(text)]
    figures = [m for text in texts for m in measures_in(text) if _is_target(m.operator, m.form)]
    return Verdict(HALF if figures else 0.0)


def _is_target(operator: str, form: str) -> bool:
    return bool(operator) or form != "level"


def _budget(need: Need) -> Verdict:
    stated = need.budget_max_cny or need.budget_min_cny or need.budget_undecided
    return Verdict(1.0 if stated else 0.0)


def _jargon(need: Need) -> Verdict:
    """Give half for a clear problem, a quarter each for title and lines, nothing for silence."""
    lines = _lines(need)
    twins = {
        "title": (need.title, need.title_en),
        "problem": (need.problem, need.problem_en),
        "lines": (_together(line.text for line in lines), _together(x.text_en for x in lines)),
    }
    every = [text for pair in twins.values() for text in pair] + [need.affected, need.tried]
    weights = {"title": 0.25, "problem": 0.5, "lines": 0.25}
    share = sum(w for name, w in weights.items() if any(_is_clear(t, every) for t in twins[name]))
    found = (word for text in every for word in find_jargon(text, every))
    return Verdict(share, tuple(dict.fromkeys(found)))


def _together(texts: Iterable[str]) -> str:
    return "；".join(text for text in texts if text)


def _is_clear(text: str, every: list[str]) -> bool:
    return substance(text) > 0 and not find_jargon(text, every)


def _stated(*names: str) -> Callable[[Need], Verdict]:
    """Return a check that gives an equal share for each of these fields that has an answer."""

    def judge(need: Need) -> Verdict:
        return Verdict(sum(bool(getattr(need, name)) for name in names) / len(names))

    return judge


AUDIT = "审计 audit of 31 public briefs"
MATCHING = "匹配 what the match reads next"
CHECKS: tuple[Check, ...] = (
    Check(
        "problem",
        24,
        ("problem",),
        "问题说清楚了",
        "Problem stated",
        "写明现在怎样、造成什么损失、希望怎样，五十字以上。",
        "Say how it is today, what it costs and how it should be, in some 30 words or more.",
        f"{AUDIT}: 71 %",
        _problem,
    ),
    Check(
        "users",
        16,
        ("affected",),
        "写明谁受影响",
        "Users stated",
        "写明哪些岗位、多少人、哪些客户受影响。",
        "Name the posts, how many people and which customers are affected.",
        f"{AUDIT}: 74 %",
        _users,
    ),
    Check(
        "target",
        12,
        ("requirements",),
        "至少一项可检验的目标",
        "A measurable target",
        "至少一条要求写明指标、比较和目标值，如“检出率不低于 99%”。",
        "Give at least one line a metric, a comparison and a figure: “detection rate of at least "
        "99 %”.",
        "主线 the thread from need to measured result",
        _target,
    ),
    Check(
        "musts",
        8,
        ("requirements",),
        "必须项不超过五条",
        "At most five must-haves",
        "列出要求；必须项最多五条，其余改为期望。",
        "List the requirements; keep at most five as must and make the rest wants.",
        f"{AUDIT}: 77 %",
        _musts,
    ),
    Check(
        "budget",
        8,
        ("budget_min", "budget_max", "budget_undecided"),
        "预算已写明或明确未定",
        "Budget stated or undecided",
        "写出预算区间；还没定就勾选“预算未定”。",
        "Give a budget range, or tick “Budget undecided”.",
        f"{AUDIT}: 32 %",
        _budget,
    ),
    Check(
        "title",
        5,
        ("title",),
        "标题具体",
        "Title clear",
        "标题写出对象和要解决的事，不要只写“智能化项目”。",
        "Name the object and the task in the title, not just “smart project”.",
        "检索 technology listings: vague titles",
        _title,
    ),
    Check(
        "industry",
        5,
        ("industries",),
        "行业已选",
        "Industry stated",
        "选择行业，最多三个。",
        "Choose the industry, at most three.",
        MATCHING,
        _stated("industries"),
    ),
    Check(
        "data_kinds",
        4,
        ("data_modalities",),
        "数据类型已选",
        "Kinds of data stated",
        "选择已有哪些数据：图像、时序、表格等。",
        "Choose which data exist: images, sensor series, tables and so on.",
        MATCHING,
        _stated("data_modalities"),
    ),
    Check(
        "step",
        4,
        ("process_steps",),
        "业务环节已选",
        "Process step stated",
        "选择业务环节，如质量检测。",
        "Choose the process step, such as quality inspection.",
        MATCHING,
        _stated("process_steps"),
    ),
    Check(
        "jargon",
        4,
        ("title", "problem", "requirements"),
        "没有看不懂的词",
        "No undefined jargon",
        "缩写第一次出现时写出全称，空泛的词换成具体说法。",
        "Write abbreviations out the first time, and put plain words in place of buzzwords.",
        f"{AUDIT}",
        _jargon,
    ),
    Check(
        "deployment",
        3,
        ("deployments",),
        "部署方式已选",
        "Deployment stated",
        "选择可以接受的部署方式。",
        "Choose the kinds of deployment that you accept.",
        MATCHING,
        _stated("deployments"),
    ),
    Check(
        "data_state",
        2,
        ("data_volume", "labelled_share"),
        "数据量与标注情况",
        "Amount and labels of data",
        "写明数据量和已标注的比例。",
        "State how much data there is and how much of it is labelled.",
        MATCHING,
        _stated("data_volume", "labelled_share"),
    ),
    Check(
        "data_site",
        2,
        ("data_leaves_site",),
        "数据能否出场",
        "May data leave the site",
        "写明数据能否离开现场。",
        "State whether data may leave the site.",
        MATCHING,
        _stated("data_leaves_site"),
    ),
    Check(
        "stack",
        1,
        ("domestic_stack",),
        "国产化要求",
        "Domestic stack",
        "写明国产化要求；没有就选“不限”。",
        "State the requirement on a domestic stack, or choose “Any”.",
        MATCHING,
        _stated("domestic_stack"),
    ),
    Check(
        "timing",
        1,
        ("start_by",),
        "期望开始时间",
        "Start date",
        "写明希望什么时候开始。",
        "Say when it should start.",
        MATCHING,
        _stated("start_by"),
    ),
    Check(
        "pilot",
        1,
        ("needs_base",),
        "是否需要中试",
        "Pilot base",
        "写明是否需要中试基地；拿不准就选“请建议”。",
        "Say whether a pilot base is needed, or ask for advice.",
        MATCHING,
        _stated("needs_base"),
    ),
)
