"""The fields of a capability that say on which terms it is offered.

What the capability is and what proves it stands in ``matcher.schemas.capability``.
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
from matcher.schemas.lists import Codes, Ids, Industries, Regions, Texts

FOR_PUBLISH = (PUBLISH,)
YUAN = (0, LARGEST_AMOUNT)


class CapabilityTerms(RecordSchema):
    """Data it needs, price, capacity, wanted customers, rights."""

    adapted_chips = Texts(
        About(
            "已适配的芯片",
            "Chips it runs on",
            "写型号，用分号分开。",
            "Name the models, parted by semicolons.",
            "昇腾 910B; 寒武纪 MLU370",
        ),
        limits=(0, 12),
    )
    adapted_systems = Texts(
        About(
            "已适配的操作系统与数据库",
            "Operating systems and databases it runs on",
            "写名称和版本，用分号分开。",
            "Name and version, parted by semicolons.",
            "麒麟 V10; openEuler 22.03",
        ),
        limits=(0, 12),
    )
    data_leaves_site = Code(
        About(
            "是否需要数据出场",
            "Does data have to leave the site",
            "“不可以”表示数据不出现场也能交付。",
            "'no' means that it works with data kept on site.",
            "no",
        ),
        "data_leaves_site",
    )
    min_data_modalities = Codes(
        About(
            "最少需要哪些数据",
            "Data that it cannot do without",
            "缺了就做不了的数据。",
            "Without these it cannot work.",
            "image",
        ),
        "data_modality",
        limits=(0, 8),
    )
    min_data_volume = Code(
        About(
            "最少数据量",
            "Least volume of data",
            "估计的数量级即可。",
            "The order of magnitude is enough.",
            "1_100gb",
        ),
        "data_volume",
    )
    labels_needed = Code(
        About(
            "需要客户标注",
            "Needs labels from the client",
            "客户是否须先标好数据。",
            "Whether the client has to label data first.",
            "yes",
        ),
        "yes_no",
    )
    trains_on_site = Code(
        About(
            "可在客户现场训练",
            "Can be trained on site",
            "数据不出客户现场也能训练。",
            "Training works where the client keeps the data.",
            "yes",
        ),
        "yes_no",
    )
    price_min = FormMoney(
        About(
            "价格下限",
            "Price from",
            "可以只填上限。",
            "The upper end alone is enough.",
            "30",
            "万元",
        )
    )
    price_max = FormMoney(
        About(
            "价格上限",
            "Price to",
            "通常项目的最高价。",
            "The highest price of a usual project.",
            "80",
            "万元",
        )
    )
    price_min_cny = Whole(About("价格下限（元）", "Price from in yuan", unit="元"), limits=YUAN)
    price_max_cny = Whole(About("价格上限（元）", "Price to in yuan", unit="元"), limits=YUAN)
    price_unit = Code(
        About(
            "计价单位",
            "Price is per",
            "一个项目、一年或一台设备。",
            "A project, year or device.",
            "project",
        ),
        "price_unit",
    )
    price_negotiable = Flag(
        About(
            "价格面议",
            "Price negotiable",
            "不公布价格就勾选。",
            "Tick it where no price is published.",
        )
    )
    delivery_weeks_min = Whole(
        About(
            "交付周期从",
            "Delivery time from",
            "最快几周；不填只看上限。",
            "The fewest weeks; empty means that only the upper end is known.",
            "8",
            "周",
        ),
        limits=(1, 104),
    )
    delivery_weeks = Whole(
        About(
            "交付周期",
            "Delivery time",
            "最长几周。",
            "The most weeks.",
            "12",
            "周",
        ),
        limits=(1, 104),
        required_for=FOR_PUBLISH,
    )
    free_slots = Whole(
        About(
            "当前可承接数",
            "Free slots now",
            "现在还能接几个项目；每 60 天须更新。",
            "How many projects you can take now; to be refreshed every 60 days.",
            "2",
            "个",
        ),
        limits=(0, 1000),
        required_for=FOR_PUBLISH,
    )
    earliest_start = Day(
        About(
            "最早开始",
            "Earliest start",
            "最早哪一天可以开工。",
            "The first day on which work can start.",
            "2026-09-30",
        ),
        required_for=FOR_PUBLISH,
    )
    capacity_stated_at = Day(
        About(
            "承接能力更新于",
            "Capacity stated on",
            "提交时自动记下。",
            "Noted when it is submitted.",
            "2026-07-01",
        )
    )
    service_regions = Regions(
        About(
            "服务区域",
            "Service area",
            "省、市，或“全国”。",
            "Provinces, cities, or 'Nationwide'.",
            "100000",
        ),
        limits=(1, 60),
        required_for=FOR_PUBLISH,
    )
    on_site_support = Code(
        About(
            "现场支持",
            "On-site support",
            "能否派人到客户现场。",
            "Whether people can come to the client's site.",
            "yes",
        ),
        "yes_no",
    )
    wanted_sizes = Codes(
        About(
            "希望的客户规模",
            "Wanted size of customer",
            "不填即不限。",
            "Empty means any.",
            "medium",
        ),
        "org_size",
        limits=(0, 4),
    )
    wanted_industries = Industries(
        About(
            "希望的客户行业",
            "Wanted industries",
            "最想做的行业。",
            "Where you would most like to work.",
            "C31",
        ),
        limits=(0, 10),
    )
    excluded_industries = Industries(
        About(
            "不承接的行业",
            "Industries not served",
            "这些行业的需求不会推荐给您。",
            "Needs of these are not proposed to you.",
            "C16",
        ),
        limits=(0, 20),
    )
    min_budget = FormMoney(
        About(
            "最低项目预算",
            "Lowest project budget",
            "低于它的项目不做。",
            "Projects below it are not taken.",
            "20",
            "万元",
        )
    )
    min_budget_cny = Whole(
        About("最低项目预算（元）", "Lowest budget in yuan", unit="元"), limits=YUAN
    )
    excluded_organisation_ids = Ids(
        About(
            "不合作的单位",
            "Organisations excluded",
            "按名称查找后选定，只有本单位看得到。",
            "Find them by name; only you see them.",
            "ORG-0001",
            visibility="private",
        ),
        limits=(0, 50),
    )
    excluded_reason = Text(
        About(
            "不合作的原因",
            "Reason for excluding",
            "只有本单位和管理员看得到。",
            "Only you and an administrator see it.",
            "有竞争关系",
            visibility="private",
        ),
        limits=(0, 100),
    )
    ip_terms = Code(
        About(
            "知识产权",
            "Rights in the result",
            "项目成果归谁。",
            "Who owns what the project yields.",
            "shared",
        ),
        "ip_terms",
    )
    trains_on_client_data = Code(
        About(
            "用客户数据训练自有模型",
            "Trains its own models on client data",
            "是否要求用客户数据改进自己的产品。",
            "Whether you ask to improve your product with the client's data.",
            "no",
        ),
        "yes_no",
    )
    valid_to = Day(
        About(
            "有效期至",
            "Valid to",
            "最长 12 个月，到期前会提醒续期。",
            "At most 12 months; a reminder to renew comes before.",
            "2027-09-30",
        )
    )
