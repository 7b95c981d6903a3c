"""The words of every validation problem, in both languages; each has a stable key.

A problem says the value that was seen and what was expected. Nothing here validates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import ValidationError

from matcher.errors import shown

MESSAGES: Mapping[str, Mapping[str, str]] = {
    "required": {"zh": "此项必填", "en": "a value; this field is required"},
    "required_one_of": {"zh": "至少填写其中一项：{names_zh}", "en": "at least one of {names_en}"},
    "not_object": {"zh": "由字段名和值组成的对象", "en": "an object of field names and values"},
    "not_text": {"zh": "文字", "en": "text"},
    "not_list": {"zh": "列表", "en": "a list"},
    "control_characters": {
        "zh": "不含控制字符的文字（位置 {position} 处有 {character}）",
        "en": "text without control characters ({character} at position {position})",
    },
    "too_short": {
        "zh": "至少 {minimum} 个汉字（或 {minimum_en} 个英文字符），现有 {length} 个",
        "en": "at least {minimum} Chinese characters ({minimum_en} Latin ones), this has {length}",
    },
    "too_long": {
        "zh": "最多 {maximum} 个汉字（或 {maximum_en} 个英文字符），现有 {length} 个",
        "en": "at most {maximum} Chinese characters ({maximum_en} Latin ones), this has {length}",
    },
    "over_cap": {
        "zh": "最多 {maximum} 个字符，现有 {length} 个",
        "en": "at most {maximum} characters, this has {length}",
    },
    "not_whole_number": {"zh": "整数", "en": "a whole number"},
    "not_number": {"zh": "数字", "en": "a number"},
    "out_of_range": {
        "zh": "{minimum} 到 {maximum} 之间的数",
        "en": "a number from {minimum} to {maximum}",
    },
    "not_exact_money": {
        "zh": "以万元为单位、最多四位小数的金额",
        "en": "an amount in 10,000 yuan with at most four decimals",
    },
    "not_date": {
        "zh": "2000 至 2100 年间的日期，写作 年-月-日，如 2026-09-30",
        "en": "a date from 2000 to 2100 as year-month-day, such as 2026-09-30",
    },
    "day_outside": {
        "zh": "{earliest} 至 {latest} 之间的日期",
        "en": "a date from {earliest} to {latest}",
    },
    "not_flag": {"zh": "是或否", "en": "yes or no"},
    "unknown_code": {"zh": "以下之一：{choices_zh}", "en": "one of {choices_en}"},
    "unknown_industry": {
        "zh": "GB/T 4754-2017 的行业代码或名称，如 C26、化学原料和化学制品制造业、石化{near_zh}",
        "en": "a code or name of GB/T 4754-2017, such as C26, Chemical raw materials and chemical"
        " products, or petrochemicals{near_en}",
    },
    "unknown_region": {
        "zh": "省、市的行政区划代码或名称，如 440300、深圳",
        "en": "the code or name of a province or city, such as 440300 or Shenzhen",
    },
    "wrong_id": {
        "zh": "1–64 位的编号，由字母、数字和 . _ : - 组成，以字母或数字开头",
        "en": "an id of 1-64 letters, digits and . _ : -, starting with a letter or digit",
    },
    "wrong_source": {
        "zh": "以 http:// 或 https:// 开头的网址，或来源的文字说明",
        "en": "an address that starts with http:// or https://, or words that name the source",
    },
    "unknown_field": {
        "zh": "已知字段之一：{names}",
        "en": "one of the known fields: {names}",
    },
    "inverted_range": {
        "zh": "不大于“{other_zh}”（{other_value}）的值",
        "en": "a value not above “{other_en}” ({other_value})",
    },
    "too_many": {
        "zh": "最多 {maximum} 项，现有 {length} 项",
        "en": "at most {maximum} items, this has {length}",
    },
    "too_few": {
        "zh": "至少 {minimum} 项，现有 {length} 项",
        "en": "at least {minimum} items, this has {length}",
    },
    "too_many_musts": {
        "zh": "最多 {maximum} 项“必须”，其余请改为“期望”",
        "en": "at most {maximum} lines of level must; turn the others into want",
    },
    "duplicate_id": {"zh": "不重复的编号", "en": "an id that occurs once"},
    "given_twice": {
        "zh": "只填一处，或两处一致：“{other}”中另有不同的值",
        "en": "one value only: {other} gives another",
    },
    "contradiction": {
        "zh": "不与“{other_zh}”矛盾的值",
        "en": "a value that does not contradict “{other_en}”",
    },
    "operator_missing": {
        "zh": "有目标值时须说明比较方式：不低于、不高于或等于",
        "en": "a comparison (>=, <= or =) where there is a target value",
    },
    "classified": {
        "zh": "非涉密需求；本服务不受理涉密内容，请勿填写",
        "en": "a need without state secrets; this service does not accept classified matters",
    },
    "stands_alone": {
        "zh": "单独选择“{alone_zh}”，或不选它",
        "en": "“{alone_en}” alone, or without it",
    },
    "budget_is_nothing": {
        "zh": "大于 0 的金额；尚未确定请勾选“预算未定”",
        "en": "an amount above 0; tick “Budget undecided” where it is not known yet",
    },
    "nobody_invited": {
        "zh": "至少一个受邀的供给方：公开方式为“定向邀请”",
        "en": "at least one invited provider, because the need is for invited ones only",
    },
    "evidence_missing": {
        "zh": "至少一项证据或案例：核验级别高于“自报”",
        "en": "at least one piece of evidence or one case, as the level is above “Declared”",
    },
    "slots_over_total": {
        "zh": "不超过总名额 {total} 的已用与预留之和",
        "en": "taken and held places that together are not above the total of {total}",
    },
    "wrong_email": {
        "zh": "电子邮箱地址，如 name@example.org",
        "en": "an e-mail address such as name@example.org",
    },
    "wrong_phone": {
        "zh": "电话号码：5–20 位数字，可带 + - 空格和括号",
        "en": "a telephone number: 5-20 digits, with + - spaces and brackets where wanted",
    },
    "credit_code_length": {
        "zh": "18 位的统一社会信用代码，现有 {length} 位",
        "en": "a unified social credit code of 18 characters, this has {length}",
    },
    "credit_code_characters": {
        "zh": "由数字和大写字母（不含 I、O、S、V、Z）组成、第 3–8 位为数字的统一社会信用代码"
        "（第 {position} 位是 {character}）",
        "en": "a unified social credit code of digits and capital letters without I, O, S, V, Z,"
        " with digits in places 3-8 (place {position} is {character})",
    },
    "credit_code_checksum": {
        "zh": "校验位正确的统一社会信用代码：按前 17 位，末位应为 {check}；请核对有无写错",
        "en": "a unified social credit code whose check character fits: the first 17 want {check}"
        " at the end; look for a mistyped character",
    },
    "password_length": {
        "zh": "{minimum}–{maximum} 个字符的密码，现有 {length} 个",
        "en": "a password of {minimum}-{maximum} characters, this has {length}",
    },
    "password_simple": {
        "zh": "不易猜到的密码：不要用重复、连续或键盘上相邻的字符",
        "en": "a password that is hard to guess: no repetition, no run of letters, digits or keys",
    },
    "password_is_own": {
        "zh": "与邮箱、姓名无关的密码",
        "en": "a password that is not made of the e-mail address or the name",
    },
    "password_differs": {
        "zh": "与上面相同的密码",
        "en": "the same password as above",
    },
    "code_taken": {
        "zh": "尚未注册的代码；这家单位已经注册，请向它的负责人要邀请",
        "en": "a code that is not registered yet; ask the owner of that organisation to invite you",
    },
    "email_taken": {
        "zh": "还没有账户的邮箱；这个邮箱已有账户，请直接登录或重设密码",
        "en": "an address without an account; this one has one: sign in, or set a new password",
    },
    "consent": {"zh": "勾选同意", "en": "your consent; tick the box"},
    "wrong_password": {"zh": "现在的密码", "en": "your present password"},
    "not_own_case": {
        "zh": "该供给方自己的案例编号",
        "en": "the id of a case of this provider",
    },
    "unknown_organisation": {
        "zh": "在这里登记的单位：按名称查找后选定，不要填写编号",
        "en": "an organisation that is registered here: find it by its name, then pick it",
    },
    "unknown_provider": {
        "zh": "目录里的供给方：按名称查找后选定，不要填写编号",
        "en": "a provider of the catalogue: find it by its name, then pick it",
    },
    "own_organisation": {
        "zh": "别的单位；这是本单位自己",
        "en": "another organisation; this is your own",
    },
    "unknown_reference": {
        "zh": "已有的编号（{kind_zh}）",
        "en": "an existing id ({kind_en})",
    },
}


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one value, told in both languages."""

    key: str
    value: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    def expected(self, language: str = "zh") -> str:
        """Return what was expected, in ``zh`` or ``en``."""
        return MESSAGES[self.key][language].format_map(self.params)

    def words(self, language: str = "zh") -> str:
        """Return the whole message, in ``zh`` or ``en``.

        Examples
        --------
        >>> problem = Problem("not_number", shown("abc"))
        >>> problem.words("zh"), problem.words("en")
        ("填写的是 'abc'，应为数字", "got 'abc', expected a number")
        """
        expected = self.expected(language)
        if not self.value:
            return expected if language == "zh" else f"expected {expected}"
        if language == "zh":
            return f"填写的是 {self.value}，应为{expected}"
        return f"got {self.value}, expected {expected}"

    def as_record(self) -> dict[str, str]:
        """Return the problem as a JSON-able record with the words of both languages."""
        return {
            "key": self.key,
            "value": self.value,
            "zh": self.words("zh"),
            "en": self.words("en"),
        }

    def __repr__(self) -> str:
        return self.words("en")


def problem(key: str, value: object = None, **params: Any) -> Problem:
    """Make a problem; the value is shown cut to 80 characters, ``None`` means nothing was given."""
    return Problem(key, "" if value is None else shown(value), params)


def refuse(key: str, value: object = None, **params: Any) -> ValidationError:
    """Return the error that a field raises to refuse a value."""
    return ValidationError([problem(key, value, **params)])
