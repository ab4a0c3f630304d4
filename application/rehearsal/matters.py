"""The year's matters: proposals, opinions, messages, help given; each goes through stages as far as the year lets it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from application.rehearsal import words
from application.rehearsal.diary import workday
from application.rehearsal.occasions import MONTHS, Year, in_month
from application.rehearsal.setting import Seat, Township
from application.rehearsal.told import Teller, Told
from domain.fact import Authorship, TopicSource
from domain.finding import Finding, RevokeFinding, SetFinding
from domain.kinds.about import Stage
from domain.kinds.advice import (
    CarriedDown,
    CarriedUp,
    DeliveredSpeech,
    Delivery,
    Message,
    Obstacle,
    Proposed,
    Proposer,
    ReportedOpinion,
    Season,
    SuggestedCppccWork,
    Way,
)
from domain.kinds.county import DidOtherMatter
from domain.kinds.culture import (
    ContributedHistory,
    Coverage,
    Ground,
    Publication,
    WasCommended,
    WasCovered,
)
from domain.kinds.deliberation import IssuedRecommendation, Report, WroteReport
from domain.kinds.findings import WasGivenFigure, WasMarked, WasVetoed
from domain.kinds.help import (
    ContributedResources,
    DeliveredLivelihoodDeed,
    Dispute,
    GrantedWish,
    MediatedDispute,
    PromotedInvestment,
    Resource,
    SolvedDifficulty,
    Whose,
    Wisher,
)
from domain.kinds.people import Counterpart, PairedWith, Relation
from domain.matter import Author, Sensitivity
from domain.member import MemberClass
from domain.pairing import EndPairing, Pair, Pairing
from domain.people import Actor, Role, Via
from domain.words import Level

PAIRED_ON = date(2024, 12, 28)


def pair(t: Teller) -> None:
    """Members with villages, leaders with townships and members, some with firms; a few end in the year."""
    rng, county = t.rng, t.county
    pairings: list[str] = []

    def paired(organiser: Any, actor: Actor, **said: Any) -> str:
        found = t.diary.new_id()
        t.diary.put(
            PAIRED_ON,
            Pair(pairing=found, body=Pairing(since=date(2024, 3, 1), organiser=organiser, **said)),
            actor,
        )
        pairings.append(found)
        return found

    for township in county.townships:
        for seat in t.of_studio(township, PAIRED_ON):
            if seat.since > PAIRED_ON or rng.random() < 0.2:
                continue
            place = rng.randrange(6)
            seat.village = township.villages[place]
            name = township.village_names[place]
            seat.pairing = paired(
                township.studio,
                township.clerk,
                person=seat.person,
                with_unit=seat.village,
                title=f"联系{name}",
                details=PairedWith(
                    relation=Relation.VILLAGE,
                    counterpart=Counterpart.COMMUNITY if "社区" in name else Counterpart.VILLAGE,
                    basis="县政协〔2024〕3号(演练)",
                ),
            )
    for index, (called, seat) in enumerate(county.leaders):
        township = county.townships[index]
        paired(
            county.office,
            t.office(),
            person=seat.person,
            with_unit=township.unit,
            title=f"{called}联系{township.name}",
            details=PairedWith(
                relation=Relation.LEADER_AND_TOWNSHIP, counterpart=Counterpart.TOWNSHIP
            ),
        )
        others = [s for s in t.pick(county.seats, 4, PAIRED_ON) if s is not seat]
        for other in others[:3]:
            paired(
                county.office,
                t.office(),
                person=seat.person,
                with_person=other.person,
                title=f"{called}联系委员",
                details=PairedWith(
                    relation=Relation.LEADER_AND_MEMBER, counterpart=Counterpart.MEMBER
                ),
            )
    for committee, township in zip(county.committees, county.townships[4:], strict=True):
        paired(
            county.office,
            t.office(),
            unit=committee,
            with_unit=township.studio,
            title="专委会联系工作室",
            details=PairedWith(
                relation=Relation.LEADER_AND_TOWNSHIP, counterpart=Counterpart.STUDIO
            ),
        )
    for seat in [s for s in county.seats if s.member_class is MemberClass.OFFICE][:20]:
        paired(
            county.office,
            t.office(),
            person=seat.person,
            title="联系企业",
            details=PairedWith(
                relation=Relation.BUSINESS,
                counterpart=Counterpart.ENTERPRISE,
                counterpart_name=rng.choice(words.EMPLOYERS["enterprise"]),
            ),
        )
    office = county.officers[0]
    for found in pairings[3:9:2]:
        t.diary.put(
            date(2025, 8, 4),
            EndPairing(pairing=found, until=date(2025, 7, 31), reason="联系点调整"),
            office,
        )


class Works:
    """Tells the year's matters to the ledger."""

    def __init__(self, teller: Teller, year: Year) -> None:
        self.t = teller
        self.rng = teller.rng
        self.county = teller.county
        self.year = year
        self.proposals: list[Told] = []

    def tell(self) -> None:
        """All of them."""
        self.proposed()
        self.opinions()
        self.speeches()
        self.reports()
        self.suggestions()
        self.messages()
        self.help()
        self.culture()
        self.findings()

    def proposed(self) -> None:
        """Proposals, most at the plenary: filed, not filed, merged or converted; key and excellent ones; the rest of the loop."""
        t, rng, county = self.t, self.rng, self.county
        for index in range(200):
            in_session = index < 150
            day = (
                date(2025, 1, rng.randint(8, 16))
                if in_session
                else in_month(rng, rng.choice(MONTHS[2:]))
            )
            if index % 20 == 7:
                place = rng.randrange(17)
                sector = county.sectors[place]
                authors = [
                    Author(unit=sector, role=Authorship.FIRST),
                    *(
                        Author(person=s.person, role=Authorship.CONTRIBUTOR)
                        for s in t.pick(t.of_sector(sector), 3, day)
                    ),
                ]
                form = Proposer.SECTOR
            else:
                n = rng.choices((1, 2, 3, 5), (62, 16, 14, 8))[0]
                seats = t.pick(county.seats, n, day)
                authors = t.authors(seats)
                form = Proposer.INDIVIDUAL if n == 1 else Proposer.JOINT
            topic = rng.choice(words.TOPICS)
            told = t.matter(
                day,
                Proposed(
                    form=form,
                    season=Season.IN_SESSION if in_session else Season.BETWEEN_SESSIONS,
                    collected_by=rng.choice(county.townships).unit if index % 9 == 0 else None,
                    from_meeting="界别召集人会议" if form is Proposer.SECTOR else "",
                ),
                f"关于{rng.choice(words.ASKS)}{topic}的建议({index + 1:03})",
                county.office,
                county.officers[1],
                authors,
                number=f"2025{index + 1:03}",
                topic_source=rng.choice(list(TopicSource)),
                handlers=(rng.choice(words.DEPARTMENTS),),
            )
            self.proposals.append(told)
            self.follow(told, index)

    def follow(self, told: Told, index: int) -> None:
        """What becomes of a proposal."""
        fate = self.rng.random()
        office = self.county.officers[1]
        steps: list[tuple[int, Stage, Level | None]]
        if fate < 0.07:
            steps = [(12, Stage.NOT_FILED, None)]
        elif fate < 0.12:
            steps = [(12, Stage.MERGED, None)]
        elif fate < 0.19:
            steps = [(12, Stage.CONVERTED_TO_OPINION, None)]
        else:
            steps = [(12, Stage.FILED, None)]
            if index % 18 == 3:
                steps.append((20, Stage.MADE_KEY, None))
                steps.append((5, Stage.INSTRUCTED, Level.COUNTY))
            steps += [(25, Stage.ASSIGNED, None), (70, Stage.HANDLED, None)]
            if index % 18 == 3:
                steps.append((10, Stage.SUPERVISED, None))
            if self.rng.random() < 0.9:
                steps += [(20, Stage.REPLIED, None), (15, Stage.FED_BACK, None)]
                if self.rng.random() < 0.7:
                    steps.append((20, Stage.CLOSED, None))
                if index % 14 == 5:
                    steps.append((40, Stage.RATED_EXCELLENT, None))
        self.t.outcomes(told, office, steps)

    def opinions(self) -> None:
        """Opinion reports: edited, forwarded, taken up at levels or not, some instructed; June brings most."""
        t, rng, county = self.t, self.rng, self.county
        months = [*MONTHS, 6, 6, 6, 6]
        for index in range(350):
            day = in_month(rng, rng.choice(months), working=False)
            n = rng.choices((1, 2, 3), (80, 15, 5))[0]
            seats = t.pick(county.seats, n, day)
            authors = t.authors(seats, Authorship.CONTRIBUTOR)
            if n == 2 and rng.random() < 0.5:
                authors = [
                    Author(person=seats[0].person, role=Authorship.FIRST, share=Decimal("0.7")),
                    Author(
                        person=seats[1].person, role=Authorship.CONTRIBUTOR, share=Decimal("0.3")
                    ),
                ]
            topic = rng.choice(words.TOPICS)
            direct = index % 7 == 0
            township = county.townships[index % 9]
            internal = rng.random() < 0.05
            told = t.matter(
                day,
                ReportedOpinion(
                    by_correspondent=rng.random() < 0.2,
                    direct_channel=direct,
                    sent_to=("县委办", "县政府办") if rng.random() < 0.4 and not internal else (),
                ),
                f"反映{topic}问题的信息({index + 1:03})",
                township.studio if direct else county.office,
                township.clerk if direct else county.officers[2],
                authors,
                sensitivity=Sensitivity.PAPER_ONLY if internal else Sensitivity.PUBLIC,
                on_paper=f"青协信演〔2025〕{index + 1}号" if internal else "",
            )
            if rng.random() < 0.06:
                continue
            steps: list[tuple[int, Stage, Level | None]] = [(3, Stage.EDITED, None)]
            if rng.random() < 0.55:
                steps += [
                    (3, Stage.FORWARDED, Level.COUNTY),
                    (8, Stage.TAKEN_UP, Level.COUNTY),
                ]
                if rng.random() < 0.22:
                    steps.append((18, Stage.TAKEN_UP, Level.CITY))
                    if rng.random() < 0.3:
                        steps.append((25, Stage.TAKEN_UP, Level.PROVINCE))
                if rng.random() < 0.15:
                    steps += [(6, Stage.INSTRUCTED, Level.COUNTY), (30, Stage.HANDLED, None)]
                steps.append((15, Stage.FED_BACK, None))
            elif rng.random() < 0.8:
                steps += [(12, Stage.NOT_TAKEN_UP, None), (3, Stage.FED_BACK, None)]
            t.outcomes(told, county.officers[2], steps)

    def speeches(self) -> None:
        """Speeches at the plenary, spoken and written, and at thematic Standing Committee meetings."""
        t, rng, county = self.t, self.rng, self.county
        for index in range(30):
            day = date(2025, 1, 15) if index < 24 else workday(date(2025, 4, 22))
            place = index % 17
            sector = county.sectors[place]
            (seat,) = t.pick(t.of_sector(sector), 1, day)
            topic = rng.choice(words.TOPICS)
            sitting = self.year.sittings[day]
            told = t.matter(
                day,
                DeliveredSpeech(
                    delivery=Delivery.SPOKEN if index % 3 == 0 else Delivery.WRITTEN,
                    meeting_name=words.SESSION,
                    at_key_consultation=True,
                    in_name_of=sector if index % 2 else None,
                    prior_survey=rng.random() < 0.7,
                    spoken_at=sitting.id,
                ),
                f"大会发言:{topic}({index + 1})",
                county.office,
                t.office(),
                t.authors([seat]),
                not_before=sitting.recorded,
            )
            if index % 5 == 0:
                t.outcomes(
                    told,
                    county.officers[0],
                    [
                        (20, Stage.INSTRUCTED, Level.COUNTY),
                        (15, Stage.ASSIGNED, None),
                        (90, Stage.HANDLED, None),
                        (30, Stage.FED_BACK, None),
                    ],
                )

    def reports(self) -> None:
        """Reports of surveys, inspections and oversights; formal recommendations with a unit as author."""
        t, rng, county = self.t, self.rng, self.county
        for report, deeds in (
            (Report.SURVEY, self.year.surveys),
            (Report.INSPECTION, self.year.inspections),
            (Report.OVERSIGHT, self.year.oversights),
        ):
            for source in deeds:
                source.named = True
                day = workday(date.fromordinal(min(source.body.on.toordinal() + 20, LAST_REPORT)))
                seats = [county.by_person[p] for p in source.people][:4]
                seats = [s for s in seats if s.on(day)]
                authors = t.authors(seats, Authorship.CONTRIBUTOR)
                if len(authors) > 1:
                    authors[1] = Author(person=seats[1].person, role=Authorship.WRITER)
                told = t.matter(
                    day,
                    WroteReport(
                        report=report,
                        suggestions=rng.randint(3, 8),
                        characters=rng.randint(2500, 6000),
                    ),
                    f"关于{source.body.title}的报告",
                    county.committees[0],
                    t.clerk(county.committees[0]),
                    authors,
                    work=source.body.work,
                    answers=source.stream,
                    not_before=source.recorded,
                )
                steps: list[tuple[int, Stage, Level | None]] = [(5, Stage.FORWARDED, Level.COUNTY)]
                if rng.random() < 0.4:
                    steps += [(12, Stage.INSTRUCTED, Level.COUNTY), (60, Stage.PUT_TO_USE, None)]
                elif rng.random() < 0.6:
                    steps.append((20, Stage.ADOPTED, None))
                t.outcomes(told, county.officers[0], steps)
        for index in range(2):
            committee = county.committees[1 + index]
            day = date(2025, 7, 24 + index)
            told = t.matter(
                day,
                IssuedRecommendation(addressed_to="县委、县政府", suggestions=8 + index),
                f"关于{words.TOPICS[index]}的建议案",
                county.office,
                county.officers[0],
                [
                    Author(unit=committee, role=Authorship.FIRST),
                    *(
                        Author(person=s.person, role=Authorship.CONTRIBUTOR)
                        for s in t.pick(county.seats, 7, day)
                    ),
                ],
            )
            t.outcomes(
                told,
                county.officers[0],
                [
                    (10, Stage.INSTRUCTED, Level.COUNTY),
                    (20, Stage.ADOPTED, None),
                    (60, Stage.IMPLEMENTED, None),
                ],
            )

    def suggestions(self) -> None:
        """Suggestions on the committee's own work."""
        t, rng, county = self.t, self.rng, self.county
        for index in range(96):
            day = in_month(rng, rng.choice(MONTHS))
            (seat,) = t.pick(county.seats, 1, day)
            aspect = rng.choice(("界别活动", "提案办理", "委员学习", "工作室建设", "信息报送"))
            told = t.matter(
                day,
                SuggestedCppccWork(aspect=aspect),
                f"关于改进{aspect}的建议({index + 1})",
                county.affairs,
                t.office(),
                t.authors([seat]),
            )
            answer = (Stage.ADOPTED, Stage.PARTLY_ADOPTED, Stage.NOT_ADOPTED)[index % 3]
            if rng.random() < 0.8:
                t.outcomes(
                    told, county.officers[0], [(20, answer, None), (5, Stage.ANSWERED, None)]
                )

    def messages(self) -> None:
        """Messages up (handled, in hand, cannot for now, told or not yet told) and down."""
        t, rng, county = self.t, self.rng, self.county
        carried: list[tuple[Told, Township, Seat]] = []
        for index in range(190):
            day = in_month(rng, rng.choice(MONTHS), working=False)
            township = county.townships[index % 9]
            seats = t.pick(t.of_studio(township, day), 1, day)
            topic = rng.choice(words.MESSAGES)
            central = index % 4 == 0
            fate = rng.random()
            told = t.matter(
                day,
                CarriedUp(
                    topic=topic,
                    spoken_by=f"群众{rng.choice('甲乙丙丁')}",
                    from_village=rng.choice(township.villages),
                    verified_by=township.name,
                    way=Way.BY_TELEPHONE if rng.random() < 0.6 else Way.BY_DOCUMENT,
                    obstacle=None if fate < 0.88 else rng.choice(list(Obstacle)),
                ),
                f"群众反映{topic}({index + 1})",
                county.liaison if central else township.studio,
                t.clerk(county.liaison) if central else township.clerk,
                t.authors(seats),
                level=Level.VILLAGE,
            )
            steps: list[tuple[int, Stage, Level | None]] = [
                (0, Stage.RECEIVED, None),
                (2, Stage.VERIFIED, None),
            ]
            if fate >= 0.88:
                steps.append((10, Stage.CANNOT_FOR_NOW, None))
            elif fate >= 0.78:
                steps.append((8, Stage.IN_HAND, None))
            else:
                steps += [(5, Stage.ASSIGNED, None), (20, Stage.HANDLED, None)]
                if rng.random() < 0.8:
                    steps += [(3, Stage.ANSWERED, None), (1, Stage.CLOSED, None)]
            t.outcomes(told, told.actor, steps)
            carried.append((told, township, seats[0]))
        for index in range(150):
            reply = index % 3 == 0
            day = in_month(rng, rng.choice(MONTHS), working=False)
            township = county.townships[index % 9]
            answers, not_before = "", date.min
            (seat,) = t.pick(t.of_studio(township, day), 1, day)
            topic = rng.choice(words.POLICIES)
            if reply:
                source, township, carrier = carried[index]
                if source.body.on > date(2025, 11, 1) or not carrier.on(date(2025, 12, 20)):
                    continue
                seat, answers, not_before = carrier, source.stream, source.recorded
                topic = source.body.details.topic
                day = date.fromordinal(source.body.on.toordinal() + 45)
            t.matter(
                day,
                CarriedDown(
                    topic=topic,
                    message=Message.REPLY if reply else Message.POLICY,
                    content_of=rng.choice(words.DEPARTMENTS),
                    to_village=rng.choice(township.villages),
                    people_told=rng.randint(10, 150),
                ),
                f"带下去:{topic}({index + 1})",
                township.studio,
                township.clerk,
                t.authors([seat]),
                answers=answers,
                not_before=not_before,
                level=Level.VILLAGE,
            )

    # Help

    def at_township(
        self, index: int, n: int = 1, months: Sequence[int] = MONTHS
    ) -> tuple[Township, date, list[Seat]]:
        """A township, a day and some of its members."""
        township = self.county.townships[index % 9]
        day = in_month(self.rng, self.rng.choice(months), working=False)
        return township, day, self.t.pick(self.t.of_studio(township, day), n, day)

    def help(self) -> None:
        """Livelihood deeds, wishes, difficulties, disputes, resources, investments: with their stages."""
        t, rng, county = self.t, self.rng, self.county
        for index in range(135):
            township, day, seats = self.at_township(index, rng.choice((1, 1, 2)))
            told = t.matter(
                day,
                DeliveredLivelihoodDeed(
                    beneficiaries=rng.randint(5, 400), cost=Decimal(rng.randint(1, 60) * 500)
                ),
                f"为{rng.choice(township.village_names)}办实事({index + 1})",
                township.studio,
                township.clerk,
                t.authors(seats),
                level=Level.VILLAGE,
            )
            steps: list[tuple[int, Stage, Level | None]] = [
                (2, Stage.PLANNED, None),
                (40, Stage.DONE, None),
            ]
            if rng.random() < 0.7:
                steps.append((10, Stage.CONFIRMED_DONE, None))
            t.outcomes(told, township.clerk, steps)
        for index in range(100):
            township, day, seats = self.at_township(index)
            wish = rng.choice(words.WISHES)
            told = t.matter(
                day,
                GrantedWish(wisher=rng.choice(list(Wisher)), cost=Decimal(rng.randint(4, 60) * 10)),
                f"微心愿:{wish}({index + 1})",
                township.studio,
                township.clerk,
                t.authors(seats),
            )
            steps = [(0, Stage.POSTED, None), (4, Stage.CLAIMED, None)]
            if rng.random() < 0.85:
                steps.append((10, Stage.FULFILLED, None))
            t.outcomes(told, township.clerk, steps)
        for index in range(108):
            township, day, seats = self.at_township(index)
            hard = rng.choice(words.DIFFICULTIES)
            stuck = rng.random() < 0.15
            told = t.matter(
                day,
                SolvedDifficulty(
                    whose=rng.choice(list(Whose)),
                    obstacle=Obstacle.POLICY if stuck else None,
                ),
                f"协调解决{hard}困难({index + 1})",
                township.studio,
                township.clerk,
                t.authors(seats),
            )
            last = Stage.CANNOT_FOR_NOW if stuck else Stage.SOLVED
            steps = [(0, Stage.RAISED, None), (10, Stage.COORDINATED, None), (30, last, None)]
            t.outcomes(told, township.clerk, steps)
        for index in range(50):
            township, day, seats = self.at_township(index, 2)
            about = rng.choice(words.DISPUTES)
            told = t.matter(
                day,
                MediatedDispute(
                    dispute=Dispute.OLD_PETITION if index % 6 == 0 else Dispute.DISPUTE,
                    hall=township.hall,
                ),
                f"调解{about}纠纷({index + 1})",
                township.studio,
                township.clerk,
                t.authors(seats),
                level=Level.VILLAGE,
            )
            last = Stage.SETTLED if rng.random() < 0.8 else Stage.NOT_SETTLED
            t.outcomes(
                told,
                township.clerk,
                [(2, Stage.ACCEPTED, None), (8, Stage.MEDIATED, None), (10, last, None)],
            )
        for index in range(80):
            day = in_month(rng, rng.choice(MONTHS), working=False)
            (seat,) = t.pick([s for s in county.seats if s.studio is not None], 1, day)
            resource = rng.choice(list(Resource))
            studio = seat.studio_on(day) or seat.sector
            on_paper = index % 10 == 4
            actor = t.himself(seat)
            if on_paper:
                clerk = t.clerk(studio)
                actor = Actor(
                    person=clerk.person,
                    role=Role.CLERK,
                    unit=studio,
                    acting_for=seat.person,
                    via=Via.PAPER,
                )
            t.matter(
                day,
                ContributedResources(
                    resource=resource,
                    amount=Decimal(rng.randint(1, 50) * 200)
                    if resource is Resource.MONEY
                    else None,
                    recipient="困难家庭" if index % 2 else "村小学",
                ),
                f"{resource.zh}捐助({index + 1})",
                studio,
                actor,
                t.authors([seat]),
            )
        for index in range(12):
            day = in_month(rng, rng.choice(MONTHS[:9]))
            enterprise = [s for s in county.seats if s.member_class is MemberClass.ENTERPRISE]
            (seat,) = t.pick(enterprise, 1, day)
            told = t.matter(
                day,
                PromotedInvestment(
                    project=f"招商项目{index + 1}号", investment=Decimal(rng.randint(3, 90) * 100)
                ),
                f"引进招商项目{index + 1}号",
                county.committees[1],
                t.clerk(county.committees[1]),
                t.authors([seat]),
            )
            t.outcomes(
                told,
                t.clerk(county.committees[1]),
                [(20, Stage.SIGNED, Level.COUNTY), (80, Stage.STARTED, None)],
            )

    def culture(self) -> None:
        """Historical materials, media reports, commendations, and what the county counts besides."""
        t, rng, county = self.t, self.rng, self.county
        history = county.committees[4]
        for index in range(45):
            day = in_month(rng, rng.choice(MONTHS[:10]))
            (seat,) = t.pick(county.seats, 1, day)
            told = t.matter(
                day,
                ContributedHistory(
                    publication=Publication.ISSUE,
                    publication_name=f"《青澄文史》(演练)第{1 + index // 12}期",
                    characters=rng.randint(1500, 8000),
                ),
                f"{rng.choice(words.HISTORIES)}({index + 1})",
                history,
                t.clerk(history),
                t.authors([seat]),
                work=issue_of(1 + index // 12),
            )
            steps: list[tuple[int, Stage, Level | None]] = [(0, Stage.SUBMITTED, None)]
            if rng.random() < 0.75:
                steps += [
                    (20, Stage.REVIEWED, None),
                    (20, Stage.COPY_EDITED, None),
                    (40, Stage.PRINTED, None),
                    (5, Stage.ARCHIVED, None),
                ]
            t.outcomes(told, t.clerk(history), steps)
        for index in range(70):
            day = in_month(rng, rng.choice(MONTHS), working=False)
            (seat,) = t.pick([s for s in county.seats if s.studio is not None], 1, day)
            medium, level = rng.choice(words.MEDIA)
            t.matter(
                day,
                WasCovered(
                    medium=medium,
                    medium_level=Level.of(level),
                    coverage=rng.choice(list(Coverage)),
                ),
                f"{medium}报道({index + 1})",
                seat.studio_on(day) or seat.sector,
                t.himself(seat),
                t.authors([seat]),
            )
        for index in range(36):
            day = in_month(rng, rng.choice((1, 3, 7, 12)))
            (seat,) = t.pick(county.seats, 1, day)
            ours = index % 2 == 0
            level = rng.choices((Level.COUNTY, Level.CITY, Level.PROVINCE), (7, 2, 1))[0]
            t.matter(
                day,
                WasCommended(
                    commended_by="县政协" if ours else f"{level.zh}有关部门",
                    commended_level=Level.COUNTY if ours else level,
                    honour=rng.choice(words.HONOURS[:2] if ours else words.HONOURS[2:]),
                    ground=Ground.CPPCC_WORK if ours else Ground.OWN_JOB,
                ),
                f"获得表彰({index + 1})",
                county.affairs if ours else seat.sector,
                t.office() if ours else t.himself(seat),
                t.authors([seat]),
            )
        for index in range(20):
            day = in_month(rng, rng.choice(MONTHS))
            (seat,) = t.pick(county.seats, 1, day)
            told = t.matter(
                day,
                DidOtherMatter(code="golden_idea", called="金点子"),
                f"金点子({index + 1})",
                county.affairs,
                t.office(),
                t.authors([seat]),
            )
            if index % 2:
                t.outcomes(told, county.officers[0], [(15, Stage.TAKEN_UP, Level.COUNTY)])

    def findings(self) -> None:
        """Marks, one veto, figures fixed on the spot; one mark is taken back."""
        rng, county = self.rng, self.county
        panel = Actor(person=county.officers[0].person, role=Role.APPRAISAL, unit=county.affairs)
        body = "委员考核领导小组"
        seats = [s for s in county.members(date(2025, 12, 15)) if s.zeal > 0.1]
        for index, seat in enumerate(rng.sample(seats, 24)):
            code, wording = ("群众评议", "界别群众评议") if index % 2 else ("互评", "互评")
            mark = self.finding(
                date(2025, 12, 16),
                panel,
                WasMarked(code=code, wording=wording),
                f"{wording}结果",
                body,
                seat,
                Decimal(rng.randint(70, 98)),
            )
        self.t.diary.put(
            date(2025, 12, 22), RevokeFinding(finding=mark, reason="统计有误,重新评议"), panel
        )
        idle = next(s for s in county.seats if s.zeal < 0.1 and s.until is None)
        self.finding(
            date(2025, 12, 19),
            panel,
            WasVetoed(code="无故缺席", wording="全年无故缺席"),
            "一年内多次无故缺席,经考核组认定",
            body,
            idle,
            None,
        )
        for told in self.proposals[5:60:6]:
            if told.people:
                self.finding(
                    date(2025, 11, 28),
                    panel,
                    WasGivenFigure(code="现场定分", deed=told.stream),
                    "提案质量现场定分",
                    body,
                    county.by_person[told.people[0]],
                    Decimal(rng.randint(1, 5)),
                )

    def finding(
        self,
        on: date,
        actor: Actor,
        details: Any,
        reason: str,
        body: str,
        seat: Seat,
        figure: Decimal | None,
    ) -> str:
        """Set a finding two days later; gives back its id."""
        found = self.t.diary.new_id()
        self.t.diary.put(
            date.fromordinal(on.toordinal() + 2),
            SetFinding(
                finding=found,
                body=Finding(
                    details=details,
                    on=on,
                    body=body,
                    reason=reason,
                    person=seat.person,
                    figure=figure,
                ),
            ),
            actor,
        )
        return found


def issue_of(number: int) -> str:
    """The work that the articles of an issue of the journal name."""
    return str(uuid5(NAMESPACE_URL, f"lvzhi:rehearsal:history:{number}"))


LAST_REPORT = date(2025, 12, 24).toordinal()
