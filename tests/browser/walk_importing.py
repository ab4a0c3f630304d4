"""A clerk brings in forty rows of a sign-in sheet, settles what is unclear, and takes the batch back."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from uuid import uuid4

import pytest

from projections import deeds, roster
from tests.application.sheet_makers import csv_text, xlsx
from tests.browser.conftest import LEDGER, County, Visit


def sheet(county: County, title: str) -> list[list[str | None]]:
    """A sign-in sheet of the studio: a title row, a header, forty rows; one of them is of nobody, two are on leave."""
    with county.desk.store.reading() as connection:
        page = roster.people(
            connection,
            LEDGER,
            day=county.desk.today(),
            unit=county.units["studio"],
            members_only=True,
            limit=200,
        )
        everybody = roster.persons(connection, LEDGER)
        units = roster.all_units(connection, LEDGER)
    times = Counter(person.profile.name for person in everybody.values())
    single = [line for line in page.rows if times[line.name] == 1]
    rows: list[list[str | None]] = [[title], ["姓名", "界别", "签到", "备注"]]
    for i, line in enumerate(single[:39]):
        sector = units[line.sector].profile.name if line.sector else None
        rows.append([line.name, sector, "√" if i > 1 else "请假", "病假" if i < 2 else None])
    rows.append(["查无此人", None, "√", None])
    return rows


@pytest.mark.parametrize(("name", "scripts"), [("签到表.xlsx", True), ("签到表.csv", False)])
def test_forty_rows_are_looked_at_settled_written_and_taken_back(
    county: County, visit: Visit, tmp_path: Path, name: str, scripts: bool
) -> None:
    mark = uuid4().hex[:6]
    rows = sheet(county, f"2025年11月5日走访签到{mark}")
    file = tmp_path / name
    # As WPS writes it where nobody said otherwise.
    file.write_bytes(xlsx(rows) if name.endswith("xlsx") else csv_text(rows).encode("gb18030"))
    page = visit("clerk", java_script_enabled=scripts)
    page.goto(county.url("/imports"))
    page.set_input_files("input[type=file]", str(file))
    page.locator("form[action*='preview'] button.btn-primary").first.click()
    page.wait_for_url("**/imports/preview**")
    assert "表头在第 2 行" in page.locator("#read >> xpath=..").inner_text()
    page.select_option("#kind", "visited_village")
    page.locator("button:has-text('重新预览')").first.click()
    page.wait_for_load_state()
    assert "第42行" in page.content()
    assert "查无此人" in page.locator("section[aria-labelledby='wrong']").inner_text()
    after = page.locator("section[aria-labelledby='after']").inner_text()
    assert "到会 37" in after
    assert "请假 2" in after
    page.click("button:has-text('写入台账')")
    page.wait_for_url("**/imports/commit**")
    assert "已写入" in page.content()
    page.locator("a[href*='/imports/']", has_text="批").first.click()
    page.click("summary:has-text('整批撤销')")
    page.fill("#why", "月份弄错了")
    page.click("button:has-text('看看会撤销什么')")
    page.wait_for_load_state()
    assert "撤销" in page.content()
    page.locator("form[action*='undoing'] button.btn-primary").first.click()
    page.wait_for_load_state()
    county.caught_up()
    with county.desk.store.reading() as connection:
        found = deeds.deeds(
            connection,
            LEDGER,
            today=county.desk.today(),
            state=deeds.DeedState.WITHDRAWN,
            text=mark,
        )
    assert len(found.rows) == 1
    assert "撤销导入" in found.rows[0].gone
