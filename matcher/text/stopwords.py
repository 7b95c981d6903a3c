"""Words that say nothing about a need: short lists of our own, for scoring only.

Search keeps them (somebody may type them); ``terms.ranking_terms`` drops them.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ENGLISH_STOP_WORDS = _words(
    """
    a about above after all also an and any are as at be because been before being between both but
    by can could did do does doing down during each either etc for from further had has have having
    he her here his how however i if in into is it its itself may might more most much must my
    no nor not of off on once only onto or other our out over own per same shall she should so some
    such than that the their them then there these they this those through thus to too under until
    up upon us use used using very via was we were what when where whether which while who whom
    whose why will with within without would you your
    """
)

# Single characters that are almost only grammar; dropped as unigrams, and as pairs of two of them.
HAN_STOP_CHARACTERS = frozenset(
    "的了和与及或在是为以于对将等并其该此而且之这那由被把从向到也都还又就很更最能可会要让使各每某们我你他它她者"
)

HAN_STOP_WORDS = _words(
    """
    我们 你们 他们 它们 通过 进行 以及 以便 为了 由于 因为 所以 因此 如果 虽然 但是 而且 并且
    或者 还是 可以 能够 需要 希望 想要 目前 现在 已经 正在 其中 其他 有关 关于 对于 根据 按照
    基于 包括 例如 比如 这个 那个 这些 那些 一个 一种 一些 各种 多个 没有 不是 不能 如何 什么
    怎么 怎样 之间 之后 之前 以上 以下 相关 用于 使用 采用 利用
    """
)
