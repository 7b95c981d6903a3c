"""By which names an organisation is recognised: compounds, legal forms, width, case, English."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.intake.names import names_to_mask
from matcher.intake.personal import MASK, mask

NAME, NAME_EN = "苏州德隆精密机械有限公司", "Delong Precision Machinery (Suzhou) Co., Ltd."
NAMES = names_to_mask(NAME, NAME_EN)


@pytest.mark.parametrize(
    "written",
    [
        "德隆牌轧辊",  # the brand inside a compound
        "老德隆的三号线",
        "德隆精密机械股份公司",  # another legal form
        "德隆精密机械（集团）股份有限公司",
        "苏州德隆",
        "德·隆 精 密",
        "ＤＥＬＯＮＧ的线",
        "dElOnG line 2",
        "Delong-Precision",
        "DelongMachinery",
        "Delong's line",
        "DELONG PRECISION MACHINERY LIMITED",
        "Delong Precision Machinery Company, Limited",
    ],
)
def test_name_is_masked_however_it_is_written(written: str) -> None:
    shown = mask(f"甲 {written} 乙", NAMES)
    assert MASK in shown
    folded = shown.replace(" ", "").replace("·", "").lower()
    assert "德隆" not in folded
    assert "delong" not in folded


@pytest.mark.parametrize(
    "ordinary",
    [
        "精密机械的表面检测",
        "苏州的热轧线",
        "precision machinery on the line",
        "有限公司与股份公司",
        "德国进口设备",
    ],
)
def test_words_of_the_trade_stay(ordinary: str) -> None:
    assert mask(ordinary, NAMES) == ordinary


@pytest.mark.parametrize(
    ("name", "name_en", "betrays"),
    [
        ("沈阳机床股份有限公司", "", "沈阳机床"),  # a place and a trade, neither a name alone
        ("上海电气集团股份有限公司", "", "上海电气"),
        ("ABB（中国）有限公司", "", "ABB"),
        ("宁波舜宇光电信息有限公司", "", "舜宇"),
        ("", "China Machinery Industry Corporation", "China Machinery Industry"),
        ("", "The ACME Steel Group", "Acme"),
    ],
)
def test_short_form_that_betrays_is_found(name: str, name_en: str, betrays: str) -> None:
    assert mask(f"在 {betrays} 的产线", names_to_mask(name, name_en)) == f"在 {MASK} 的产线"


def test_common_words_are_no_names() -> None:
    names = names_to_mask("演示制造企业（虚构）", "Advanced Materials Co., Ltd.")
    text = "演示：采用 advanced 工艺，制造企业常见的 materials"
    assert mask(text, names) == text


@given(st.text("苏州德隆精密机械电子科技（）股份有限公司ABc ", max_size=20), st.text(max_size=20))
def test_any_name_gives_names_of_two_characters_or_more(name: str, name_en: str) -> None:
    for form in names_to_mask(name, name_en):
        assert form.strip() == form
        assert form
