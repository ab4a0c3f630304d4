"""What the command line does about batches of imports: lists them, and takes one back."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter

from application import undoing
from application.undoing import Fate
from domain.people import Via
from interfaces import batches
from interfaces.batches import UndoLineView, UndoView
from interfaces.cli_written import actor_of
from interfaces.refusals import Exit
from interfaces.wiring import Installation
from projections import batches as listed
from projections import roster
from projections.batches import Batch


def list_imports(installation: Installation, options: argparse.Namespace) -> int:
    """The batches, the newest first."""
    desk = installation.only()
    desk.reader.catch_up()
    with desk.store.reading() as connection:
        page = listed.batches(connection, desk.code, limit=options.limit)
        people = {each.by for each in page.rows}
        names = roster.names(connection, desk.code, people=people)
    if options.json:
        _print_json(Sequence[Batch], page.rows)
        return 0
    for each in page.rows:
        at = each.at.astimezone(desk.writer.zone).strftime("%Y-%m-%d %H:%M")
        who = names.get(f"member/{each.by}", each.by)
        wrote = each.records + each.additions + each.outcomes + each.roster
        print(f"{each.batch}  {at}  {who}  {wrote}  {each.state.zh} / {each.state.en}")
        print(f"      {each.title}")
    return 0


def undo_import(installation: Installation, options: argparse.Namespace) -> int:
    """Show what taking a batch back does, or do it."""
    desk = installation.only()
    desk.reader.catch_up()
    known = desk.known()
    actor = actor_of(options, known.roster, Via.IMPORT)
    undo = batches.planned(desk, actor, options.batch, options.reason)
    if options.commit:
        undo = undoing.commit_undo(undo, desk.write)
    view = batches.view_of(undo, batches.names_in(desk, undo), committed=options.commit)
    if options.json:
        _print_json(UndoView, view)
    else:
        _say(view)
    return Exit.CONFLICT if view.refused else 0


def _print_json(of: Any, value: Any) -> None:
    told = TypeAdapter(of).dump_python(value, mode="json")
    print(json.dumps(told, ensure_ascii=False, indent=1))


def _say(view: UndoView) -> None:
    for fate, lines in (
        (Fate.REVERSED, view.reversed),
        (Fate.KEPT, view.kept),
        (Fate.LINKED, view.linked),
        (Fate.GONE, view.gone),
    ):
        if lines:
            print(f"{fate.zh} {len(lines)} / {fate.en}")
        for line in lines:
            print(f"  {line.on.isoformat()} {line.title} {_why(line)}".rstrip())
    if view.committed:
        print(f"写入 {view.written} 条命令 / {view.written} commands were written")
    else:
        print("仅预览,加 --commit 写入 / a preview only; --commit writes")


def _why(line: UndoLineView) -> str:
    told = [f"{each.name} {each.on.isoformat()} {each.how.zh}" for each in line.touched]
    told += ["、".join(line.people)] if line.people else []
    told += [line.reason.zh] if line.reason is not None else []
    return ";".join(told)
