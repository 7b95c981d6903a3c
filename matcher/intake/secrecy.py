"""Find content that is a state secret, so that it is refused before it is kept anywhere.

Meant are marks of classification and statements that content is classified. Trade secrets,
confidentiality agreements and statements that nothing is classified are fine. A word list cannot
know what is secret: it stops honest mistakes early, and the reviewer looks at every need.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from matcher.intake.folding import same_width, translated
from matcher.text.terms import normalise

QUOTED_AROUND = 12  # characters shown on each side of a find

WHAT_TO_DO_ZH = (
    "本平台不受理涉及国家秘密的内容，请勿在此填写、上传或保存。请删去涉密部分，只写可以公开的问题；"
    "无法脱密的，请按本单位保密规定线下办理。"
)
WHAT_TO_DO_EN = (
    "Matters of state secrecy are not accepted here: do not enter, upload or keep them. Remove "
    "the classified part and describe only what may be public; what cannot be declassified must "
    "be handled offline under your organisation's secrecy rules."
)

# Between two Han characters, what hides a word from a search but not from a reader.
_GAP = r"[\s\-_*·.,，、]{0,3}"


def _spread(word: str) -> str:
    return _GAP.join(map(re.escape, word))


# Each pattern reads normalised text: simplified, lower case, plain width.
_PATTERNS = (
    rf"{_spread('绝密')}",
    # Not trade secrets (商业机密), the property (机密性) or confidential computing (机密计算).
    rf"(?<!商业)(?<!企业)(?<!客户){_spread('机密')}(?!性|计算|虚拟机|容器)",
    rf"{_spread('秘密')}(?:级|★|\s?[★☆])",
    rf"{_spread('国家秘密')}|{_spread('国家机密')}|{_spread('军事秘密')}|{_spread('国防秘密')}",
    rf"{_spread('涉密')}|涉及{_GAP}(?:国家|军事|国防){_GAP}秘密",
    r"密级\s*[:：为是]\s*(?:内部|秘密|机密|绝密)",
    r"\btop[\s\-]*secret\b|\bstate[\s\-]+secrets?\b|\bmilitary[\s\-]+secrets?\b",
    r"\bsecret\s?//|\bconfidential\s?//|//\s?(?:noforn|sci)\b",
    (
        r"\b(?:security\s+)?classification(?:\s+level)?\s*[:=]\s*(?:top\s+)?"
        r"(?:secret|confidential|restricted)\b"
    ),
    # "Defects are classified into five grades" is no secret: only classified *content* is.
    (
        r"(?<!un)(?<!de)\bclassified\s+(?:(?:military|government|defen[cs]e|national|state|security)\s+"
        r")*(?:information|documents?|data|materials?|contents?|projects?|contracts?|networks?|"
        r"systems?|environments?|files?|drawings?|matters?|secrets?|programmes?|programs?)\b"
    ),
    r"\bclassified\s+(?:as\s+|at\s+)?(?:the\s+)?(?:top\s+)?(?:secret|confidential)\b",
)
# With what any of them begins: elsewhere in a file of megabytes none need be tried.
_BEGINS = "(?=[绝机秘国军涉密tsmc/])"
_CLASSIFIED = re.compile(f"{_BEGINS}(?:{'|'.join(_PATTERNS)})")

# What turns the sense round, right before the find, within the clause.
_DENIED = re.compile(
    r"(?:不|非|无|未|没有|不得|禁止|严禁|不可|不能|不含|不涉及|并非|去除|删去|剔除|排除|不包含|不包括|不属于"
    r"|不存在|不受理)(?:\s|任何|有关|包含|含有|含|上传|涉及|涉|填写|提交|传输|处理|属于|有|等|的|相关){0,4}$"
    r"|(?:\b(?:no|not|non|without|never|any|excluding|neither|nor|free of|isn't|aren't|doesn't"
    r"|don't)(?:\W+(?:is|are|be|contain|contains|involve|involves|include|includes|involving"
    r"|containing|any|a|of|upload|handle|hold|to))*\W*)$"
)
_ENDS_CLAUSE = re.compile(r"[。；;!！?？\n]")
_DENIAL_REACH = 40


@dataclass(frozen=True, slots=True)
class SecrecyFinding:
    """One place where content says that it is classified."""

    field: str  # the field of the need; of requirements also the line: requirements.R1
    word: str  # as it was written
    start: int
    end: int
    quote: str  # the word with what stands around it


@dataclass(frozen=True, slots=True)
class SecrecyCheck:
    """Whether a need must be refused as classified, where that was found, and what to do."""

    findings: tuple[SecrecyFinding, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Whether anything was found."""
        return bool(self.findings)

    @property
    def words_zh(self) -> str:
        """What the user is told in Chinese; empty where nothing was found."""
        return f"疑似涉密内容：{self._named('、')}。{WHAT_TO_DO_ZH}" if self.findings else ""

    @property
    def words_en(self) -> str:
        """What the user is told in English; empty where nothing was found."""
        if not self.findings:
            return ""
        return f"This looks classified: {self._named(', ')}. {WHAT_TO_DO_EN}"

    def _named(self, separator: str) -> str:
        return separator.join(dict.fromkeys(f"“{found.word}”" for found in self.findings))


def find_classified(text: str, field: str = "") -> tuple[SecrecyFinding, ...]:
    """Return the places where a text says that its content is classified.

    Parameters
    ----------
    text : str
        In either language.
    field : str
        Named in the findings.

    Examples
    --------
    >>> [found.word for found in find_classified("图纸为机密级，含涉 密参数")]
    ['机密', '涉 密']
    >>> find_classified("须签保密协议，保护商业机密；本项目不涉密")
    ()
    >>> find_classified("Defects are classified into five grades under an NDA")
    ()
    """
    readable = _readable(text)
    return tuple(
        SecrecyFinding(field, text[start:end], start, end, _quote(text, start, end))
        for start, end in _places(readable)
    )


def _readable(text: str) -> str:
    """Return the text in lower case, plain width and simplified characters, place for place."""
    return translated(same_width(text), normalise)


def _places(readable: str) -> Iterator[tuple[int, int]]:
    for found in _CLASSIFIED.finditer(readable):
        before = readable[max(0, found.start() - _DENIAL_REACH) : found.start()]
        clause = _ENDS_CLAUSE.split(before)[-1]
        if not _DENIED.search(clause):
            yield found.start(), found.end()


def _quote(text: str, start: int, end: int) -> str:
    left, right = max(0, start - QUOTED_AROUND), min(len(text), end + QUOTED_AROUND)
    return f"{'…' if left else ''}{text[left:right]}{'…' if right < len(text) else ''}"
