"""Needs of the demonstration's enterprise in different states, made up and named so.

They go the way of every need, through drafts, review and questions, so that what a visitor sees is
what the service does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from matcher.identity import Account, Organisation, actor_of
from matcher.store.accounts import find_by_email
from matcher.store.organisations import read_organisation
from matcher.workflow.needs.drafts import start_draft
from matcher.workflow.needs.lifecycle import change_state
from matcher.workflow.needs.publishing import Wishes, approve, send_draft
from matcher.workflow.needs.questions import answer, ask
from matcher.workflow.needs.states import Act, State

REPLY_AFTER = timedelta(days=40)
START_AFTER = timedelta(days=90)
ALL_CONFIRMED = Wishes(accepts_near=True, asks_override=True)

SURFACE: Mapping[str, Any] = {
    "title": "演示：热轧带钢表面裂纹在线检测",
    "title_en": "Demonstration: surface cracks on hot-rolled strip, found on line",
    "problem": "虚构示例。带钢表面裂纹靠人工抽检，漏检率高，裂纹流入下道工序，每月退货约二十卷；"
    "希望在产线上拍照识别裂纹、夹杂和划伤，给出位置和等级，减少退货。",
    "problem_en": "Made-up example. Cracks on strip are found by sampling, many are missed and "
    "about twenty coils come back each month. Cameras on the line should find cracks, inclusions "
    "and scratches with place and grade.",
    "affected": "质检班组十二人，下游客户三十家",
    "tried": "试过规则视觉，换钢种后误报太多",
    "industries": ["C31"],
    "process_steps": ["quality"],
    "ai_tasks": ["visual_inspection"],
    "requirements": [
        {
            "text": "裂纹检出率不低于 99%",
            "text_en": "Finds at least 99% of cracks",
            "level": "must",
            "metric": "检出率",
            "operator": ">=",
            "threshold": "99",
            "unit": "%",
            "current_value": "92",
            "verification": "用 500 件留样盲测",
        },
        {"text": "每卷检测不超过两分钟", "text_en": "No more than two minutes a coil"},
    ],
    "data_modalities": ["image"],
    "data_volume": "1_100gb",
    "labelled_share": "21_50",
    "data_leaves_site": "masked",
    "deployments": ["edge", "on_premise"],
    "domestic_stack": "preferred",
    "systems": ["mes"],
    "budget_min": "30",
    "budget_max": "80",
    "region": "320500",
    "needs_base": "advise",
    "visibility": "named",
}
ALARMS: Mapping[str, Any] = {
    "title": "演示：压缩机异常提前预警，减少停车",
    "title_en": "Demonstration: warn of compressor faults early and stop less often",
    "problem": "虚构示例。压缩机振动和温度报警很多，真正的故障发现太晚，去年非计划停车四次，"
    "每次损失约五十万元；演示制造企业希望提前两小时预警，并说明可能的原因。",
    "problem_en": "Made-up example. Compressors raise so many vibration and temperature alarms "
    "that real faults are seen too late; four unplanned stops last year cost about 500,000 yuan "
    "each. A warning two hours ahead should name the likely cause.",
    "affected": "运行班组二十人和下游装置",
    "industries": ["C26"],
    "process_steps": ["maintenance"],
    "ai_tasks": ["anomaly"],
    "requirements": [
        {
            "text": "提前预警不少于两小时",
            "text_en": "Warns at least two hours ahead",
            "level": "must",
            "metric": "提前时间",
            "operator": ">=",
            "threshold": "2",
            "unit": "小时",
        }
    ],
    "data_modalities": ["sensor"],
    "data_leaves_site": "no",
    "deployments": ["on_premise"],
    "domestic_stack": "required",
    "budget_undecided": "yes",
    "region": "320500",
    "needs_base": "yes",
    "validation_types": ["function"],
    "visibility": "anonymous",
}
SCHEDULING: Mapping[str, Any] = {
    "title": "演示：小批量订单的排产优化",
    "title_en": "Demonstration: schedule small orders better",
    "problem": "虚构示例。订单小而杂，排产靠经验，换型一次要四十分钟，每天换型十几次；"
    "希望按交期和换型时间自动给出排产方案，并在插单时半小时内重排。",
    "affected": "计划科三人和四条产线的班长",
    "industries": ["C34"],
    "process_steps": ["production"],
    "ai_tasks": ["optimisation"],
    "requirements": [
        {
            "text": "换型时间减少两成以上",
            "level": "must",
            "metric": "换型时间减少",
            "operator": ">=",
            "threshold": "20",
            "unit": "%",
        }
    ],
    "data_modalities": ["table"],
    "data_leaves_site": "yes",
    "deployments": ["private_cloud"],
    "domestic_stack": "any",
    "budget_max": "50",
    "needs_base": "no",
    "visibility": "named",
}
TRACING: Mapping[str, Any] = {
    **SCHEDULING,
    "title": "演示：质量记录问答助手",
    "title_en": "Demonstration: ask the quality records",
    "problem": "虚构示例。质量异常报告有两万份，散在各处，遇到同类问题找不到以前怎么处理；"
    "希望用自己的话提问，得到带出处的答案，新员工也能用。",
    "affected": "质量工程师十五人，新员工每年三十人",
    "process_steps": ["quality"],
    "ai_tasks": ["knowledge_qa"],
    "requirements": [{"text": "每个回答注明出处", "level": "must"}],
    "data_modalities": ["text"],
    "deployments": ["on_premise"],
}
BEGUN: Mapping[str, Any] = {
    "title": "演示：叉车与行人碰撞预警",
    "problem": "虚构示例。仓库里叉车和行人混行，去年险些碰撞六次。",
    "industries": ["C34"],
}


def add_demo_needs(db: Database, *, now: datetime) -> list[str]:
    """Give the demonstration's enterprise a few needs; return their ids.

    One is open with a question answered, one open without its enterprise's name, one in talks, one
    in review, and one is a draft that was only begun.
    """
    people = {word: _person(db, word) for word in ("enterprise", "provider", "reviewer")}
    enterprise = people["enterprise"]
    by_enterprise = Act(actor_of(enterprise), now)
    by_reviewer = Act(actor_of(people["reviewer"]), now)
    ids = []
    for values in (SURFACE, ALARMS, TRACING):
        need_id = _send(db, values, by_enterprise)
        approve(db, need_id, by_reviewer)
        ids.append(need_id)
    _talk(db, ids[0], people["provider"], by_enterprise)
    change_state(db, ids[2], State.MATCHING, by_enterprise)
    ids.append(_send(db, SCHEDULING, by_enterprise))
    start_draft(db, enterprise.account_id, BEGUN, now=now, step="problem")
    return ids


def _person(db: Database, word: str) -> Account:
    found = find_by_email(db, f"{word}@demo.invalid")
    if found is None:
        raise ValueError(f"the demonstration has no {word}; open it first")
    return found


def _send(db: Database, values: Mapping[str, Any], act: Act) -> str:
    dated = {
        **values,
        "reply_by": (act.now + REPLY_AFTER).date().isoformat(),
        "start_by": (act.now + START_AFTER).date().isoformat(),
    }
    draft = start_draft(db, act.actor.actor_id, dated, now=act.now)
    organisation = read_organisation(db, act.actor.organisation_id)
    return send_draft(db, draft, organisation, act, ALL_CONFIRMED).need_id


def _talk(db: Database, need_id: str, provider: Account, act: Act) -> None:
    asker: Organisation = read_organisation(db, provider.organisation_id)
    asking = Act(actor_of(provider), act.now)
    question = ask(db, need_id, asker, "产线速度是多少？已有哪些相机？（演示提问）", act=asking)
    text = "最高每分钟八百米；上下表面各有一台线阵相机。（演示回答）"
    answer(db, need_id, question.question_id, text, act=act)
