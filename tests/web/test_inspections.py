"""Pages of inspections: problems notified, mended and checked off on the page of their inspection; the board; the bulletin; whom they are open to."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from importlib.resources import files
from typing import Any

import pytest

from domain.document import Publish, Sort
from domain.finding import Finding, SetFinding
from domain.kinds.findings import Sanction, WasSanctioned
from domain.kinds.units import WasInspected
from domain.matter import Author, Matter, RecordMatter
from domain.people import Role, UnitId
from tests.interfaces.conftest import Caller, Service
from tests.pictures import png
from tests.web.conftest import Reader, Reading
from tests.web.rounds import Rounds, days

SOUTH, MEDICINE = UnitId("south"), UnitId("medicine")
HAVES = files("packs").joinpath("shangluo/five-haves.yaml").read_text("utf-8")


@pytest.fixture
def county(office: Caller, sqlite_service: Service) -> Rounds:
    """The studio and a sector were inspected ten days ago; five haves are asked of studios."""
    told = Rounds(sqlite_service.installation.desk(office.ledger))
    code = re.search(r"^checklist: (.+)$", HAVES, re.MULTILINE)
    assert code is not None
    since = told.today - days(400)
    told.tell(Publish(sort=Sort.CHECKLIST, code=code[1], version="1", text=HAVES, since=since))
    for matter, unit, title in (("m", SOUTH, "督查城南"), ("n", MEDICINE, "督查医卫界")):
        body: Matter[Any] = Matter(
            details=WasInspected(inspected_by="县政协办公室"),
            title=title,
            on=told.today - days(10),
            organiser=UnitId("county"),
            authors=(Author(unit=unit),),
        )
        told.tell(RecordMatter(matter=matter, body=body))
    return told


@pytest.fixture
def at_office(reading: Reading, county: Rounds) -> Reader:
    return reading("secretary", Role.OFFICE, "county")


def send(reader: Reader, key: str, *pairs: tuple[str, str], matter: str = "m") -> Any:
    """The form of that key on the page of an inspection."""
    page = f"/matters/{matter}"
    return reader.send(f"{page}/{key}", *((f"{key}.{n}", v) for n, v in pairs), page=page)


def notify(reader: Reader, county: Rounds, text: str, *more: tuple[str, str]) -> Any:
    held = (county.today - days(10)).isoformat()
    late = (county.today - days(1)).isoformat()
    said = (("text", text), ("on", held), ("mend_by", late), *more)
    return send(reader, "notify-problems", *said)


def section(text: str) -> str:
    """The problems on a page, without its marks."""
    part = text.partition('id="problems"')[2].partition("</section>")[0]
    part = re.sub(r"<details.*?</details>", "", part, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", part)).split())


def test_problems_go_from_notified_to_checked_off_on_the_page_of_their_inspection(
    reading: Reading, at_office: Reader, county: Rounds
) -> None:
    done = notify(at_office, county, "台账不全\n没有标牌\n", ("standard", "studio-five-haves/1"))
    assert "已通报问题" in done.text
    said = section(done.text)
    assert "发现 2 条,已销号 0 ,待整改 2 ,逾期 2" in said
    assert "1. 台账不全 待整改 逾期" in said
    assert "“五个有”·有场所" in said

    head = reading("zhao", Role.HEAD, "south")
    page = head.read("/matters/m")
    assert "/matters/m/notify-problems" not in page
    assert "/matters/m/check-off-problem" not in page
    today = county.today.isoformat()
    said_of_it = (("number", "1"), ("mending", "mended"), ("on", today))
    silent = send(head, "report-mending", *said_of_it)
    assert silent.status_code == 422
    assert 'id="f-report-mending-account-wrong"' in silent.text
    done = send(head, "report-mending", *said_of_it, ("account", "补齐三个月"))
    assert "待销号 逾期整改" in section(done.text)
    cannot = (("number", "2"), ("mending", "cannot"), ("on", today), ("account", "等镇里批"))
    assert "暂不能整改" in section(send(head, "report-mending", *cannot).text)

    done = send(at_office, "check-off-problem", ("number", "1"), ("on", today))
    assert "已销号 1" in section(done.text)
    later = (county.today + days(5)).isoformat()
    put_off = (("number", "2"), ("mend_by", later), ("reason", "已列入预算"))
    done = send(at_office, "put-off-problem", *put_off)
    assert "逾期 1" not in section(done.text)
    assert "延期理由:已列入预算" in section(done.text)
    done = send(at_office, "reopen-problem", ("number", "1"), ("reason", "缺五月"))
    assert "退回重新整改: 缺五月" in section(done.text)
    refused = send(at_office, "take-back-problem", ("number", "2"), ("reason", " "))
    assert 'id="f-take-back-problem-reason-wrong"' in refused.text
    done = send(at_office, "take-back-problem", ("number", "2"), ("reason", "重复"))
    assert "2. 没有标牌" not in section(done.text)


def test_what_was_mended_is_borne_out_by_files_that_are_shown_on_the_page(
    reading: Reading, at_office: Reader, county: Rounds
) -> None:
    notify(at_office, county, "台账不全\n没有标牌")
    head = reading("zhao", Role.HEAD, "south")
    page = head.read("/matters/m")
    form = page.partition("/matters/m/report-mending")[2].partition("</form>")[0]
    assert 'enctype="multipart/form-data"' in form and 'type="file"' in form

    said = [("number", "1"), ("mending", "mended"), ("on", county.today.isoformat())]
    key = "report-mending"
    pairs = [(f"{key}.{name}", value) for name, value in said]
    files = [("photo", ("新标牌.png", png(), "image/png"))]
    address = f"/matters/m/{key}"
    # Without what was done it is refused, and the picture need not be sent again.
    silent = head.send(address, *pairs, page="/matters/m", files=files)
    assert silent.status_code == 422
    kept = re.findall(r'name="kept_photo" value="([^"]*)"', silent.text)
    assert [each.partition(" ")[2] for each in kept] == ["新标牌.png"]
    whole = [*pairs, (f"{key}.account", "已挂牌"), ("kept_photo", kept[0])]
    done = head.send(address, *whole, page="/matters/m")
    sha256 = kept[0].partition(" ")[0]
    image = re.findall(
        rf'<img src="([^"]*/problems/1/evidence/{sha256}[^"]*)" alt="新标牌.png"', done.text
    )
    assert len(image) == 1
    file = f"/matters/m/problems/1/evidence/{sha256}"
    assert head.get(file).headers["Content-Type"] == "image/png"
    assert reading("li", Role.MEMBER).get(file).status_code in {403, 404}
    assert reading("chen", Role.HEAD, "medicine").get(file).status_code == 404

    office = reading("secretary", Role.OFFICE, "county")
    send(office, "reopen-problem", ("number", "1"), ("reason", "看不清"))
    assert "/evidence/" not in office.read("/matters/m")
    wrong = [("photo", ("台账.txt", b"text", "text/plain"))]
    refused = reading("zhao", Role.HEAD, "south").send(
        address, *whole[:-1], page="/matters/m", files=wrong
    )
    assert refused.status_code == 422
    assert 'href="#f-report-mending-evidence"' in refused.text


def test_the_bulletin_names_files_and_shows_none(
    reading: Reading, at_office: Reader, county: Rounds
) -> None:
    notify(at_office, county, "台账不全")
    head = reading("zhao", Role.HEAD, "south")
    key = "report-mending"
    said = [("number", "1"), ("mending", "cannot"), ("account", "等镇里批")]
    pairs = [*said, ("on", county.today.isoformat())]
    sent = [(f"{key}.{name}", value) for name, value in pairs]
    files = [("photo", ("批文.png", png(), "image/png"))]
    assert head.send(f"/matters/m/{key}", *sent, page="/matters/m", files=files).status_code == 200
    page = reading("secretary", Role.OFFICE, "county").read(
        f"/inspections/bulletin?since={county.today - days(30)}&until={county.today}"
    )
    assert "佐证:批文.png" in page
    assert "/evidence/" not in page


def heard(text: str, heading: str) -> str:
    """The panel with a heading that begins so, without its marks; empty where there is none."""
    found = re.search(rf"<h2[^>]*>{heading}.*?</section>", text, flags=re.DOTALL)
    return "" if found is None else " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def test_what_waits_stands_on_the_home_of_the_unit_and_of_who_inspects(
    reading: Reading, at_office: Reader, county: Rounds
) -> None:
    notify(at_office, county, "台账不全")
    later = (county.today + days(9)).isoformat()
    on = ("on", (county.today - days(10)).isoformat())
    said = (on, ("text", "没有标牌\n没有场所"), ("mend_by", later))
    send(at_office, "notify-problems", *said)
    assert heard(at_office.read("/"), "整改情况:待销号") == ""
    mend, check = "督查发现问题:待整改", "整改情况:待销号"

    clerk = reading("clerk", Role.CLERK, "south")
    home = heard(clerk.read("/"), mend)
    assert home.startswith(f"{mend} 3")
    assert home.index("台账不全") < home.index("没有标牌"), "what is due first stands first"
    assert "逾期" in home and "整改期限" in home
    key = "report-mending"
    today = ("on", county.today.isoformat())
    send(clerk, key, ("number", "1"), ("mending", "mended"), today, ("account", "补齐"))
    assert heard(clerk.read("/"), mend).startswith(f"{mend} 2")
    assert heard(clerk.read("/"), check) == "", "another held the inspection"
    for other in (reading("chen", Role.HEAD, "medicine"), reading("li", Role.MEMBER)):
        assert heard(other.read("/"), mend) == ""

    office = reading("secretary", Role.OFFICE, "county")
    waits = heard(office.read("/"), check)
    assert waits.startswith(f"{check} 1") and "城南工作室:台账不全" in waits
    page = office.read("/inspections/problems?which=to_check")
    assert "待销号 1" in page and "台账不全" in page and "没有标牌" not in page
    send(office, "check-off-problem", ("number", "1"), today)
    assert heard(office.read("/"), check) == ""


def test_what_is_to_be_mended_by_a_day_stands_in_what_is_due(
    reading: Reading, at_office: Reader, county: Rounds
) -> None:
    notify(at_office, county, "台账不全")
    on = ("on", (county.today - days(10)).isoformat())
    send(at_office, "notify-problems", on, ("text", "没有标牌"))
    mend = "督查发现问题:待整改"
    for asked, there in (
        ("", True),
        ("?which=overdue", True),
        ("?which=soon", False),
        ("?which=no_day", False),
        ("?holder=城南工作室", True),
        ("?holder=县住建局", False),
        ("?unit=county", True),
        ("?unit=医药卫生界", False),
        ("?kind=was_inspected", True),
        ("?kind=carried_up", False),
        ("?mine=1", False),
    ):
        told = heard(at_office.read(f"/dues{asked}"), mend)
        assert ("台账不全" in told) is there, asked
        assert "没有标牌" not in told, "it has no day"
    assert heard(reading("chen", Role.HEAD, "medicine").read("/dues"), mend) == ""
    assert heard(reading("li", Role.MEMBER).read("/dues"), mend) == ""
    assert "台账不全" in heard(reading("zhao", Role.HEAD, "south").read("/dues"), mend)

    office = reading("secretary", Role.OFFICE, "county")
    page = office.read("/inspections/problems?unit=城南工作室")
    assert "待整改 2" in page and "逾期未整改 1" in page and "没有标牌" in page
    overdue = office.read("/inspections/problems?which=overdue")
    assert "台账不全" in overdue and "没有标牌" not in overdue
    assert "没有这样的问题" in office.read("/inspections/problems?held=城南工作室")
    for wrong in ("which=x", "unit=nowhere", "held=nowhere"):
        assert office.get(f"/inspections/problems?{wrong}").status_code in {404, 422}
    assert reading("li", Role.MEMBER).get("/inspections/problems").status_code == 403


def test_what_is_wrong_with_a_problem_stands_beside_its_input(
    at_office: Reader, county: Rounds
) -> None:
    for said, field in (
        (notify(at_office, county, " \n"), "text"),
        (notify(at_office, county, "台账不全", ("standard", "studio-five-haves/99")), "standard"),
        (notify(at_office, county, "台账不全", ("standard", "none/1")), "standard"),
        *(
            (notify(at_office, county, "台账不全", ("standard", f"{code}/{item}")), "standard")
            for code in ("studio-five-haves", "none")
            for item in ("9" * 5_000, "٣" * 30, "²")
        ),
    ):
        assert said.status_code in {404, 422}
        assert f'id="f-notify-problems-{field}-wrong"' in said.text
    page = at_office.read("/matters/m")
    early = (county.today - timedelta(days=20)).isoformat()
    pairs = [
        ("notify-problems.text", "台账不全"),
        ("notify-problems.on", county.today.isoformat()),
        ("notify-problems.mend_by", early),
    ]
    said = at_office.send("/matters/m/notify-problems", *pairs, page="/matters/m")
    assert 'id="f-notify-problems-mend_by-wrong"' in said.text
    assert "还没有逐条登记问题" in page


def test_the_board_and_the_bulletin_lead_to_the_inspections(
    at_office: Reader, county: Rounds
) -> None:
    notify(at_office, county, "台账不全\n没有标牌")
    board = at_office.read("/inspections")
    assert "督查城南" in board and "督查医卫界" in board
    overdue = at_office.read("/inspections?which=overdue")
    assert "督查城南" in overdue and "督查医卫界" not in overdue
    assert "督查城南" not in at_office.read("/inspections?unit=医药卫生界")
    assert "没有符合条件的督查" in at_office.read("/inspections?by=没有这个")
    assert at_office.get("/inspections?which=x").status_code == 422

    finding: Finding[Any] = Finding(
        details=WasSanctioned(sanction=Sanction.CIRCULATED_CRITICISM, by="县政协办公室"),
        on=county.today,
        body="县政协办公室",
        reason="逾期不改",
        unit=SOUTH,
    )
    county.tell(SetFinding(finding="f", body=finding))
    days_of = f"since={county.today - days(30)}&until={county.today}"
    page = unescape(at_office.read(f"/inspections/bulletin?{days_of}"))
    assert "督查、验收2个单位2次,发现问题2个,已整改0个,逾期未整改2个,未发现问题1次。" in page
    assert "城南工作室:台账不全" in page
    assert "通报批评" in page
    links = re.findall(r'href="([^"]*/inspections\?[^"]*which=clean[^"]*)"', page)
    found = at_office.read(links[0].removeprefix(f"/ledgers/{at_office.ledger}"))
    assert "督查医卫界" in found and "督查城南" not in found
    wrong = at_office.get("/inspections/bulletin?since=2025-03-01&until=2025-02-01")
    assert wrong.status_code == 422
    assert "督查通报" in at_office.read("/inspections/bulletin")


def test_a_unit_sees_its_own_alone_and_a_member_none(
    reading: Reading, at_office: Reader, county: Rounds
) -> None:
    notify(at_office, county, "台账不全")
    other = reading("chen", Role.HEAD, "medicine")
    board = other.read("/inspections")
    assert "督查医卫界" in board and "督查城南" not in board
    assert "台账不全" not in other.read(
        f"/inspections/bulletin?since={county.today - days(30)}&until={county.today}"
    )
    assert "台账不全" not in other.read("/matters/m")
    assert "/report-mending" not in other.read("/matters/m")
    member = reading("li", Role.MEMBER)
    assert "台账不全" not in member.read("/matters/m")
    for reader, told in ((at_office, True), (other, False), (member, False)):
        page = unescape(reader.read("/matters/m"))
        assert ("通报“督查城南”第1条问题" in page) is told
        assert ((county.today - days(1)).isoformat() in page) is told
    assert member.get("/inspections").status_code == 403
    assert 'href="/ledgers/' + member.ledger + '/inspections"' not in member.read("/reports")


def test_the_page_of_a_unit_explains_its_score_by_what_was_found_and_mended(
    at_office: Reader, county: Rounds
) -> None:
    year = (county.today - days(10)).year
    text = files("packs").joinpath("rehearsal/studio-rubric.yaml").read_text("utf-8")
    text = text.replace("2025", str(year))
    rubric = Publish(
        sort=Sort.RUBRIC,
        code="studio-rehearsal",
        version="1",
        text=text,
        since=county.today.replace(month=1, day=1, year=year),
    )
    county.tell(rubric)
    notify(at_office, county, "台账不全\n没有标牌")
    page = at_office.read(f"/units/south?year={year}")
    assert "【示例】演练县委员工作室考核办法" in page
    assert "按“督查发现的问题”计-4分" in page
    assert f'href="{at_office.url("/inspections?unit=south")}"' in page


def test_other_matters_have_no_such_part(at_office: Reader, county: Rounds) -> None:
    county.publish_loops()
    county.message("a", 5, "群众盼修路")
    assert 'id="problems"' not in at_office.read("/matters/a")
