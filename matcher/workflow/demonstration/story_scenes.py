"""The scenes of the story in their order, and how it is played."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from matcher.workflow.demonstration import story_handshake as first
from matcher.workflow.demonstration import story_outcome as then
from matcher.workflow.demonstration.story import Said, Story, StoryStep

# Who acts, how many days after the step before, and what happens.
SCENES: tuple[tuple[str, int, Callable[[Story], Said]], ...] = (
    ("provider", 0, first.register_capability),
    ("base", 1, first.register_base),
    ("enterprise", 1, first.write_need),
    ("reviewer", 1, first.publish_need),
    ("system", 0, first.match_need),
    ("enterprise", 1, first.enterprise_is_interested),
    ("provider", 1, first.provider_is_interested),
    ("enterprise", 1, first.enterprise_consents),
    ("provider", 1, first.provider_consents),
    ("enterprise", 1, first.give_data),
    ("provider", 1, first.talk_and_meet),
    ("enterprise", 6, then.apply_for_pilot),
    ("base", 3, then.decide_at_base),
    ("base", 1, then.plan_tests),
    ("base", 25, then.measure_results),
    ("enterprise", 7, then.confirm_contract),
    ("enterprise", 1, then.tell_outcome),
    ("provider", 1, then.rate_each_other),
    ("provider", 1, then.permit_publishing),
    ("system", 0, then.show_label),
    ("system", 1, then.match_again),
    ("enterprise", 92, then.tell_after_ninety_days),
)


def play(story: Story) -> Iterator[StoryStep]:
    """Play the story to its end, scene by scene."""
    for number, (role, days, scene) in enumerate(SCENES, start=1):
        story.now += timedelta(days=days + story.random.choice((0, 0, 1)), minutes=number)
        yield StoryStep(number, role, story.now, scene(story))
