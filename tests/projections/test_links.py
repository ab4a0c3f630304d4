"""What led to what: a record's links both ways, the list of all, and the stories of matters, members and units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, event

from domain.course import Move
from domain.deed import LinkLedTo, LinkSame, UnlinkLedTo, Withdraw
from domain.document import Sort
from domain.fact import Authorship, Reached, SubjectId
from domain.handling import MoveMatter
from domain.kinds import Stage
from domain.kinds.advice import CarriedUp, Proposed, RaisedTopic, ReportedOpinion
from domain.kinds.deliberation import Consultation as Form
from domain.kinds.deliberation import Consulted, IssuedRecommendation
from domain.kinds.works import Consultation
from domain.matter import Author, Matter, RecordMatter, ReportOutcome
from domain.occasion import Occasion, Participant, RecordOccasion
from domain.suggested import Answer
from domain.suggestion import AnswerSuggestion, CarryOutSuggestion, MakeSuggestion
from domain.words import Level
from projections import links, stories
from projections.documents import Shelf
from projections.links import Link, Relation, Way
from projections.paging import Page
from projections.store import Store
from projections.stories import Story
from tests.projections.county import (
    CHEN,
    COUNTY,
    LI,
    LINKING,
    OFFICE,
    SOUTH,
    WANG,
    County,
    publication,
    read_document,
    rows_of,
)
from tests.projections.test_courses import published

TOPIC, TALK, WORK = "matter/topic", "occasion/talk", "matter/work"
DOCUMENT, MESSAGE, OPINION = "matter/document", "matter/message", "matter/opinion"


def matter(name: str, details: Any, on: date, *authors: Author, **said: Any) -> RecordMatter:
    body: Matter[Any] = Matter(
        details=details,
        title=f"停车难·{name}",
        on=on,
        organiser=COUNTY,
        authors=authors or (Author(person=LI),),
    )
    return RecordMatter(matter=name, body=replace(body, **said), differs=True)


def led(deed: str, source: str, on: date, note: str = "") -> LinkLedTo:
    return LinkLedTo(deed=deed, source=source, on=on, note=note)


@pytest.fixture
def county() -> County:
    """A message became a topic; the topic a consultation, whose suggestion became a formal recommendation with an instruction."""
    told = County().found()
    told.say(OFFICE, publication(Sort.LOOP))
    talk: Occasion[Any] = Occasion(
        details=Consulted(form=Form.GRASSROOTS),
        title="停车难协商会",
        on=date(2025, 4, 10),
        organiser=SOUTH,
        co_organisers=(LINKING,),
        work="w1",
        result="达成三项共识",
        participants=(Participant(person=LI), Participant(person=WANG)),
    )
    unit = Author(unit=LINKING)
    told.say(
        OFFICE,
        matter("message", CarriedUp(topic="停车"), date(2025, 3, 1), organiser=SOUTH),
        matter("topic", RaisedTopic(), date(2025, 3, 10), answers=MESSAGE),
        matter("work", Consultation(), date(2025, 3, 20), unit, work="w1"),
        RecordOccasion(occasion="talk", body=talk),
        matter("document", IssuedRecommendation(), date(2025, 5, 6), unit, effect="新增车位300个"),
        matter("apart", Proposed(), date(2025, 5, 7), Author(person=CHEN)),
        led(WORK, TOPIC, date(2025, 3, 20), "列入年度协商计划"),
        led(DOCUMENT, TALK, date(2025, 5, 6)),
        MakeSuggestion(matter="work", text="盘活闲置地块", on=date(2025, 4, 10), by=(LI,)),
        AnswerSuggestion(
            matter="work",
            number=1,
            answer=Answer.ADOPTED,
            on=date(2025, 5, 1),
            answered_by="住建局",
        ),
        CarryOutSuggestion(matter="work", number=1, on=date(2025, 6, 1), outcome="已建成两处"),
        ReportOutcome(
            matter="document",
            outcome=Reached(
                stage=Stage.INSTRUCTED,
                on=date(2025, 5, 20),
                level=Level.COUNTY,
                rank="县委主要领导",
                by="某某",
                document="办〔2025〕8号",
                note="此处不应展示",
            ),
        ),
    )
    return told


def read(county: County, store: Store) -> Store:
    county.reader(store).catch_up()
    return store


def linked(store: Store, stream: str, **asked: Any) -> Page[Link]:
    with store.reading() as connection:
        return links.links(connection, "small", stream, **asked)


def said(page: Page[Link]) -> list[tuple[str, str]]:
    return [(each.called.zh, each.other.stream) for each in page.rows]


def told_of(store: Store, stream: str) -> Story:
    with store.reading() as connection:
        found = stories.story(connection, "small", Shelf(read_document), stream)
    assert found is not None
    return found


def test_a_record_has_its_links_both_ways(county: County, store: Store) -> None:
    read(county, store)

    assert said(linked(store, TOPIC)) == [("来源记录", MESSAGE), ("促成了", WORK)]
    assert said(linked(store, MESSAGE)) == [("由此带出的", TOPIC)]
    (found,) = linked(store, WORK).rows
    assert (found.way, found.relation, found.on, found.note, found.said_by) == (
        Way.BEFORE,
        Relation.LED_TO,
        date(2025, 3, 20),
        "列入年度协商计划",
        WORK,
    )


def test_every_sort_of_link_is_called_by_the_side_from_which_it_is_seen(
    county: County, store: Store
) -> None:
    county.say(
        OFFICE,
        matter("opinion", ReportedOpinion(), date(2025, 4, 20), converted_from=MESSAGE),
        matter("same", CarriedUp(topic="停车"), date(2025, 3, 2)),
        LinkSame(deed="matter/same", same_as=MESSAGE),
        matter("merged", Proposed(), date(2025, 5, 8), merged_into="matter/apart"),
    )
    read(county, store)

    assert said(linked(store, OPINION)) == [("转自", MESSAGE)]
    assert said(linked(store, MESSAGE)) == [
        ("由此带出的", TOPIC),
        ("转为", OPINION),
        ("同一履职", "matter/same"),
    ]
    assert said(linked(store, "matter/merged")) == [("并入", "matter/apart")]
    assert said(linked(store, "matter/apart")) == [("并入本件的", "matter/merged")]


def test_links_come_page_by_page(county: County, store: Store) -> None:
    for n in range(5):
        county.say(OFFICE, matter(f"n{n}", RaisedTopic(), date(2025, 4, 1), answers=MESSAGE))
    read(county, store)

    whole = said(linked(store, MESSAGE))
    first = linked(store, MESSAGE, limit=4)
    assert said(first) + said(linked(store, MESSAGE, after=first.after)) == whole
    assert len(whole) == 6


def test_what_is_undone_or_withdrawn_is_not_linked_any_more(county: County, store: Store) -> None:
    read(county, store)
    county.say(OFFICE, UnlinkLedTo(deed=WORK, source=TOPIC, reason="另有来源"))
    county.say(OFFICE, Withdraw(deed=DOCUMENT, reason="误录"))
    read(county, store)

    assert said(linked(store, WORK)) == []
    assert said(linked(store, TALK)) == []


def test_a_link_to_what_was_withdrawn_is_shown_as_that(county: County, store: Store) -> None:
    county.say(OFFICE, Withdraw(deed=TALK, reason="误录"))
    read(county, store)

    (found,) = linked(store, DOCUMENT).rows
    assert (found.other.stream, found.other.gone) == (TALK, "误录")
    assert [each.stream for each in told_of(store, DOCUMENT).deeds] == [DOCUMENT]


def test_all_that_led_to_something_is_listed_newest_first(county: County, store: Store) -> None:
    read(county, store)
    with store.reading() as connection:
        page = links.led(connection, "small")
        first = links.led(connection, "small", limit=1)
        rest = links.led(connection, "small", after=first.after)
        march = links.led(connection, "small", until=date(2025, 3, 31))

    assert [(each.earlier, each.later) for each in page.rows] == [(TALK, DOCUMENT), (TOPIC, WORK)]
    assert page.rows[0].earlier_title == "停车难协商会"
    assert (*first.rows, *rest.rows) == page.rows
    assert march.rows == page.rows[1:]


# Stories


def test_the_story_of_a_matter_runs_from_the_message_to_the_effect(
    county: County, store: Store
) -> None:
    read(county, store)

    whole = told_of(store, DOCUMENT)

    assert [each.stream for each in whole.deeds] == [MESSAGE, TOPIC, WORK, TALK, DOCUMENT]
    assert [(s.on.isoformat(), s.kind.value, s.said.zh, s.who) for s in whole.steps] == [
        ("2025-03-01", "recorded", "委员带话·带上来", "李敏"),
        ("2025-03-01", "reached", "收到", ""),
        ("2025-03-10", "recorded", "提出议题", "李敏"),
        ("2025-03-20", "recorded", "协商议题", "专门委员会linking"),
        ("2025-04-10", "suggested", "提出意见建议", "李敏"),
        ("2025-04-10", "recorded", "参加协商", "委员工作室south、专门委员会linking"),
        ("2025-05-01", "answered", "采纳", "住建局"),
        ("2025-05-06", "recorded", "提出建议案", "专门委员会linking"),
        ("2025-05-20", "reached", "批示", ""),
        ("2025-06-01", "carried_out", "已落实", ""),
    ]
    assert [(a.earlier, a.later) for a in whole.arrows if a.relation is Relation.LED_TO] == [
        (TOPIC, WORK),
        (TALK, DOCUMENT),
    ]
    assert whole.deeds[-1].effect == "新增车位300个"
    assert not whole.cut


def test_of_an_instruction_rank_and_number_are_told_and_nothing_that_it_says(
    county: County, store: Store
) -> None:
    read(county, store)

    (found,) = [s for s in told_of(store, DOCUMENT).steps if s.said.zh == "批示"]

    assert (found.level, found.rank, found.document) == (
        Level.COUNTY,
        "县委主要领导",
        "办〔2025〕8号",
    )
    assert "此处不应展示" not in str(found) and "某某" not in str(found)


def test_of_an_instruction_without_a_rank_nobody_is_named(county: County, store: Store) -> None:
    loop = published("rehearsal/opinions.yaml")
    text = loop.text.replace("needs: 领导职务, ", "")
    county.say(
        OFFICE,
        replace(loop, text=text),
        matter("opinion", ReportedOpinion(), date(2025, 3, 1), Author(person=LI, role=Authorship.FIRST)),
        *(
            MoveMatter(
                matter="opinion", move=Move(stage=stage, on=date(2025, 3, 20), level=Level.COUNTY, by=by)
            )
            for stage, by in (("edited", "编辑甲"), ("forwarded", "编辑乙"), ("instructed", "某领导"))
        ),
    )  # fmt: skip
    read(county, store)
    steps = {s.said.zh: s for s in told_of(store, OPINION).steps}
    assert (steps["批示"].level, steps["批示"].who, steps["批示"].by) == (Level.COUNTY, "", "")
    assert (steps["采编"].by, steps["转送"].by) == ("编辑甲", "编辑乙")
    assert "某领导" not in str(told_of(store, OPINION))


def test_a_story_told_from_anywhere_on_the_way_is_the_same(county: County, store: Store) -> None:
    read(county, store)

    told = [told_of(store, stream) for stream in (MESSAGE, TOPIC, WORK, TALK, DOCUMENT)]

    assert {tuple(d.stream for d in each.deeds) for each in told} == {
        (MESSAGE, TOPIC, WORK, TALK, DOCUMENT)
    }
    assert [each.stream for each in told_of(store, "matter/apart").deeds] == ["matter/apart"]


def test_nothing_is_told_of_what_is_not_there(county: County, store: Store) -> None:
    read(county, store)
    with store.reading() as connection:
        for stream in ("matter/nothing", "work/w1", "member/li"):
            assert stories.story(connection, "small", Shelf(read_document), stream) is None


def test_a_story_has_an_end(county: County, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    read(county, store)
    monkeypatch.setattr(stories, "MOST_DEEDS", 2)

    cut = told_of(store, TOPIC)

    assert [each.stream for each in cut.deeds] == [MESSAGE, TOPIC]
    assert cut.cut


def of_subject(store: Store, subject: str, **asked: Any) -> Page[Story]:
    with store.reading() as connection:
        return stories.stories(
            connection,
            "small",
            Shelf(read_document),
            SubjectId(subject),
            first=date(2025, 1, 1),
            last=date(2025, 12, 31),
            **asked,
        )


def test_a_members_story_holds_what_he_had_a_hand_in_and_what_became_of_it(
    county: County, store: Store
) -> None:
    read(county, store)

    (of_li,) = of_subject(store, f"member/{LI}").rows
    (of_wang,) = of_subject(store, f"member/{WANG}").rows
    (of_chen,) = of_subject(store, f"member/{CHEN}").rows

    whole = [MESSAGE, TOPIC, WORK, TALK, DOCUMENT]
    assert [each.stream for each in of_li.deeds] == whole
    assert [each.stream for each in of_wang.deeds] == whole
    assert [each.stream for each in of_chen.deeds] == ["matter/apart"]


def test_a_units_story_holds_what_it_organised_held_with_others_or_wrote(
    county: County, store: Store
) -> None:
    read(county, store)

    for unit in (SOUTH, LINKING):
        (found,) = of_subject(store, f"unit/{unit}").rows
        assert [each.stream for each in found.deeds] == [MESSAGE, TOPIC, WORK, TALK, DOCUMENT]


def test_stories_come_page_by_page_and_end(county: County, store: Store) -> None:
    for n in range(3):
        county.say(OFFICE, matter(f"n{n}", Proposed(), date(2025, 6, 1 + n)))
    read(county, store)

    seen: list[str] = []
    page = of_subject(store, f"member/{LI}", limit=1)
    while True:
        seen += [story.deeds[-1].stream for story in page.rows]
        if page.after is None:
            break
        page = of_subject(store, f"member/{LI}", limit=1, after=page.after)
    assert seen == ["matter/n2", "matter/n1", "matter/n0", DOCUMENT, DOCUMENT, DOCUMENT]


def counted(connection: Connection, ask: Callable[[Connection], object]) -> int:
    found: list[str] = []

    def heard(*args: Any) -> None:
        found.append(args[2])

    event.listen(connection, "before_cursor_execute", heard)
    ask(connection)
    event.remove(connection, "before_cursor_execute", heard)
    return len(found)


def test_a_long_story_takes_as_many_queries_as_a_short_one(county: County, store: Store) -> None:
    def ask(connection: Connection) -> object:
        return stories.story(connection, "small", Shelf(read_document), MESSAGE)

    def links_of(connection: Connection) -> object:
        return links.links(connection, "small", MESSAGE)

    read(county, store)
    with store.reading() as connection:
        before = counted(connection, ask), counted(connection, links_of)
    for n in range(20):
        county.say(OFFICE, matter(f"n{n}", Proposed(), date(2025, 6, 1), answers=MESSAGE))
        county.say(OFFICE, led(f"matter/n{n}", DOCUMENT, date(2025, 6, 2)))
    read(county, store)
    with store.reading() as connection:
        after = counted(connection, ask), counted(connection, links_of)

    assert before == after
    assert after[1] == 1
    assert len(told_of(store, MESSAGE).deeds) == 25


# One way of making rows


def test_links_are_the_same_live_in_one_go_and_made_anew(county: County, store: Store) -> None:
    county.say(OFFICE, UnlinkLedTo(deed=WORK, source=TOPIC, reason="另有来源"))
    county.say(OFFICE, Withdraw(deed=TOPIC, reason="误录"))
    reader = county.reader(store, at_a_time=1)
    reader.catch_up(1)
    live = rows_of(store, "small")["links"]
    reader.rebuild()
    assert rows_of(store, "small")["links"] == live
    assert len(live) == 6
    with store.writing() as writing:
        writing.clear("small")
    county.reader(store).catch_up()
    assert rows_of(store, "small")["links"] == live
