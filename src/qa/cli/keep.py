"""Commands that keep an index safe: backup, restore, export, verify."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict

from qa.cli import screen
from qa.errors import IndexUnavailable
from qa.settings import Settings


def backup(args: argparse.Namespace, settings: Settings) -> int:
    from qa.store.backup import backup as write

    with screen.progress() as report:
        made = write(settings.index, args.file, force=args.force, report=report)
    if args.json:
        screen.print_json({"file": str(args.file), **asdict(made)})
    else:
        packed = args.file.stat().st_size / 2**20
        print(f"备份写在 {args.file}（{packed:.1f} MB），连同向量缓存和问答记录共 {made.files} 个文件。")
        print(f"  第 {made.generation} 代：{made.documents} 篇，{made.chunks} 段，其中 {made.vectors} 段有向量")
        print("资料文件夹和 youju.toml 不在里面，请另外备份。")
    return 0


def restore(args: argparse.Namespace, settings: Settings) -> int:
    from qa.store.restore import restore as read

    with screen.progress() as report:
        done = read(args.file, settings.index, report=report)
    if args.json:
        kept = [str(path) for path in done.kept]
        screen.print_json({"generation": done.generation, "kept": kept, "backup": asdict(done.backup)})
    else:
        b = done.backup
        print(f"已恢复 {b.made} 的备份（现为第 {done.generation} 代）。")
        print(f"  {b.documents} 篇，{b.chunks} 段，其中 {b.vectors} 段有向量")
        for path in done.kept:
            print(f"原来的记录留在 {path}，确认不要了可以删除。")
        print("资料文件夹里后来有改动的，请运行 python -m qa sync。")
    return 0


def export(args: argparse.Namespace, settings: Settings) -> int:
    from qa.store.export import export as write

    with screen.progress() as report:
        count = write(settings.index, args.out, args.format, report=report)
    print(f"{count} 篇已导出到 {args.out}。")
    return 0


def verify(args: argparse.Namespace, settings: Settings) -> int:
    from qa.store.check import verify as look

    with screen.progress() as report:
        findings = look(settings.index, report)
    wrong = [finding for finding in findings if not finding.ok]
    if args.json:
        screen.print_json({"ok": not wrong, "findings": [finding.to_dict() for finding in findings]})
    else:
        good, bad = ("✓", "✗") if screen.can_show(sys.stdout, "✓✗") else ("√", "×")
        for finding in findings:
            print(f"{good if finding.ok else bad} {finding.name}：{finding.found}")
            if not finding.ok:
                print(f"    怎么办：{finding.todo}")
        print("\n索引完好。" if not wrong else f"\n有 {len(wrong)} 项不对。")
    return IndexUnavailable.exit_code if wrong else 0
