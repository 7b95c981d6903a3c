"""What speaks for running a pilot at a base service, in bits, from declared priors.

**No labels exist for bases**: nobody has yet recorded which base served which need well. Every
weight here is therefore a prior that people chose, with its reason beside it, monotone and small
enough that no single wish outweighs the industry. None was learned, none was evaluated; outcomes of
pilots will move them. Only the table stands here; ``features`` applies it and marks each
contribution ``is_prior``.
"""

from __future__ import annotations

PRIOR_NOTE_ZH = (
    "中试基地的匹配没有历史标签：各项权重均为人工声明的先验，未经学习和评测，将随中试结果修正。"
)
PRIOR_NOTE_EN = (
    "There are no labels for pilot bases: every weight is a declared prior, neither learned nor "
    "evaluated, and will be revised by the outcomes of pilots."
)

# Before anything is known: about one base in five covers the industry of a need (24 bases listed).
START_BITS = -2.0
# The direction of a base decides what it has lines, data and reviewers for. How the industry of the
# need stands to it → bits, and the sentence.
INDUSTRY_BITS = {
    "covered": 3.0,
    "covered_by_section": 2.5,  # a whole section, such as all of agriculture, says less
    "same_division": 1.5,  # neighbours in one division share equipment
    "need_is_broader": 1.0,  # the need names a section, the base a part of it
    "same_section": 0.25,  # two manufacturers, otherwise unlike
    "other_section": -1.0,
}
FURTHER_SECTION_BITS = -0.25  # a base for many fields is less of a base for each
INDUSTRY_SENTENCES = {
    "covered": (
        "需求行业“{need}”在基地方向“{direction}”的范围内。",
        "The need's industry, {need}, lies in the base's direction, {direction}.",
    ),
    "same_division": (
        "需求行业“{need}”与基地方向“{direction}”同属一个大类。",
        "The need's industry, {need}, is in one division with the base's direction, {direction}.",
    ),
    "need_is_broader": (
        "需求行业只写到“{need}”，基地方向“{direction}”是其中一部分。",
        "The need only says {need}; the base's direction, {direction}, is a part of it.",
    ),
    "same_section": (
        "需求行业“{need}”与基地方向“{direction}”只是同属一个门类。",
        "The need's industry, {need}, shares only a section with the direction {direction}.",
    ),
    "other_section": (
        "需求行业“{need}”与基地方向“{direction}”不属同一门类。",
        "The need's industry, {need}, shares no section with the base's direction, {direction}.",
    ),
}
INDUSTRY_SENTENCES["covered_by_section"] = INDUSTRY_SENTENCES["covered"]
# Whose industry it is, in the sentences above: the need's own, or lent by the capability.
LENT_WORDS = (("需求行业", "能力所属行业"), ("The need's industry", "The capability's industry"))
# Text decides where no industry is stated. With the engine's affinity (half shared words, half
# cosine) on 17 needs and the catalogue's bases, the base that does fit reaches 0.15 to 0.36, the
# median of the others is 0.02 to 0.1 and few come above 0.2.
TEXT_BITS_PER_UNIT = 15.0
TEXT_NEUTRAL = 0.12
# Where the industry already says that the direction fits, text witnesses the same fact again.
TEXT_SHARE_BESIDE_INDUSTRY = 0.25
RELATIONS_THAT_SETTLE = frozenset({"covered", "covered_by_section", "same_division"})
TEXT_MIN_BITS, TEXT_MAX_BITS = -0.5, 3.0
# Where the need states no industry or task, those of the provider's capability stand in, as far as
# the capability is near to the need: what is far from it says nothing of where it could be tried.
# Nearness of the best capability to 122 needs of real cases is 0.27 or more for 95 in 100; to 33
# texts from outside the catalogue and of random letters at most 0.23, and below 0.16 for 30. A lent
# industry makes a base fit from about 0.23 on.
LENT_FROM, LENT_WHOLE = 0.1, 0.3
# What a need for a first real step can use, by kind of service.
KIND_BITS = {
    "verification": 1.0,  # a pilot is a test
    "scenario_verification": 1.0,
    "test_range": 0.75,
    "compliance": 0.5,
    "device_adaptation": 0.5,
    "product_trial": 0.5,
    "datasets": 0.25,  # helps to build, proves nothing
    "data_space": 0.25,
    "application_development": 0.25,
    "models": 0.125,
    "toolchain": 0.125,
    "compute": 0.125,
    "robot_training": 0.0,  # only for robots, see below
    "demonstration": 0.0,
    "scenario_bidding": 0.0,
    "other": -0.25,
    "standards": -0.5,  # useful, but no pilot
    "incubation": -0.5,
    "talent": -0.75,
    "ecosystem": -0.75,
}
# Services made for one kind of AI task.
TASK_BITS = {
    ("robot_training", "robotics"): 2.0,
    ("test_range", "robotics"): 0.5,
    ("scenario_verification", "robotics"): 0.5,
    ("datasets", "visual_inspection"): 0.25,
    ("datasets", "detection"): 0.25,
    ("datasets", "anomaly"): 0.25,
    ("datasets", "forecasting"): 0.25,
    ("models", "knowledge_qa"): 0.25,
    ("models", "document"): 0.25,
    ("models", "agent"): 0.25,
    ("models", "generation"): 0.25,
    ("models", "speech"): 0.25,
    ("compute", "simulation"): 0.25,
    ("compute", "generation"): 0.25,
}
SAFETY_COMPLIANCE_BITS = 0.75  # a need with a safety level can use a compliance evaluation
MASKED_DATA_SPACE_BITS = 0.5  # a trusted data space is made for masked data
VALIDATION_OFFERED_BITS = 1.0
VALIDATION_OTHER_BITS = -0.75
TASKS_SERVED_BITS, TASKS_OTHER_BITS = 0.5, -0.5
# Place counts only where the need says so; small, for pilots travel.
SAME_PROVINCE_BITS, NEAR_BITS, FAR_BITS = 0.5, 0.25, -0.25
NEAR_KM = 500.0  # a day's return trip by rail
PROVIDER_CITY_BITS, PROVIDER_PROVINCE_BITS = 0.25, 0.125
STATUS_BITS = {
    "launched": 0.5,
    "approved": 0.0,
    "under_construction": -0.5,
    "planned": -1.5,
    "name_only": -1.5,
}
UNVERIFIED_BITS = -0.5
