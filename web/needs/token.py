"""A need as part of an address: the result page can be reloaded, shared and read in two languages.

Nothing is stored, so nothing has to be deleted. The text is compressed, not encrypted, and the page
says that whoever has the address can read the need.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from typing import Any

# What web/server.py takes as a request line (8,190 bytes) less path, language and a provider's id.
LONGEST_TOKEN = 7_800
LARGEST_NEED_BYTES = 200_000
# Words that nearly every need holds: a shared dictionary makes short needs half as long.
DEEPEST_NEED = 4  # an object, its list of requirements, each an object, and what a field holds
DICTIONARY = (
    b'"threshold": "unit": "metric": "operator": ">=" "level": "must" "want" "text": '
    b'"requirements": [{"industries": ["C"process_steps": ["ai_tasks": ["data_modalities": ["'
    b'"needs_base": "advise"}"budget_max_cny": "region_preference": "deployments": '
    b'"problem": "{"title": "'
)


class UnreadableToken(ValueError):
    """The address does not hold a need, or only a part of one."""


def pack_need(raw: Mapping[str, Any]) -> str:
    text = json.dumps(raw, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    packer = zlib.compressobj(level=9, wbits=-15, zdict=DICTIONARY)
    packed = packer.compress(text.encode("utf-8", "replace")) + packer.flush()
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode("ascii")


def unpack_need(token: str) -> dict[str, Any]:
    """Return the fields that ``pack_need`` was given; never more than 200 kB of them."""
    try:
        packed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj(wbits=-15, zdict=DICTIONARY)
        text = unpacker.decompress(packed, LARGEST_NEED_BYTES)
        raw = json.loads(text) if unpacker.eof else None
    except (binascii.Error, zlib.error, ValueError, RecursionError) as error:
        raise UnreadableToken("this address does not hold a need") from error
    if not isinstance(raw, dict) or not is_shallow(raw, DEEPEST_NEED):
        raise UnreadableToken("this address does not hold a whole need")
    return raw


def is_shallow(value: Any, n_levels: int) -> bool:
    """True when lists and objects stand inside each other at most so many times."""
    if not isinstance(value, dict | list):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return n_levels > 0 and all(is_shallow(each, n_levels - 1) for each in inner)
