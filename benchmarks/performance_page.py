"""The page docs/performance.md, from what the measurements beside this module have found."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

HEAD = """# 速度与内存 · Speed and memory

由 `make bench-speed` 生成，请勿手改。Written by `make bench-speed`; do not edit.

机器 machine: {processor}, {cores} cores, Python {python}, NumPy {numpy}; measured on {day}, load
average {load:.1f} at the end. 绝对值随机器与负载变化，同一次测量内的比例更可靠。Absolute figures
move with the machine and with what else runs on it; ratios within one run are what to read.
“CPU” is processor time, which other programs disturb less.

`shipped` 为随附目录；其余规模为**合成目录**：文字按随附目录的真实词频与主题抽样，记录均为虚构；
合成文本的句向量由 2,000 个真实编码的向量按文本摘要两两混合而成，不逐条编码，只用于测时间与内存，
不说明质量。需求取自随附目录的典型场景，由真实编码器在计时内编码。每次匹配都含前五名的理由、要求逐条
核对、中试基地与反事实。

`shipped` is the catalogue as it is; the other sizes are **synthetic**: words are drawn with the
shipped catalogue's own frequencies and topics, every record is invented; the vectors of synthetic
texts mix two of 2,000 really encoded ones, chosen by the text's digest, so they serve for time and
memory and say nothing about quality. Needs are the shipped scenarios, encoded for real inside the
measured time. Every match includes reasons, requirement lines, bases and counterfactuals of the
best five.
"""
MATCH = """
## 一次匹配 · One match

| 能力数 capabilities | p50 ms | p99 ms | CPU p50 ms | CPU p99 ms | 排序 rank p99 ms | {stages} |
|---|---|---|---|---|---|---|---|---|---|---|---|
""".replace(
    "{stages}",
    "约束 constraints | 排序 rank | 其中编码 of which encoding | 解释 explain | 基地 bases | "
    "内存 MiB resident (peak)",
)
FOLLOW = """
各阶段为 p50 毫秒。Stages are medians in milliseconds.

## 建立、启动与更新 · Build, start and change

| 能力数 capabilities | 经由 through | 首次建立 s first build | 热启动 s warm start (CPU) | {last} |
|---|---|---|---|---|---|
""".replace(
    "{last}", "热启动后内存 MiB resident after it | 提交到可匹配 s commit to matched, p50 (most)"
)
FOLLOW_NOTE = """
`shipped` 的首次建立含全部句向量的编码；合成规模的向量视为已存储。热启动为新进程中从数据库和保存的
索引建立服务，不含导入模块；其后的内存是服务进程实际需要的，上表的内存还含建立索引时留下的。标“内存”者
只测索引，不经数据库，记录读写不在内。

The first build of `shipped` includes encoding every text; for synthetic sizes vectors count as
stored. A warm start makes the service from the database and the kept indices in a fresh process,
imports not counted; the memory after it is what a serving process needs, while that of the table
above still holds what the build left behind.
Where it says memory, the index alone was measured: reading and writing records is not included.
"""
START = """
## 启动 · Starting the site

`make run` 从输入命令到健康页应答、再到第一次匹配应答的秒数（`python -m benchmarks.start`，
{day} 测量，结束时负载 {load:.1f}）。首次启动包含建库、导入目录和编码全部文字，不含安装；
之后各次读取数据库旁保存的索引。CPU 为从启动到停止的处理器秒数。

Seconds from the command `make run` until the health page answers, and until the first match does
(`python -m benchmarks.start`, measured on {day}, load average {load:.1f} at the end). The first
start makes the database, loads the catalogue and encodes every text, installation not counted;
later ones read the indices kept beside the database. CPU is processor time from start to stop.

| 启动 start | n | 健康页 health page s | 第一次匹配 first match s | CPU s |
|---|---|---|---|---|
"""
REPORT = """
## 匹配质量报告 · The match-quality report

一年 {pairs:,} 个展示配对的**合成**历史（`python -m benchmarks.report`，{day} 测量，
负载 {load:.1f}）：作为后台任务生成（新进程，含启动），再由保存的报告打开页面。
目标：生成不到 60 秒，打开不到 2 秒。

A **synthetic** year of {pairs:,} shown pairs (`python -m benchmarks.report`, measured on {day},
load average {load:.1f}): built as a job (a process of its own, its start included), then read from
what was kept. Goal: built in under 60 s, read in under 2 s.

| 报告 report | 生成 built s (CPU) | 页面 page s | CSV s | 页面 KiB |
|---|---|---|---|---|
"""
LEXICAL = """
## 词面阶段与同类 · The lexical stage beside peers

同一倒排、同一查询、逐条轮流，取前 200。比值 = 对方用时 / 本项目用时，括号内为四分位。
The same postings and queries, in turn, best 200; ratio = their time / ours, quartiles in brackets.

| 单元数 units | 本项目 ours ms | bm25s (NumPy) ms | 比值 ratio | {fts5} |
|---|---|---|---|---|---|---|---|
""".replace(
    "{fts5}", "FTS5 全部词 all terms ms | 比值 ratio | FTS5 最稀有 8 词 8 rarest ms | 比值 ratio"
)
LARGE_NOTE = """
六万行以上的向量与主题以 8 位整数保存，先按 96 个主方向扫描选出候选，再用全部维度计算入选者的特征；
候选超过 8,192 个时，各列的均值与方差取自约 2,048 个的固定样本（按供给方整体抽取）。

