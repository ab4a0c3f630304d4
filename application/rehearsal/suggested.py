"""What the year's surveys, oversights and recommendations suggest one by one, what was answered, what was carried out; and months of townships in which nothing was reported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from application.rehearsal import words
from application.rehearsal.diary import LAST, after, workday
from application.rehearsal.told import Teller, Told
from domain.fact import Authorship
from domain.kinds.advice import ReportedOpinion
from domain.kinds.units import Document, SubmittedDocument
from domain.kinds.works import Consultation
from domain.matter import Author
from domain.suggested import Answer
from domain.suggestion import AnswerSuggestion, CarryOutSuggestion, MakeSuggestion

_LEDGERS = {3, 6, 9}
"""Months of which the studios hand in their ledgers whole."""


class Suggested:
    """Tells them to the ledger; the works were told before."""

    def __init__(self, teller: Teller, told: Sequence[Told]) -> None:
        self.t = teller
        self.rng = teller.rng
        self.county = teller.county
        self.told = told

    def tell(self) -> None:
        """All of them."""
        self.suggestions()
        self.empty_months()

    def suggestions(self) -> None:
        """Of each work but consultations some, entered together; most are answered, some only by the year's end or not yet."""
        works = [
            each
            for each in self.told
            if each.body.details.about.suggests and not isinstance(each.body.details, Consultation)
        ]
        works.sort(key=lambda each: (each.body.on, each.stream))
        for work in works:
            made = workday(after(work.recorded, self.rng.randint(5, 25)))
            answered = after(made, self.rng.randint(25, 110))
            for nth in range(1, self.rng.randint(3, 8) + 1):
                self._suggest(work, nth, made)
                answer = self.rng.choices(list(Answer), (70, 18, 12))[0]
                if answered >= LAST or self.rng.random() < 0.12:
                    continue
                self._answer(work, nth, answer, answered)
                done = after(answered, self.rng.randint(20, 90))
                if answer is not Answer.DECLINED and self.rng.random() < 0.75:
                    self._carry_out(work, nth, done)

    def _suggest(self, work: Told, nth: int, day: date) -> None:
        ask, topic = self.rng.choice(words.ASKS), self.rng.choice(words.TOPICS)
        made = MakeSuggestion(matter=work.id, text=f"建议{ask}{topic}({nth})", on=day)
        self.t.diary.put(day, made, self.county.officers[0])

    def _answer(self, work: Told, nth: int, answer: Answer, day: date) -> None:
        reasons = {Answer.PARTLY: "其余部分待条件具备后办理", Answer.DECLINED: "与现行政策不一致"}
        said = AnswerSuggestion(
            matter=work.id,
            number=nth,
            answer=answer,
            on=day,
            answered_by=words.DEPARTMENTS[nth % len(words.DEPARTMENTS)],
            reason=reasons.get(answer, ""),
        )
        self.t.diary.put(day, said, self.county.officers[0])

    def _carry_out(self, work: Told, nth: int, day: date) -> None:
        if day < LAST:
            done = CarryOutSuggestion(matter=work.id, number=nth, on=day, outcome="已列入工作安排")
            self.t.diary.put(day, done, self.county.officers[0])

    def empty_months(self) -> None:
        """Zero reports of the months in which nothing came in through a township; some forget them."""
        kept = {
            (each.body.organiser, each.body.on.month)
            for each in self.told
            if isinstance(each.body.details, ReportedOpinion)
        }
        for place, township in enumerate(self.county.townships):
            for month in range(1, 12):
                has = (township.studio, month) in kept or month in _LEDGERS
                if has or (place + month) % 7 == 0:
                    continue
                due = date(2025, month + 1, 8)
                self.t.matter(
                    workday(after(due, -self.rng.randint(0, 5))),
                    SubmittedDocument(
                        document=Document.OPINION_LEDGER,
                        covers=f"{month}月",
                        due=due,
                        zero_report=True,
                    ),
                    f"{township.name}{month}月{Document.OPINION_LEDGER.zh}(零报告)",
                    township.studio,
                    township.clerk,
                    [Author(unit=township.studio, role=Authorship.FIRST)],
                )
