"""The fields of a need that say on which terms it stands: readiness, money, time, who sees it.

What the need is about stands in ``matcher.schemas.need``.
"""

from __future__ import annotations

from matcher.schemas.base import RecordSchema
from matcher.schemas.fields import (
    LARGEST_AMOUNT,
    PUBLISH,
    About,
    Code,
    Day,
    Flag,
    FormMoney,
    Text,
    Whole,
)
from matcher.schemas.lists import Codes, Ids

FOR_PUBLISH = (PUBLISH,)
YUAN = (0, LARGEST_AMOUNT)


class NeedTerms(RecordSchema):
    """Readiness of the data, money and time, and who sees the need."""

    data_modalities = Codes(
        About(
            "数据类型",
            "Data modality",
            "手头有、可以用来训练或验证的数据。",
            "Data at hand that can serve training or testing.",
            "image",
        ),
        "data_modality",
        limits=(1, 8),
        required_for=FOR_PUBLISH,
    )
    data_volume = Code(
        About(
            "数据量",
            "Volume of data",
            "估计的数量级即可。",
            "The order of magnitude is enough.",
            "1_100gb",
        ),
        "data_volume",
    )
    labelled_share = Code(
        About(
            "已标注比例",
            "Share that is labelled",
            "有多少数据已经标出了对错、类别或结果。",
            "How much of it carries the right answer, class or outcome.",
            "1_20",
        ),
        "labelled_share",
    )
    data_leaves_site = Code(
        About(
            "数据能否出场",
            "May data leave the site",
            "决定能用哪些供给方和基地。",
            "Decides which providers and bases can work with it.",
            "masked",
        ),
        "data_leaves_site",
        required_for=FOR_PUBLISH,
    )
    owner_cleared = Code(
        About(
            "数据使用已获同意",
            "Owner has cleared the use",
            "数据归谁管、谁同意了使用。",
            "Whether whoever owns the data has agreed to the use.",
            "yes",
        ),
        "yes_no_unsure",
    )
    collection_live = Code(
        About(
            "数据正在采集",
            "Collection is running",
            "现场是否已在持续采集这些数据。",
            "Whether these data are being collected on site already.",
            "yes",
        ),
        "yes_no",
    )
    systems = Codes(
        About(
            "需对接的系统",
            "Systems to connect",
            "不需要对接就选“无需对接”。",
            "Choose 'None' where nothing has to be connected.",
            "mes",
        ),
        "system",
        limits=(0, 6),
    )
    budget_min = FormMoney(
        About(
            "预算下限",
            "Budget from",
            "可以只填上限。",
            "The upper end alone is enough.",
            "30",
            unit="万元",
            visibility="parties",
        )
    )
    budget_max = FormMoney(
        About(
            "预算上限",
            "Budget to",
            "双方都同意后才给对方看。",
            "Shown to the other side after both agree.",
            "80",
            unit="万元",
            visibility="parties",
        )
    )
    budget_min_cny = Whole(
        About("预算下限（元）", "Budget from in yuan", unit="元", visibility="parties"),
        limits=YUAN,
    )
    budget_max_cny = Whole(
        About("预算上限（元）", "Budget to in yuan", unit="元", visibility="parties"),
        limits=YUAN,
    )
    budget_undecided = Flag(
        About(
            "预算未定",
            "Budget undecided",
            "还没定就勾选，不要填 0。",
            "Tick it where it is not known yet; do not write 0.",
            visibility="parties",
        )
    )
    budget_is_limit = Flag(
        About(
            "预算是上限",
            "Budget is a limit",
            "勾选后，报价高于预算的不会被推荐。",
            "A price above the budget is then not proposed.",
            visibility="parties",
        )
    )
    funding_route = Code(
        About("出资方式", "Funding route", "钱从哪里来。", "Where the money comes from.", "own"),
        "funding_route",
    )
    start_by = Day(
        About(
            "期望开始",
            "Start by",
            "希望供给方最晚何时开工。",
            "By when work should start.",
            "2026-09-30",
        ),
        required_for=FOR_PUBLISH,
    )
    reply_by = Day(
        About(
            "截止答复",
            "Reply by",
            "发布后 5–60 天内的一天，过后需求自动到期。",
            "A day 5-60 days after publishing; the need expires then.",
            "2026-07-31",
        ),
        required_for=FOR_PUBLISH,
    )
    visibility = Code(
        About(
            "公开方式",
            "Visibility",
            "匿名：双方都同意之前，不显示单位和能认出单位的内容。",
            "Anonymous: your name, and what gives it away, stays hidden until both sides agree.",
            "named",
        ),
        "need_visibility",
        required_for=FOR_PUBLISH,
    )
    invited_provider_ids = Ids(
        About(
            "受邀的供给方",
            "Invited providers",
            "仅“定向邀请”时需要；按名称、地点或能力查找后选定。",
            "Needed for 'Invited only'; find them by name, place or what they offer.",
            "V001",
            visibility="private",
        ),
        limits=(0, 50),
    )
    excluded_provider_ids = Ids(
        About(
            "不考虑的单位",
            "Excluded providers",
            "按名称查找后选定，只有本单位看得到。",
            "Find them by name; only you see them.",
            "V001",
            visibility="private",
        ),
        limits=(0, 50),
    )
    excluded_reason = Text(
        About(
            "不考虑的原因",
            "Reason for excluding",
            "只有本单位和管理员看得到。",
            "Only you and an administrator see it.",
            "有竞争关系",
            visibility="private",
        ),
        limits=(0, 100),
        cap=1000,
    )
    attachment_ids = Ids(
        About(
            "附件",
            "Attachments",
            "最多五个文件。",
            "At most five files.",
            visibility="parties",
        ),
        limits=(0, 5),
    )