Above 60,000 rows vectors and topics are kept in eight bits and scanned by 96 leading directions to
choose whom to look at; those are then compared in all dimensions. On 51,331 real vectors the 300
best by 96 directions hold 99.7 % of the true best 10 and 98.8 % of the best 50. Above 8,192
candidates the means and deviations of columns come from a fixed sample of about 2,048, whole
providers at a time.
"""


def write_page(results: Path, path: Path) -> None:
    """Write the page from what was measured last; each measurement renews its own part."""
    speed = json.loads((results / "speed.json").read_text("utf-8"))
    start, report = (_kept(results / f"{name}.json") for name in ("start", "report"))
    path.write_text(page(speed, start, report), "utf-8")


def _kept(path: Path) -> dict[str, Any] | None:
    """Return what another measurement has left, where it was made."""
    return json.loads(path.read_text("utf-8")) if path.exists() else None


def page(
    report: dict[str, Any],
    start: dict[str, Any] | None,
    quality: dict[str, Any] | None = None,
) -> str:
    sizes, machine = report["sizes"], report["machine"]
    head = HEAD.format(
        processor=machine["processor"],
        cores=machine["cores"],
        python=machine["python"],
        numpy=machine["numpy"],
        day=report["measured_on"],
        load=machine["load_average"],
    )
    return "".join(
        (
            head,
            MATCH,
            _table(map(_match_row, sizes)),
            FOLLOW,
            _table(map(_follow_row, sizes)),
            FOLLOW_NOTE,
            _start_part(start) if start else "",
            _report_part(quality) if quality else "",
            LEXICAL,
            _table(_lexical_row(size["lexical"]) for size in sizes),
            LARGE_NOTE,
        )
    )


def _start_part(start: dict[str, Any]) -> str:
    names = ("health_s", "match_s", "processor_s")
    head = START.format(day=start["measured_on"], load=start["load_average"])
    first = ["首次 first", "1", *(f"{start['first'][name]:.1f}" for name in names)]
    spreads = [start["later"][name] for name in names]
    later = [f"**{s['p50']:.1f}** ({s['least']:.1f}–{s['most']:.1f})" for s in spreads]
    return head + _table([first, ["之后 later", str(start["runs"]), *later]])


def _report_part(report: dict[str, Any]) -> str:
    head = REPORT.format(
        pairs=report["n_pairs"], day=report["measured_on"], load=report["load_average"]
    )
    names = {"month": "最后一个月 last month", "year": "全年 whole year"}
    return head + _table(_report_row(words, report[name]) for name, words in names.items())


def _report_row(words: str, part: dict[str, Any]) -> list[str]:
    page_s, csv_s = (
        f"**{part[name]['p50']:.2f}** ({part[name]['least']:.2f}–{part[name]['most']:.2f})"
        for name in ("page_s", "csv_s")
    )
    built = f"**{part['build_s']:.1f}** ({part['build_processor_s']:.1f})"
    return [words, built, page_s, csv_s, str(part["page_kib"])]


def _table(rows: Iterable[Sequence[str]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _name(size: dict[str, Any]) -> str:
    n = f"{size['n_capabilities']:,}"
    return f"{n} (shipped)" if size["size"] == "shipped" else f"{n} (合成 synthetic)"


def _match_row(size: dict[str, Any]) -> list[str]:
    match, memory = size["match"], size["memory_mib"]
    stages = match["stage_p50_ms"]
    names = ("constraints", "rank", "of_rank_encoding", "explain", "bases")
    return [
        _name(size),
        f"**{match['ms']['p50']:.0f}**",
        f"{match['ms']['p99']:.0f}",
        f"{match['processor_ms']['p50']:.0f}",
        f"{match['processor_ms']['p99']:.0f}",
        f"{match['rank_p99_ms']:.0f}",
        *(f"{stages[name]:.1f}" for name in names),
        f"{memory.get('resident', memory['peak']):.0f} ({memory['peak']:.0f})",
    ]


def _follow_row(size: dict[str, Any]) -> list[str]:
    start, change = size.get("warm_start"), size["commit_to_matched_s"]
    return [
        _name(size),
        {"database": "数据库 database", "memory": "内存 memory"}[size["through"]],
        f"{size['first_build_s']:.1f}",
        f"{start['seconds']:.1f} ({start['processor_seconds']:.1f})" if start else "–",
        f"{start['resident_mib']:.0f}" if start and start.get("resident_mib") else "–",
        f"{change['p50']:.2f} ({change['most']:.2f})",
    ]


def _lexical_row(lexical: dict[str, Any]) -> list[str]:
    ms, ratio = lexical["ms"], lexical["ratio_to_ours"]
    row = [f"{lexical['n_units']:,}", f"{ms['ours']['p50']:.2f}"]
    for name in ("bm25s", "fts5_all_terms", "fts5_8_rarest"):
        spread = ratio[name]
        row.append(f"{ms[name]['p50']:.2f}")
        row.append(f"{spread['p50']:.1f} ({spread['p25']:.1f}–{spread['p75']:.1f})")
    return row
