"""English and Chinese are both complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from web.i18n import TranslationsUnreadable, ensure_compiled
from web.messages import collected, po_files, read_translations, untranslated, update

PLACEHOLDER = re.compile(r"%\(\w+\)s")


def test_every_message_has_its_chinese() -> None:
    assert {po.parent.parent.name: untranslated(po) for po in po_files()} == {"zh_Hans_CN": []}


def test_no_translation_is_left_over() -> None:
    used = {message.id for message in collected()}
    for po in po_files():
        assert [message.id for message in read_translations(po) if message.id not in used] == []


def test_placeholders_are_kept() -> None:
    for po in po_files():
        for message in read_translations(po):
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            for text in texts if message.id else ():
                assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(ids[-1])), text


def test_new_message_is_reported_until_it_is_translated(tmp_path: Path) -> None:
    source = next(po_files()).read_text("utf-8")
    po = tmp_path / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
    po.parent.mkdir(parents=True)
    po.write_text(source.replace('msgstr "检索"', 'msgstr ""'), "utf-8")
    assert untranslated(po) == ["Search"]
    assert update(po) == 1


def test_damaged_file_is_named(tmp_path: Path) -> None:
    po = tmp_path / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
    po.parent.mkdir(parents=True)
    po.write_text('msgid "a"\nnonsense here\n', "utf-8")
    with pytest.raises(TranslationsUnreadable, match=r"messages\.po could not be compiled"):
        ensure_compiled(tmp_path)


def test_compiling_twice_writes_once(tmp_path: Path) -> None:
    po = tmp_path / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
    po.parent.mkdir(parents=True)
    po.write_text(next(po_files()).read_text("utf-8"), "utf-8")
    assert len(ensure_compiled(tmp_path)) == 1
    assert ensure_compiled(tmp_path) == []
