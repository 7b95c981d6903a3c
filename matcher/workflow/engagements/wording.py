"""What people are told about an engagement, in both languages, without a name in it.

A notice stands in an inbox and in a mail, where nothing masks it later. So it names sides
(需求方, 供给方, 中试基地) and the need's title as that reader may see it, and never a name.
"""

from __future__ import annotations

from typing import NamedTuple

from matcher.vocabulary import label


class Words(NamedTuple):
    """One sentence in both languages; ``{title}``, ``{who}`` and ``{due}`` are filled in."""

    zh: str
    en: str

    def filled(self, **values: tuple[str, str]) -> Words:
        """Return the sentence with values put in; each value is a pair of Chinese and English."""
        zh = {name: pair[0] for name, pair in values.items()}
        en = {name: pair[1] for name, pair in values.items()}
        return Words(self.zh.format_map(zh), self.en.format_map(en))

    def __add__(self, other: object) -> Words:
        """Return two sentences as one text; Chinese needs no space between them."""
        if not isinstance(other, Words):
            return NotImplemented
        return Words(self.zh + other.zh, f"{self.en} {other.en}".strip())


DONE: dict[str, Words] = {
    "accept": Words("“{title}”：{who}表示有意对接。", "“{title}”: the {who} is interested."),
    "consent": Words(
        "“{title}”：{who}同意披露名称与联系方式。",
        "“{title}”: the {who} agreed to show its name and contact.",
    ),
    "start_talks": Words("“{title}”：{who}已开始洽谈。", "“{title}”: the {who} started the talks."),
    "keep_talking": Words(
        "“{title}”：{who}表示仍在洽谈。", "“{title}”: the {who} says that talks go on."
    ),
    "apply_pilot": Words(
        "“{title}”：{who}申请了中试。", "“{title}”: the {who} applied for a pilot."
    ),
    "withdraw_pilot": Words(
        "“{title}”：{who}撤回了中试申请。", "“{title}”: the {who} withdrew the application."
    ),
    "accept_pilot": Words("“{title}”：基地受理了中试。", "“{title}”: the base accepted the pilot."),
    "refuse_pilot": Words(
        "“{title}”：基地这次不能受理中试，双方可以改选别的基地。",
        "“{title}”: the base cannot take the pilot this time; another base can be chosen.",
    ),
    "finish_pilot": Words(
        "“{title}”：中试已完成，实测结果可以查看。",
        "“{title}”: the pilot is finished and its measured results can be read.",
    ),
    "stop_pilot": Words("“{title}”：{who}停止了中试。", "“{title}”: the {who} stopped the pilot."),
    "contract": Words(
        "“{title}”：{who}确认已签约。", "“{title}”: the {who} confirmed the contract."
    ),
    "decline": Words(
        "“{title}”：{who}这次不继续了，感谢您的时间。",
        "“{title}”: the {who} does not go on this time. Thank you for your time.",
    ),
    "close": Words(
        "“{title}”：场景经理人关闭了这次对接。", "“{title}”: the broker closed this engagement."
    ),
    "lapse": Words(
        "“{title}”：因一直没有收到答复，这次对接已自动关闭。如仍有意，可以重新打开。",
        "“{title}”: no answer came, so this engagement was closed. It can be opened again.",
    ),
    "lapse_pilot": Words(
        "“{title}”：基地未在期限内答复，申请已退回，可以改选别的基地。",
        "“{title}”: the base did not answer in time; the application was returned and another "
        "base can be chosen.",
    ),
    "reopen": Words(
        "“{title}”：{who}重新打开了对接。", "“{title}”: the {who} opened the engagement again."
    ),
    "open": Words("“{title}”：有一个新的推荐。", "“{title}”: there is a new match."),
}
NEXT = Words("请在 {due} 前答复。", "Please answer by {due}.")
MUTUAL_NEXT = Words(
    "双方都已表示有意；双方都同意披露后，才会显示名称与联系方式。",
    "Both sides are interested; names and contacts show once both have agreed to it.",
)
REVEALED_NEXT = Words("名称与联系方式现在可以查看。", "Names and contacts can be seen now.")
REMINDER = Words(
    "“{title}”：还在等您的答复，原定期限是 {due}。哪怕一句“不合适”也很有用。",
    "“{title}”: your answer was due by {due} and is still awaited. Even a plain no helps.",
)
ESCALATION = Words(
    "“{title}”：{who}经两次提醒仍未答复，请场景经理人跟进。",
    "“{title}”: the {who} has not answered after two reminders; a broker should follow up.",
)
REASONS = Words("原因：{reasons}。", "Reasons: {reasons}.")
REVOKED = Words(
    "“{title}”：{who}收回了“{step}”的同意，今后不再显示。",
    "“{title}”: the {who} took back its consent ({step}); it is no longer shown.",
)
GIVEN = Words("“{title}”：{who}已同意：{step}。", "“{title}”: the {who} agreed: {step}.")
MESSAGE = Words("“{title}”：{who}发来一条消息。", "“{title}”: a message from the {who}.")
MEETING = Words(
    "“{title}”：{who}提出了三个会议时间，请选择。",
    "“{title}”: the {who} proposed three times for a meeting; please choose one.",
)
MEETING_SET = Words("“{title}”：会议时间已定：{due}。", "“{title}”: a meeting is set for {due}.")
MEETING_OFF = Words("“{title}”：这次会议不举行。", "“{title}”: the meeting will not take place.")


def side_words(side: str) -> tuple[str, str]:
    """Return what a side is called, inside a sentence of each language.

    Examples
    --------
    >>> side_words("provider")
    ('供给方', 'provider')
    """
    return label("engagement_side", side), label("engagement_side", side, "en").lower()


def reason_words(codes: tuple[str, ...]) -> tuple[str, str]:
    """Return reasons as a list inside a sentence of each language.

    Examples
    --------
    >>> reason_words(("budget", "timing"))
    ('预算、时间', 'budget, timing')
    """
    zh = "、".join(label("decline_reason", code) for code in codes)
    en = ", ".join(label("decline_reason", code, "en").lower() for code in codes)
    return zh, en
