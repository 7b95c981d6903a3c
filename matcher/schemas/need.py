"""The fields of a need (需求)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, ClassVar

from matcher.records import Need
from matcher.schemas.base import Group, stands_alone
from matcher.schemas.fields import LAST_YEAR, MATCH, PUBLISH, About, Code, Id, Level, Region, Text
from matcher.schemas.lists import MOST_TYPED, Codes, Industries, Records, as_items
from matcher.schemas.messages import problem
from matcher.schemas.need_terms import FOR_PUBLISH, NeedTerms
from matcher.schemas.requirement import RequirementSchema
from matcher.vocabulary import industry_parts, resolve_industry

MOST_MUSTS = 5
REPLY_WITHIN_DAYS = (5, 60)  # after the day of publishing


class NeedSchema(NeedTerms):
    """What an enterprise asks for."""

    record = Need
    record_kind = "need"
    label_zh, label_en = "需求", "Need"
    id_field = "need_id"
    money = ("budget_min", "budget_max")
    ranges = (("budget_min", "budget_max"),)
    any_of: ClassVar[Mapping[str, tuple[str, ...]]] = {
        PUBLISH: ("budget_max", "budget_min", "budget_undecided"),
        MATCH: ("problem", "title"),
    }
    groups = (
        Group("problem", "问题", "Problem", ("title", "problem", "affected", "tried")),
        Group(
            "place",
            "行业与环节",
            "Industry and step",
            ("industries", "process_steps", "ai_tasks", "scenario_class", "reuse"),
        ),
        Group("requirements", "要求", "Requirements", ("requirements",)),
        Group(
            "data",
            "数据",
            "Data",
            (
                "data_modalities",
                "data_leaves_site",
                "data_volume",
                "labelled_share",
                "owner_cleared",
                "collection_live",
            ),
        ),
        Group(
            "conditions",
            "系统与硬性条件",
            "Systems and conditions",
            ("deployments", "domestic_stack", "systems", "safety", "certificates", "min_maturity"),
        ),
        Group(
            "budget",
            "预算与时间",
            "Budget and time",
            (
                "budget_min",
                "budget_max",
                "budget_undecided",
                "budget_is_limit",
                "funding_route",
                "start_by",
                "reply_by",
            ),
        ),
        Group(
            "where",
            "地点与中试",
            "Place and pilot",
            ("region", "region_preference", "own_site", "needs_base", "validation_types"),
        ),
        Group(
            "publication",
            "公开方式",
            "Who sees it",
            ("visibility", "invited_provider_ids", "excluded_provider_ids", "excluded_reason"),
        ),
        Group("twin", "英文", "English", ("title_en", "problem_en")),
    )

    need_id = Id(About("需求编号", "Need id", example="N0001"))
    title = Text(
        About(
            "需求标题",
            "Title",
            "说清对象和要解决的事。",
            "Say what it is about and what is to be solved.",
            "热轧带钢表面裂纹在线检测",
        ),
        limits=(6, 40),
        cap=200,
        required_for=FOR_PUBLISH,
    )
    title_en = Text(About("需求标题（英文）", "Title in English"), limits=(0, 80), cap=400)
    problem = Text(
        About(
            "问题与影响",
            "Problem and impact",
            "现在怎样、造成什么损失、希望怎样；不用写出技术名称。",
            "How it is today, what it costs, how it should be; no need to name a technique.",
            "人工抽检漏检率高，裂纹流入下道工序，每月退货约 20 卷。",
        ),
        limits=(50, 600),
        cap=100_000,
        multiline=True,
        required_for=FOR_PUBLISH,
    )
    problem_en = Text(
        About("问题与影响（英文）", "Problem and impact in English"),
        limits=(0, 1200),
        cap=100_000,
        multiline=True,
    )
    language = Code(About("语言", "Language"), "language")
    scenario_id = Id(About("场景编号", "Scenario id", example="SC092"))
    industries = Industries(
        About(
            "行业",
            "Industry",
            "行业代码、名称或常用说法，最多三个。",
            "Code, name or everyday word; at most three.",
            "C31",
        ),
        limits=(1, 3),
        required_for=FOR_PUBLISH,
    )
    process_steps = Codes(
        About(
            "业务环节",
            "Process step",
            "问题出在哪个环节，最多三个。",
            "Where in the business it occurs; at most three.",
            "quality",
        ),
        "process_step",
        limits=(1, 3),
        required_for=FOR_PUBLISH,
    )
    ai_tasks = Codes(
        About(
            "AI 任务",
            "AI task",
            "不清楚可以不填。",
            "Leave it empty if you do not know.",
            "visual_inspection",
        ),
        "ai_task",
        limits=(0, 3),
    )
    affected = Text(
        About(
            "谁受影响",
            "Who is affected",
            "岗位、人数、客户。",
            "Posts, how many people, customers.",
            "质检班组 12 人，下游客户 30 家",
        ),
        limits=(4, 150),
        cap=5000,
        multiline=True,
        required_for=FOR_PUBLISH,
    )
    tried = Text(
        About(
            "已尝试的办法",
            "Already tried",
            "供给方可以少走弯路。",
            "Saves providers from trying it again.",
            "试过规则视觉，换钢种后误报太多",
        ),
        limits=(0, 300),
        cap=5000,
        multiline=True,
    )
    requirements = Records(
        About(
            "要求清单",
            "Requirements",
            "一至十项，最多五项必须。",
            "One to ten lines, at most five of them must.",
        ),
        RequirementSchema,
        id_prefix="R",
        limits=(1, 10),
        required_for=FOR_PUBLISH,
    )
    deployments = Codes(
        About(
            "部署要求",
            "Deployment",
            "可接受的部署方式。",
            "The kinds of deployment that you accept.",
            "edge",
        ),
        "deployment",
        limits=(1, 4),
        required_for=FOR_PUBLISH,
    )
    domestic_stack = Code(
        About(
            "国产化要求",
            "Domestic stack",
            "芯片、操作系统和数据库是否须用国产。",
            "Whether chips, systems and databases have to be domestic.",
            "preferred",
        ),
        "domestic_stack_need",
        required_for=FOR_PUBLISH,
    )
    safety = Codes(
        About(
            "安全等级",
            "Safety and compliance",
            "涉密内容不受理。",
            "Matters of state secrecy are not accepted.",
            "explosion_proof",
        ),
        "safety",
        limits=(0, 6),
    )
    certificates = Codes(
        About(
            "供给方须持证书",
            "Certificates the provider must hold",
            "勾选后，无此证书的供给方不会被推荐。",
            "A provider known not to hold a ticked certificate is not proposed.",
            "iso_9001",
        ),
        "certificate",
        limits=(0, 8),
    )
    region = Region(About("所在地", "Region", "省或市。", "Province or city.", "320500"))
    scenario_class = Code(
        About(
            "场景级别",
            "Scenario class",
            "按投入和牵涉范围选择。",
            "By effort and by how far it reaches.",
            "small_cut",
        ),
        "scenario_class",
    )
    reuse = Code(
        About(
            "可复制性",
            "Reuse potential",
            "做成以后还能用在哪里。",
            "Where else it can be used once it works.",
            "group",
        ),
        "reuse",
    )
    region_preference = Code(
        About(
            "地域偏好",
            "Region preference",
            "不填即不考虑地域。",
            "Left empty, the region plays no part.",
            "none",
        ),
        "region_preference",
    )
    min_maturity = Level(
        About("最低成熟度", "Lowest maturity", "1–9 级。", "Level 1-9.", "7"), "maturity"
    )
    own_site = Code(
        About(
            "场地可用",
            "Own test site",
            "本单位有没有可以做试验的场地和产线。",
            "Whether you have a site or a line for trials.",
            "partly",
        ),
        "own_site",
    )
    needs_base = Code(
        About(
            "是否需要中试",
            "Needs a pilot base",
            "拿不准就选“请建议”。",
            "Choose 'Please advise' if you are not sure.",
            "advise",
        ),
        "needs_base",
        required_for=FOR_PUBLISH,
    )
    validation_types = Codes(
        About(
            "需要哪类验证",
            "Kinds of validation",
            "用来推荐能做这类验证的基地。",
            "Bases that do these are proposed.",
            "production",
        ),
        "validation_type",
        limits=(0, 7),
    )

    def with_aliases(self, given: dict[str, Any]) -> dict[str, Any]:
        """Take ``industry`` for ``industries``: a code, a name or free text.

        Free text that names no industry is kept for matching as one more line of the problem; a
        need that is to be published must name a known industry.
        """
        if "industry" not in given:
            return given
        words = given.pop("industry")
        words = [words] if isinstance(words, str) else words
        others, story = given.get("industries") or [], given.get("problem") or ""
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            return {**given, "industries": words}
        if len(words) > MOST_TYPED:  # refused there, before each is looked for in every name
            return {**given, "industries": words}
        if not isinstance(others, str | list) or not isinstance(story, str):
            return given
        resolved = {word: _industries_of(word) for word in words}
        unknown = [word for word, codes in resolved.items() if not codes]
        found = [code for codes in resolved.values() for code in codes]
        if self.profile == MATCH:
            given["problem"] = "\n".join(filter(None, [story, *unknown]))
            unknown = []
        given["industries"] = [*as_items(others), *found, *unknown]
        return given

    def problems_together(self, data: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """Refuse secrets and answers that contradict each other; publishing wants more."""
        found = super().problems_together(data)
        if "classified" in data.get("safety", ()):
            found.append(("safety", problem("classified", "classified")))
        stated = self.amount(data, "budget_min") or self.amount(data, "budget_max")
        if data.get("budget_undecided") and stated:
            words = {"other_zh": "预算未定", "other_en": "Budget undecided"}
            found.append(("budget_undecided", problem("contradiction", stated, **words)))
        systems = data.get("systems", ())
        if "none" in systems and len(systems) > 1:
            found.append(("systems", stands_alone("system", "none", systems)))
        return found + (self._unfit_to_publish(data) if self.profile == PUBLISH else [])

    def _unfit_to_publish(self, data: Mapping[str, Any]) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = []
        musts = [line for line in data.get("requirements", ()) if line.level == "must"]
        if len(musts) > MOST_MUSTS:
            many = problem("too_many_musts", len(musts), maximum=MOST_MUSTS)
            found.append(("requirements", many))
        if self.amount(data, "budget_max") == 0:
            found.append(("budget_max", problem("budget_is_nothing", 0)))
        if data.get("visibility") == "invited" and not data.get("invited_provider_ids"):
            found.append(("invited_provider_ids", problem("nobody_invited")))
        if self.today is not None:
            least, most = (self.today + timedelta(days=days) for days in REPLY_WITHIN_DAYS)
            found += self.day_outside(data, "reply_by", least, most)
            found += self.day_outside(data, "start_by", self.today, date(LAST_YEAR, 1, 1))
        return found


def _industries_of(words: str) -> tuple[str, ...]:
    """Return what industries some words list or, in a longer text, the longest name that it has."""
    parts = [codes for _text, codes in industry_parts(words)]
    if all(parts):
        return tuple(code for codes in parts for code in codes)
    return resolve_industry(words, within_text=True)
