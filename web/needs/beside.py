"""What stands beside a list of matches: words of the need that took no part in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matcher.schemas.fields import MATCH
from matcher.schemas.need import NeedSchema
from web.forms import FormState, FormView


def beside_of(values: Mapping[str, Any]) -> list[str]:
    """Return one line for each thing that was written and not used for matching."""
    form = FormView(NeedSchema(profile=MATCH), FormState(dict(values)))
    return form.field("industries").notes
