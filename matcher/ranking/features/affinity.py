"""How close the candidate's evidence is to the need, as words, topics and meaning.

Each column aggregates one score a unit: the best unit, or the best eight with falling weights, so
that one more text can help a little and a long list cannot carry a candidate.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matcher.ranking.features.base import Column, Feature, UnitView
from matcher.retrieval.index import UnitScores
from matcher.retrieval.rows import Rows

LEXICAL_TIME_CONSTANT_YEARS = 8.0
TOPIC_TIME_CONSTANT_YEARS = 15.0
MIN_TOPIC_SIMILARITY = 0.01

FEATURES = (
    Feature(
        name="lexical_best",
        summary="Shared words of the need with the candidate's closest single evidence text.",
        summary_zh="需求与候选方最接近的一条证据共有的词。",
        label_zh="最接近的一条证据",
        label_en="Closest single evidence",
        up_zh="与需求相同的词比一般候选多",
        up_en="More words in common with the need than average",
        down_zh="与需求相同的词比一般候选少",
        down_en="Fewer words in common with the need than average",
    ),
    Feature(
        name="lexical_recent",
        summary="Shared words with the best few evidence texts, recent ones counting more.",
        summary_zh="需求与最接近的几条证据共有的词，近期的证据计得更重。",
        label_zh="近期证据用词吻合",
        label_en="Recent evidence in the same words",
        up_zh="较新的证据与需求相同的词比一般候选多",
        up_en="Recent evidence has more words in common with the need than average",
        down_zh="较新的证据与需求相同的词比一般候选少",
        down_en="Recent evidence has fewer words in common with the need than average",
    ),
    Feature(
        name="phrase_affinity",
        summary="Shared phrases (word pairs, Han triples) with the best few evidence texts.",
        summary_zh="需求与最接近的几条证据共有的短语（词对、汉字三连）。",
        label_zh="短语吻合",
        label_en="Shared phrases",
        up_zh="证据中需求里的短语比一般候选多",
        up_en="More phrases of the need stand in its evidence than average",
        down_zh="证据中需求里的短语比一般候选少",
        down_en="Fewer phrases of the need stand in its evidence than average",
    ),
    Feature(
        name="topic_recent",
        summary="Topic similarity with the best few evidence texts, recent ones counting more.",
        summary_zh="需求与最接近的几条证据的主题相似度，近期的证据计得更重。",
        label_zh="主题相近",
        label_en="Same topics",
        up_zh="证据的主题比一般候选接近需求",
        up_en="Its evidence is nearer to the topics of the need than average",
        down_zh="证据的主题比一般候选离需求远",
        down_en="Its evidence is further from the topics of the need than average",
    ),
    Feature(
        name="topic_focus",
        summary="Topic similarity with the centre of the candidate's relevant evidence.",
        summary_zh="需求与候选方相关证据的中心的主题相似度。",
        label_zh="专注程度",
        label_en="Focus on this topic",
        up_zh="相关证据的主题比一般候选接近需求",
        up_en="Its relevant evidence is nearer to this topic than average",
        down_zh="相关证据的主题比一般候选离需求远",
        down_en="Its relevant evidence is further from this topic than average",
    ),
    Feature(
        name="meaning_affinity",
        summary="Meaning similarity, across languages, with the best few evidence texts.",
        summary_zh="需求与最接近的几条证据的语义相似度，可跨语言。",
        label_zh="语义相近",
        label_en="Same meaning",
        up_zh="证据的含义比一般候选接近需求",
        up_en="Its evidence is nearer to the need in meaning than average",
        down_zh="证据的含义比一般候选离需求远",
        down_en="Its evidence is further from the need in meaning than average",
    ),
    Feature(
        name="title_lexical",
        summary="Shared words of the need's title with the best evidence title.",
        summary_zh="需求标题与最接近的证据标题共有的词。",
        label_zh="标题用词吻合",
        label_en="Same words in the title",
        up_zh="标题与需求标题相同的词比一般候选多",
        up_en="More words in common with the title of the need than average",
        down_zh="标题与需求标题相同的词比一般候选少",
        down_en="Fewer words in common with the title of the need than average",
    ),
    Feature(
        name="title_meaning",
        summary="Meaning similarity, across languages, of the need's title and an evidence title.",
        summary_zh="需求标题与某条证据标题的语义相似度，可跨语言。",
        label_zh="标题语义相近",
        label_en="Same meaning of the title",
        up_zh="标题的含义比一般候选接近需求标题",
        up_en="Its titles are nearer to the need's title in meaning than average",
        down_zh="标题的含义比一般候选离需求标题远",
        down_en="Its titles are further from the need's title in meaning than average",
    ),
    Feature(
        name="lexicon_pivot",
        summary="Shared words after translating the need's domain terms by the bilingual lexicon.",
        summary_zh="需求中的领域术语经双语词库互译后共有的词。",
        label_zh="术语互译吻合",
        label_en="Same terms after translation",
        up_zh="需求的术语译成另一种语言后，见于其证据的比一般候选多",
        up_en="More of the need's terms, translated, stand in its evidence than average",
        down_zh="需求的术语译成另一种语言后，见于其证据的比一般候选少",
        down_en="Fewer of the need's terms, translated, stand in its evidence than average",
    ),
    Feature(
        name="evidence_age",
        summary="Logarithm of one plus the years since the candidate's newest evidence.",
        summary_zh="候选方最新证据距今年数加一的对数。",
        label_zh="证据陈旧程度",
        label_en="Age of the newest evidence",
        up_zh="证据比一般候选新",
        up_en="Its evidence is newer than average",
        down_zh="证据比一般候选旧",
        down_en="Its evidence is older than average",
        direction=-1,
    ),
)


def affinity_columns(scores: UnitScores, topics: Rows, view: UnitView) -> dict[str, Column]:
    """Compute every column of this family.

    Parameters
    ----------
    scores : UnitScores over all units
    topics : Rows (n_units, n_topics)
    view : UnitView of the candidates looked at

    Returns
    -------
    dict of str to float array (n_candidates,)
    """
    seen = view.units
    lexical, topic = scores.lexical[seen], scores.topic[seen]
    fresh_words = view.freshness(LEXICAL_TIME_CONSTANT_YEARS)
    fresh_topics = view.freshness(TOPIC_TIME_CONSTANT_YEARS)
    return {
        "lexical_best": view.best(lexical),
        "lexical_recent": view.decayed_sum(lexical * fresh_words),
        "phrase_affinity": view.decayed_sum(scores.phrase[seen]),
        "topic_recent": view.decayed_sum(topic * fresh_topics),
        "topic_focus": topic_focus(topics, topic, view),
        "meaning_affinity": view.decayed_sum(scores.meaning[seen]),
        "title_lexical": view.best(scores.title_lexical[seen]),
        "title_meaning": view.best(scores.title_meaning[seen]),
        "lexicon_pivot": view.decayed_sum(scores.pivot[seen]),
        "evidence_age": newest_age(view),
    }


def topic_focus(topics: Rows, topic: NDArray[np.float32], view: UnitView) -> Column:
    """Return the cosine of the need with the similarity-weighted centre of a candidate's topics.

    Units weigh by the square of their own similarity, so unrelated evidence hardly moves the
    centre: a broad provider is not punished for the rest of what it does.
    """
    close = np.flatnonzero(topic > MIN_TOPIC_SIMILARITY)
    focus: Column = np.zeros(view.n_candidates)
    if not len(close):
        return focus
    owner = view.owner[close]
    starts = np.flatnonzero(np.diff(owner, prepend=-1))  # owners ascend
    weights = topic[close].astype(np.float64) ** 2
    # What the need has in common with a centre is known a unit; only its length is left to find.
    towards = np.add.reduceat(weights * topic[close], starts)
    lengths = _centre_lengths(topics, view.units[close], weights, starts)
    focus[owner[starts]] = towards / np.where(lengths > 1e-12, lengths, 1.0)
    return np.clip(focus, 0.0, None)


def _centre_lengths(
    topics: Rows, units: NDArray[np.int64], weights: Column, starts: NDArray[np.int64]
) -> Column:
    """Return the length of each weighted sum of unit vectors; groups begin at ``starts``."""
    counts = np.diff(np.append(starts, len(units)))
    lengths = weights[starts].copy()  # that of a sum of one
    several = np.flatnonzero(counts > 1)
    first, counts = starts[several], counts[several]
    shares = weights.astype(np.float32)
    centres = shares[first, None] * topics.take(units[first])
    for k in range(1, int(counts.max(initial=1))):
        longer = np.flatnonzero(counts > k)
        at = first[longer] + k
        centres[longer] += shares[at, None] * topics.take(units[at])
    lengths[several] = np.sqrt(np.einsum("ij,ij->i", centres, centres))
    return lengths


def newest_age(view: UnitView) -> Column:
    """Return log(1 + years since the newest unit); unknown years count as three."""
    newest = np.full(view.n_candidates, np.inf)
    if len(view.owner):
        newest[view.owner[view.starts]] = np.minimum.reduceat(view.ages, view.starts)
    return np.log1p(np.where(np.isinf(newest), 20.0, newest))
