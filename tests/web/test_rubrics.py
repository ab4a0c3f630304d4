"""A rubric on pages: its text and what may be said of it, what its publication did, and what a draft would do."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.interfaces.conftest import Service
from tests.web.committee import LEDGER, RUBRIC, Pages, committee

DRAFT = RUBRIC.replace("version: 1", "version: 2").replace("each: 10", "each: 4")


@pytest.fixture(scope="module")
def ruled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The county, served."""
    with committee(tmp_path_factory.mktemp("data")) as service:
        yield service


@pytest.fixture
def office(ruled: Service) -> Pages:
    """The office's browser."""
    return Pages(ruled.client, "office")


def test_a_rubric_stands_with_its_health_its_gaps_and_its_cases(office: Pages) -> None:
    page = office.see("/documents/rubric/duties")
    assert page.status_code == 200
    assert "走访两次" in page.text
    assert "没有分值" in page.text
    gaps = page.text.partition("没有列分值的履职")[2].partition("</details>")[0]
    assert "<b>提交提案</b>" in gaps
    assert "本版附有算例 1 个" in page.text
    assert "/documents/rubric/duties/effects?version=1" in page.text


def test_a_year_is_looked_at_where_it_is_asked_for(office: Pages) -> None:
    assert "年得分反映的情况" not in office.see("/documents/rubric/duties", year=2025).text
    page = office.see("/documents/rubric/duties", year=2025, health=1)
    assert "2025年得分反映的情况" in page.text
    empty = office.see("/documents/rubric/duties", year=2023, health=1)
    assert "这一年没有履职记录" in empty.text


def test_members_read_it_and_see_nothing_of_others(ruled: Service) -> None:
    member = Pages(ruled.client, "member")
    page = member.see("/documents/rubric/duties", health=1)
    assert page.status_code == 200
    assert "发布的影响" not in page.text
    assert "用草案重算往年" not in page.text
    assert "年得分反映的情况" not in page.text
    assert member.see("/documents/rubric/duties/effects").status_code == 403
    assert member.see("/documents/rubric/duties/draft").status_code == 403
    assert member.send("/documents/rubric/duties/draft", text=DRAFT).status_code == 403


def test_what_is_not_there(office: Pages) -> None:
    assert office.see("/documents/rubric/nothing").status_code == 404
    assert office.see("/documents/rubric/duties", version="9").status_code == 404
    assert office.see("/documents/rubric/nothing/draft").status_code == 404


def test_a_publication_before_anything_was_recorded_moved_nobody(office: Pages) -> None:
    page = office.see("/documents/rubric/duties/effects", version="1", year=2025)
    assert page.status_code == 200
    years = re.findall(r'class="first"><a [^>]*>(\d{4})</a>', page.text)
    assert "2025" in years
    assert "没有人原有的得分因发布而变化" in page.text


def test_a_draft_shows_who_moves_by_which_clause_and_whose_grade_changes(office: Pages) -> None:
    form = office.see("/documents/rubric/duties/draft")
    assert "rubric: duties" in form.text
    page = office.send("/documents/rubric/duties/draft", text=DRAFT, years="2025", against="duties")
    assert page.status_code == 200, page.text
    movers = page.text.partition("谁会变,因哪一条变")[2].partition("</section>")[0]
    assert re.findall(r'<a class="title"[^>]*>([^<]+)</a>', movers) == ["李明", "陈静"]
    assert "20 → <b>8</b>" in movers
    assert "“走访村社” -12" in movers
    assert "优秀 → 称职" in movers
    assert "称职 → 不称职" in movers
    assert "优秀 1" in page.text
    # Nothing was written: the totals are as they were.
    assert ">20</a></td>" in office.see("/scores", rubric="duties", year=2025).text


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"text": DRAFT.replace("each: 4", "each: many"), "years": "2025"}, "/blocks/0/clauses/0"),
        (
            {
                "text": DRAFT.replace("counts: 走访村(社区), each", "counts: 无此类型, each"),
                "years": "2025",
            },
            "第 ",
        ),
        ({"text": "", "years": "2025"}, 'class="wrong"'),
        ({"text": DRAFT}, 'class="wrong"'),
        ({"text": DRAFT, "years": "MMXX"}, 'class="wrong"'),
        ({"text": DRAFT, "years": "2025", "against": "nothing"}, 'class="wrong"'),
    ],
)
def test_what_is_wrong_with_a_draft_is_said_where_it_is(
    office: Pages, fields: dict[str, str], place: str
) -> None:
    page = office.send("/documents/rubric/duties/draft", **fields)
    assert page.status_code == 422
    assert place in page.text
    # What was typed is still there.
    assert fields["text"].partition("\n")[0] in page.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (DRAFT.replace("rubric: duties\n", "", 1), "缺少“rubric”"),
        (":::\n", "第 1 行 ::: — “::”没有写值"),
        (DRAFT.replace("each: 4", "each: many"), "第1个板块、第1个条目、“each” — “many”不是分值"),
    ],
)
def test_what_is_wrong_with_a_draft_is_said_in_words_with_its_line(
    office: Pages, text: str, said: str
) -> None:
    page = office.send("/documents/rubric/duties/draft", text=text, years="2025")
    (errors,) = re.findall(r'id="errors".*?</div>', page.text, re.DOTALL)
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", errors))
    assert said in shown
    assert " /" not in shown


def test_a_draft_may_come_as_a_file(ruled: Service, office: Pages) -> None:
    token = re.search(
        r'name="form" value="([^"]+)"', office.see("/documents/rubric/duties/draft").text
    )
    assert token is not None
    answer = ruled.client.post(
        f"/ledgers/{LEDGER}/documents/rubric/duties/draft",
        data={"form": token[1], "text": "other: text", "years": "2025", "against": "duties"},
        files={"file": ("draft.yaml", DRAFT.encode(), "text/plain")},
        headers={"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 200
    assert "20 → <b>8</b>" in answer.text


def test_one_draft_is_tried_at_a_time(ruled: Service, office: Pages) -> None:
    gate = ruled.client.app.state.trying  # type: ignore[attr-defined]  # the application's
    with gate.passed():
        page = office.send("/documents/rubric/duties/draft", text=DRAFT, years="2025")
    assert page.status_code == 422
    assert 'class="wrong"' in page.text
