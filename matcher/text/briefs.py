"""What of a need is asked, and how much each part weighs.

Calls and need forms carry more than the need: headings, legal notices, phase plans, references,
who the company is. Here a text is cut into its labelled sections, the parts that say what is
wanted are kept, and terms are weighed by the part they stand in.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from matcher.text.terms import ranking_terms

TITLE_WEIGHT = 4.0
OBJECTIVE_WEIGHT = 2.0
BODY_WEIGHT = 1.0
MAX_BODY_CHARACTERS = 20_000

# Labels of sections in calls for proposals and in need forms, by what they hold.
_OBJECTIVE = r"objectives?|keywords?|技术需求|需求描述|主要需求|需求内容|攻关目标|预期目标"
_BODY = r"description|background|problem|问题描述|需求背景|技术难点|主要问题"
_NOISE = (
    r"technology areas?(?:\(s\))?|acquisition program|phase i{1,3}[^:：]{0,45}|references?|"
    r"private sector commercial potential[^:：]{0,45}|commerciali[sz]ation|"
    r"企业简介|公司简介|企业概况|公司概况|合作方式|联系方式|联系人|拟投入"
)
_LABEL = re.compile(
    rf"(?P<objective>(?:{_OBJECTIVE}))\s*[:：]|(?P<body>(?:{_BODY}))\s*[:：]|"
    rf"(?P<noise>(?:{_NOISE}))\s*[:：]",
    re.IGNORECASE,
)
_UPPER_START = re.compile(r"[A-Z一-鿿]")


@dataclass(frozen=True, slots=True)
class Brief:
    """A need as text: title, what is wanted, and what is said about it."""

    title: str
    objective: str = ""
    body: str = ""

    @property
    def lead(self) -> str:
        """Return what comes first to the encoder: title, objective, then the body."""
        return ". ".join(part for part in (self.title, self.objective, self.body) if part)


def read_brief(title: str, text: str) -> Brief:
    """Cut a text into objective and body, without notices, plans and references.

    Examples
    --------
    >>> read_brief("T", "OBJECTIVE: Find cracks. DESCRIPTION: In rails. REFERENCES: None").body
    'In rails.'
    """
    text = text[:MAX_BODY_CHARACTERS]
    labels = [found for found in _LABEL.finditer(text) if _UPPER_START.match(found.group())]
    if not labels:
        return Brief(title=title.strip(), body=text.strip())
    parts: dict[str, list[str]] = {
        "objective": [],
        "body": [text[: labels[0].start()]],
        "noise": [],
    }
    ends = [*(label.start() for label in labels[1:]), len(text)]
    for label, end in zip(labels, ends, strict=True):
        parts[label.lastgroup or "noise"].append(text[label.end() : end])
    objective = " ".join(part.strip() for part in parts["objective"]).strip()
    body = " ".join(part.strip() for part in parts["body"]).strip()
    if not objective and not body:
        body = text.strip()
    return Brief(title=title.strip(), objective=objective, body=body)


def brief_terms(brief: Brief) -> dict[str, float]:
    """Return the query terms of a brief with the square root of their weighted counts.

    The root keeps a word repeated in a long description from drowning the title; on the SBIR
    training topics it beat plain counts for every way of summing over evidence.
    """
    counts: defaultdict[str, float] = defaultdict(float)
    weighted = (
        (brief.title, TITLE_WEIGHT),
        (brief.objective, OBJECTIVE_WEIGHT),
        (brief.body, BODY_WEIGHT),
    )
    for part, weight in weighted:
        for term in ranking_terms(part):
            counts[term] += weight * (0.5 if term.startswith("w:") else 1.0)
    return {term: count**0.5 for term, count in counts.items()}
