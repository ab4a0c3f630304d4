"""What led to what in the year: a topic that became a consultation, whose suggestion became a document; and what two studios held together.

It draws on chance of its own, so that the rest of the year stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from application.rehearsal import words
from application.rehearsal.diary import after, workday
from application.rehearsal.told import Teller, Told
from application.rehearsal.works import ADVISED
from domain.deed import LinkLedTo, UnlinkLedTo
from domain.fact import Authorship, Mode, Part, Spoke, TopicSource
from domain.kinds import Stage
from domain.kinds.advice import RaisedTopic
from domain.kinds.deliberation import Inspected, IssuedRecommendation
from domain.kinds.works import Consultation
from domain.matter import Author
from domain.people import PersonId
from domain.suggested import Answer
from domain.suggestion import AnswerSuggestion, CarryOutSuggestion, MakeSuggestion
from domain.words import Level

LAST_BEGUN = date(2025, 8, 31)
"""Of a consultation that began later the year does not see the end."""
FIRST = date(2025, 1, 3)
ADVICE = (
    ("把堵点列成清单,逐项明确牵头单位和完成时限", Answer.ADOPTED),
    ("在乡镇便民服务中心设置办理窗口", Answer.ADOPTED),
    ("设立专项资金", Answer.PARTLY),
    ("另设专门机构", Answer.DECLINED),
)
WHY_NOT = {Answer.PARTLY: "先在两个乡镇试行", Answer.DECLINED: "机构编制已满"}


class Chains:
    """Tells them to the ledger; the consultations were told before."""

    def __init__(self, teller: Teller, told: Sequence[Told]) -> None:
        self.t = teller
        self.county = teller.county
        self.told = told

    def tell(self) -> None:
        """All of them."""
        consultations = [each for each in self.told if isinstance(each.body.details, Consultation)]
        free = [
            each
            for place, each in enumerate(consultations)
            if place not in ADVISED and each.body.on <= LAST_BEGUN
        ]
        for index, each in enumerate(free[:4]):
            self.chain(index, each)
        self.together()

    def chain(self, index: int, work: Told) -> None:
        """From the topic that a member raised to the document that came of a consultation."""
        t, county, office = self.t, self.county, self.county.officers[0]
        day = workday(max(FIRST, work.body.on - timedelta(days=20)))
        day = min(day, work.body.on)
        (seat,) = t.pick(county.seats, 1, day)
        topic = t.matter(
            day,
            RaisedTopic(),
            f"建议就{work.body.title}开展协商",
            county.office,
            office,
            t.authors([seat]),
            topic_source=list(TopicSource)[index % 5],
        )
        self.led(work, topic, work.body.on, "列入年度协商计划")
        made = max(work.recorded, after(work.body.on, 45))
        department = words.DEPARTMENTS[index % len(words.DEPARTMENTS)]
        self.advise(work, made, department, seat.person)
        document = t.matter(
            workday(after(made, 20)),
            IssuedRecommendation(addressed_to="县委、县政府", suggestions=len(ADVICE)),
            f"关于{work.body.title}的建议案",
            county.office,
            office,
            [
                Author(unit=county.committees[index % 5], role=Authorship.FIRST),
                Author(person=seat.person, role=Authorship.CONTRIBUTOR),
            ],
            not_before=made,
            effect="县政府办印发实施方案,两处便民窗口已开办" if index % 2 == 0 else "",
        )
        self.led(document, work, document.body.on, "第1、2条意见建议写入建议案")
        t.outcomes(
            document,
            office,
            [(10, Stage.INSTRUCTED, Level.COUNTY), (25, Stage.PUT_TO_USE, None)],
        )
        if index == 0:
            # One was linked to the wrong topic first, and set right.
            wrong = next(e for e in self.told if isinstance(e.body.details, RaisedTopic))
            if wrong.body.on <= document.body.on:
                self.led(document, wrong, document.body.on, "误选议题")
                said = max(document.recorded, wrong.recorded)
                undo = UnlinkLedTo(
                    deed=document.stream, source=wrong.stream, reason="选错议题,另行登记"
                )
                t.diary.put(after(said, 1), undo, office)

    def advise(self, work: Told, made: date, department: str, by: PersonId) -> None:
        """Suggestions one by one: made, answered, carried out."""
        put, office = self.t.diary.put, self.county.officers[0]
        answered = after(made, 30)
        for number, (text, answer) in enumerate(ADVICE, start=1):
            said: dict[str, Any] = {"matter": work.id, "number": number}
            make = MakeSuggestion(matter=work.id, text=text, on=made, by=(by,))
            put(made, make, office)
            reply = AnswerSuggestion(
                **said,
                answer=answer,
                on=answered,
                answered_by=department,
                reason=WHY_NOT.get(answer, ""),
            )
            put(answered, reply, office)
            if number == 1:
                done = after(answered, 30)
                put(done, CarryOutSuggestion(**said, on=done, outcome="清单已下发"), office)

    def led(self, later: Told, earlier: Told, on: date, note: str) -> None:
        """One deed led to another, said once both are in the ledger."""
        day = max(on, earlier.body.on)
        said = LinkLedTo(deed=later.stream, source=earlier.stream, on=day, note=note)
        self.t.diary.put(max(day, later.recorded, earlier.recorded), said, self.county.officers[0])

    def together(self) -> None:
        """Two studios inspect together: one record, held by both."""
        t, townships = self.t, self.county.townships
        for index in range(4):
            host, other = townships[2 * index], townships[2 * index + 1]
            day = workday(date(2025, 3 + 2 * index, 12))
            seats = t.pick(t.of_studio(host, day), 3, day) + t.pick(t.of_studio(other, day), 3, day)
            lines = [t.line(seat, Part.TAKES_PART, Spoke.NO) for seat in seats]
            t.occasion(
                day,
                Inspected(places_visited=(host.village_names[0], other.village_names[0])),
                f"{host.name}、{other.name}联合视察",
                host.studio,
                host.clerk,
                lines,
                co_organisers=(other.studio,),
                mode=Mode.JOINT,
                level=Level.TOWNSHIP,
                micro=index % 2 == 0,
            )
