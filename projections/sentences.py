"""One sentence in Chinese and one in English on every event, written when a history is drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from domain import (
    deed,
    dispute,
    document,
    erasure,
    finding,
    grant,
    handling,
    invitation,
    matter,
    meeting,
    member,
    occasion,
    pairing,
    posting,
    streams,
    support,
    unit,
)
from domain import inspection as inspections
from domain import suggestion as suggestions
from domain.disputed import Claim, DisputeSort
from domain.explain import Said
from domain.kinds import KINDS, Details
from domain.member import Exemption, Intervals, Membership, RoleHeld, Term
from domain.streams import Event
from domain.unit import Appointment
from domain.words import Choice
from projections.loop_sentences import (
    named_in_turn,
    of_handling,
    of_inspection,
    of_meeting,
    of_suggestion,
)
from projections.posting_sentences import named_in_posting, of_invitation, of_posting
from projections.support_sentences import of_support

MOST_NAMED = 5
"""Names that a sentence lists; of more it gives the number."""


def sentence(event: Event, names: Mapping[str, str]) -> Said:
    """What an event says; `names` are by `member/ID`, `unit/ID` and the streams of deeds, what has none is called by its id."""
    zh, en = _said(event, names)
    return Said(f"{_quotes(zh)}。", f"{_quotes(en)}.")


def _quotes(said: str) -> str:
    """A sentence in which quotes within quotes, such as of a title, are single ones; one whose quotes do not pair stays as it is."""
    made, depth = list[str](), 0
    for sign in said:
        if sign == "“":
            depth += 1
            made.append(sign if depth % 2 else "‘")
        elif sign == "”":
            made.append(sign if depth % 2 else "’")
            depth -= 1
        else:
            made.append(sign)
        if depth < 0:
            return said
    return said if depth else "".join(made)


def named_in(event: Any) -> Iterator[str]:
    """The streams of people and units that its sentence names."""
    match event:
        case occasion.OccasionHappened(body=body) | occasion.OccasionAmended(body=body):
            yield f"unit/{body.organiser}"
            if len(body.participants) <= MOST_NAMED:
                yield from (f"member/{p.person}" for p in body.participants)
        case matter.MatterRecorded(body=body) | matter.MatterAmended(body=body):
            yield f"unit/{body.organiser}"
            if len(body.authors) <= MOST_NAMED:
                yield from (author.subject for author in body.authors)
        case deed.Confirmed() | deed.Returned() | deed.Upheld():
            yield event.deed
            if not isinstance(event, deed.Upheld):
                yield f"unit/{event.unit}"
            if len(event.people) <= MOST_NAMED:
                yield from (f"member/{each}" for each in event.people)
        case pairing.Paired(body=body):
            yield body.subject
            yield f"unit/{body.with_unit}"
            yield f"member/{body.with_person}"
        case finding.FindingSet(body=body):
            yield body.subject
        case member.Joined(membership=membership):
            yield f"unit/{membership.unit}"
        case member.IntervalsCorrected(wrong=wrong, right=right):
            for held in (*wrong.memberships, *right.memberships):
                yield f"unit/{held.unit}"
            for step in (*wrong.placements, *right.placements):
                yield f"unit/{step.township}"
        case unit.AppointmentsCorrected(wrong=before, right=after):
            yield from (f"member/{each.person}" for each in (*before, *after))
        case member.Placed(placement=placement):
            yield f"unit/{placement.township}"
        case member.Invited(to=to) if to is not None:
            yield f"unit/{to}"
        case unit.Appointed(appointment=appointment):
            yield f"member/{appointment.person}"
        case (
            erasure.ErasureRequested()
            | erasure.ErasureApproved()
            | erasure.ErasureCancelled()
            | erasure.ErasureCarriedOut()
        ):
            yield event.subject
        case dispute.DisputeRaised(claim=claim):
            yield from claim.named
            if claim.organiser is not None:
                yield f"unit/{claim.organiser}"
        case dispute.DisputeDecided(deeds=answered) | dispute.ReviewDecided(deeds=answered):
            yield from answered
        case deed.Superseded(deed=own, by=other) | deed.LinkedSame(deed=own, same_as=other):
            yield from (own, other)
        case deed.LinkedLedTo(deed=own, source=other) | deed.UnlinkedLedTo(deed=own, source=other):
            yield from (own, other)
        case deed.Withdrawn(deed=own) | deed.UnlinkedSame(deed=own) | deed.ItemAssigned(deed=own):
            yield own
        case matter.OutcomeReached(matter=own) | matter.OutcomeRetracted(matter=own):
            yield f"matter/{own}"
        case occasion.ParticipantsListed(occasion=own, participants=listed):
            yield f"occasion/{own}"
            if len(listed) <= MOST_NAMED:
                yield from (f"member/{p.person}" for p in listed)
        case (
            posting.MonthReported()
            | posting.MonthSentBack()
            | posting.MonthChecked()
            | posting.MonthPosted()
            | invitation.UnitsInvited()
            | invitation.StatementRecorded()
            | invitation.PromiseSettled()
        ):
            yield from named_in_posting(event)
        case (
            support.BudgetLineSet()
            | support.ExpenseRecorded()
            | support.ExpenseTakenBack()
            | support.VenueBooked()
            | support.BookingCancelled()
        ):
            yield f"unit/{event.unit}"
        case _:
            yield from named_in_turn(event)
    if isinstance(getattr(event, "person", None), str):
        yield f"member/{event.person}"
    if isinstance(getattr(event, "unit", None), str):
        yield f"unit/{event.unit}"


def _query(event: Any, names: Mapping[str, str]) -> tuple[str, str]:
    """A query by its number, where it is known."""
    number = names.get(dispute.stream_of(event.dispute), "")
    return f"核对申请{number}", f"Query {number}" if number else "The query"


def _said(event: Event, names: Mapping[str, str]) -> tuple[str, str]:
    def who(person: str | None) -> str:
        return names.get(f"member/{person}", person or "")

    def called(stream: str) -> str:
        return names.get(stream, stream)

    def which(unit_id: str | None) -> str:
        return names.get(f"unit/{unit_id}", unit_id or "")

    match event:
        case (
            handling.CourseBegun()
            | handling.CourseMoved()
            | handling.CourseGivenBack()
            | handling.CourseHandedOver()
            | handling.CourseExtended()
            | handling.CoursePaused()
            | handling.CourseResumed()
            | handling.CourseReopened()
            | handling.CourseMigrated()
        ):
            return of_handling(event, names)
        case (
            suggestions.SuggestionMade()
            | suggestions.SuggestionAnswered()
            | suggestions.SuggestionCarriedOut()
            | suggestions.SuggestionWithdrawn()
        ):
            return of_suggestion(event, names)
        case (
            inspections.ProblemNotified()
            | inspections.MendingReported()
            | inspections.ProblemCheckedOff()
            | inspections.ProblemReopened()
            | inspections.ProblemPutOff()
            | inspections.ProblemWithdrawn()
        ):
            return of_inspection(event, names)
        case (
            meeting.MeetingPlanned()
            | meeting.MeetingAmended()
            | meeting.PeopleExpected()
            | meeting.PeopleInvited()
            | meeting.MeetingMoved()
            | meeting.MeetingCalled()
            | meeting.LeaveAsked()
            | meeting.LeaveDecided()
            | meeting.MeetingOpened()
            | meeting.CodeIssued()
            | meeting.PersonCheckedIn()
            | meeting.MeetingClosed()
            | meeting.MeetingReopened()
            | meeting.MeetingCancelled()
        ):
            return of_meeting(event, names)
        case (
            posting.MonthReported()
            | posting.MonthSentBack()
            | posting.MonthChecked()
            | posting.MonthPosted()
        ):
            return of_posting(event, names)
        case (
            invitation.UnitsInvited() | invitation.StatementRecorded() | invitation.PromiseSettled()
        ):
            return of_invitation(event, names)
        case (
            support.BudgetLineSet()
            | support.ExpenseRecorded()
            | support.ExpenseTakenBack()
            | support.VenueBooked()
            | support.BookingCancelled()
        ):
            return of_support(event, names)
        case streams.LedgerOpened(committee=committee):
            return f"开立{committee}的台账", f"The ledger of {committee} was opened"
        case grant.AccessGranted(person=person, role=role, since=since, until=until):
            unit_zh = f"代表{which(event.unit)}" if event.unit else ""
            unit_en = f" for {which(event.unit)}" if event.unit else ""
            spare = ("(备用,应急时启用)", " on standby") if event.standby else ("", "")
            return (
                f"授权{who(person)}{_span(since, until).zh}以{role.zh}身份{unit_zh}办理{spare[0]}:{event.reason}",
                f"{who(person)} may act as {role.en}{unit_en}, {_span(since, until).en}{spare[1]}: {event.reason}",
            )
        case grant.AccessRevoked(person=person, reason=reason):
            return (
                f"收回{who(person)}的授权:{reason}",
                f"A grant of {who(person)} was taken back: {reason}",
            )
        case grant.EmergencyAccessTaken(person=person, role=role, hours=hours, reason=reason):
            return (
                f"{who(person)}启用应急授权,以{role.zh}身份办理{hours}小时:{reason}",
                f"{who(person)} took the role {role.en} for {hours} hours in an emergency: {reason}",
            )
        case erasure.ErasureRequested(subject=subject, basis=basis, reason=reason):
            return (
                f"申请删除{called(subject)}的个人信息({basis.zh}):{reason}",
                f"It was asked to erase what tells of {called(subject)} ({basis.en}): {reason}",
            )
        case erasure.ErasureApproved(subject=subject, due=due):
            return (
                f"批准删除{called(subject)}的个人信息,{due}起可执行",
                f"To erase what tells of {called(subject)} was approved, to be carried out from {due} on",
            )
        case erasure.ErasureCancelled(subject=subject, reason=reason):
            return (
                f"撤销删除{called(subject)}个人信息的申请:{reason}",
                f"What tells of {called(subject)} is not erased after all: {reason}",
            )
        case erasure.ErasureCarriedOut(subject=subject):
            return (
                f"已删除{called(subject)}的个人信息",
                f"What told of {called(subject)} was erased",
            )
        case dispute.DisputeRaised(claim=claim, due=due):
            zh, en = _claimed(claim, called, which)
            number = f"{event.year}-{event.nth}"
            return (
                f"{who(claim.person)}提出核对申请{number}({claim.sort.zh}):{zh};答复期限{due}",
                f"{who(claim.person)} raised query {number}: {en}; to be answered by {due}",
            )
        case dispute.DisputeWithdrawn(person=person, reason=reason):
            zh, en = _query(event, names)
            return (
                f"{who(person)}撤回{zh},理由:{reason}",
                f"{en} of {who(person)} was withdrawn: {reason}",
            )
        case dispute.DisputeDecided(outcome=outcome, reason=reason, deeds=answered):
            zh, en = _query(event, names)
            more_zh, more_en = _answered(answered, called)
            return (
                f"{who(event.person)}的{zh}:{outcome.zh},理由:{reason}{more_zh}",
                f"{en} of {who(event.person)} was answered, {outcome.en}: {reason}{more_en}",
            )
        case dispute.ReviewAsked(person=person, reason=reason, due=due):
            zh, en = _query(event, names)
            return (
                f"{who(person)}就{zh}申请复核,理由:{reason};答复期限{due}",
                f"{who(person)} asked for a review of {en[0].lower()}{en[1:]}: {reason}; to be answered by {due}",
            )
        case dispute.ReviewDecided(outcome=outcome, reason=reason, deeds=answered):
            zh, en = _query(event, names)
            more_zh, more_en = _answered(answered, called)
            return (
                f"{who(event.person)}的{zh}复核结果:{outcome.zh},理由:{reason}{more_zh}",
                f"The review of {en[0].lower()}{en[1:]} of {who(event.person)} was decided, {outcome.en}: {reason}{more_en}",
            )
        case member.Admitted(profile=said):
            return (
                f"{said.name}列入名册({said.standing.zh})",
                f"{said.name} was entered on the roster ({said.standing.en})",
            )
        case member.Described(person=person, reason=reason):
            return (
                f"更正{who(person)}的信息,理由:{reason}",
                f"What is said of {who(person)} was corrected: {reason}",
            )
        case member.Joined(person=person, membership=bound):
            return _joined(who(person), which(bound.unit), bound)
        case member.Left(person=person, bond=bond, unit=unit_id, until=until):
            return (
                f"{who(person)}离开{which(unit_id)}({bond.zh}),最后一日{until}",
                f"{who(person)} left {which(unit_id)} ({bond.en}), last day {until}",
            )
        case member.RoleGiven(person=person, held=held):
            return (
                f"{who(person)}自{held.since}起任{held.role.zh}",
                f"{who(person)} is {held.role.en} from {held.since}",
            )
        case member.RoleEnded(person=person, role=role, until=until):
            return (
                f"{who(person)}不再任{role.zh},最后一日{until}",
                f"{who(person)} is no longer {role.en}, last day {until}",
            )
        case member.Exempted(person=person, exemption=exemption):
            span = _span(exemption.since, exemption.until)
            return (
                f"{who(person)}{span.zh}免于履职:{exemption.reason}",
                f"{who(person)} is free of duties, {span.en}: {exemption.reason}",
            )
        case member.ExemptionEnded(person=person, until=until):
            return (
                f"{who(person)}恢复履职,免于履职至{until}",
                f"Duties are asked of {who(person)} again, free of them until {until}",
            )
        case member.IntervalsCorrected(person=person, wrong=wrong, right=right, reason=reason):
            change = _change(_intervals(wrong, which), _intervals(right, which))
            return (
                f"更正{who(person)}的名册登记,理由:{reason}。{change.zh}",
                f"What was entered of {who(person)} was corrected: {reason}. {change.en}",
            )
        case member.Placed(person=person, placement=placement):
            township, step = which(placement.township), placement.step
            return (
                f"{who(person)}下沉{township}:{step.zh}({placement.on})",
                f"{who(person)} reporting in to {township}: {step.en} ({placement.on})",
            )
        case member.Invited(person=person, step=step, on=on):
            return f"{who(person)}{step.zh}({on})", f"{who(person)}: {step.en} ({on})"
        case member.Dismissed(person=person, on=on, how=how):
            return (
                f"{who(person)}不再担任委员({how.zh}),最后一日{on}",
                f"{who(person)} is no longer a member ({how.en}), last day {on}",
            )
        case member.Readmitted(person=person, term=term):
            return (
                f"{who(person)}自{term.since}起任第{term.number}届委员",
                f"{who(person)} is a member of term {term.number} from {term.since}",
            )
        case unit.UnitOpened(profile=profile, since=since):
            return (
                f"设立{profile.name}({profile.kind.zh}),自{since}",
                f"{profile.name} ({profile.kind.en}) was set up from {since}",
            )
        case unit.UnitDescribed(profile=profile, reason=reason):
            return (
                f"更正{profile.name}的信息,理由:{reason}",
                f"What is said of {profile.name} was corrected: {reason}",
            )
        case unit.UnitMovedOn(unit=unit_id, life=life, on=on):
            return f"{which(unit_id)}{life.zh}({on})", f"{which(unit_id)}: {life.en} ({on})"
        case unit.Appointed(unit=unit_id, appointment=held):
            return (
                f"{who(held.person)}自{held.since}起任{which(unit_id)}{held.office.zh}",
                f"{who(held.person)} is {held.office.en} of {which(unit_id)} from {held.since}",
            )
        case unit.Relieved(unit=unit_id, person=person, office=office, until=until):
            return (
                f"{who(person)}不再任{which(unit_id)}{office.zh},最后一日{until}",
                f"{who(person)} is no longer {office.en} of {which(unit_id)}, last day {until}",
            )
        case unit.AppointmentsCorrected(
            unit=unit_id, wrong=wrong_ones, right=right_ones, reason=reason
        ):
            change = _change(
                [_lasting(who(each.person), each.office, each) for each in wrong_ones],
                [_lasting(who(each.person), each.office, each) for each in right_ones],
            )
            return (
                f"更正{which(unit_id)}的任用,理由:{reason}。{change.zh}",
                f"Appointments of {which(unit_id)} were corrected: {reason}. {change.en}",
            )
        case occasion.OccasionHappened(body=body):
            kind, title, on = _kind(body.details), body.title, body.on
            people, held_by = [f"member/{p.person}" for p in body.participants], body.organiser
            zh = f"{which(held_by)}组织{kind.zh}“{title}”({on})"
            en = f"{kind.en} “{title}” on {on}, held by {which(held_by)}"
            if not people:
                return zh, en
            return f"{zh}:{_list_zh(people, names)}", f"{en}: {_list_en(people, names)}"
        case matter.MatterRecorded(body=body):
            kind, title, on = _kind(body.details), body.title, body.on
            authors = [author.subject for author in body.authors]
            return (
                f"登记{kind.zh}“{title}”({on}):{_list_zh(authors, names)}",
                f"{kind.en} “{title}” of {on} was recorded: {_list_en(authors, names)}",
            )
        case occasion.OccasionAmended(body=body, reason=reason):
            return _amended(body, reason)
        case matter.MatterAmended(body=body, reason=reason):
            return _amended(body, reason)
        case occasion.ParticipantsListed(occasion=own, participants=listed, expected=expected):
            title = called(f"occasion/{own}")
            people = [f"member/{p.person}" for p in listed]
            if not people:
                return (
                    f"“{title}”续列应到{len(expected)}人",
                    f"{len(expected)} more were expected at “{title}”",
                )
            return (
                f"“{title}”续列参加人员:{_list_zh(people, names)}",
                f"More participants of “{title}”: {_list_en(people, names)}",
            )
        case matter.OutcomeReached(matter=own, outcome=outcome):
            title = called(f"matter/{own}")
            level_zh = "" if outcome.level is None else f"({outcome.level.zh})"
            level_en = "" if outcome.level is None else f" ({outcome.level.en})"
            then = outcome.followed
            level_en += "" if then is None else f", followed by: {then.en}"
            level_zh += "" if then is None else f",此后{then.zh}"
            return (
                f"“{title}”{outcome.stage.zh}{level_zh},{outcome.on}",
                f"“{title}”: {outcome.stage.en}{level_en} on {outcome.on}",
            )
        case matter.OutcomeRetracted(matter=own, stage=stage, reason=reason):
            title = called(f"matter/{own}")
            return (
                f"撤回“{title}”的“{stage.zh}”,理由:{reason}",
                f"“{stage.en}” of “{title}” was taken back: {reason}",
            )
        case deed.Confirmed(deed=own, unit=unit_id, people=people):
            lines = [f"member/{each}" for each in people]
            return (
                f"{which(unit_id)}确认“{called(own)}”:{_list_zh(lines, names)}",
                f"{which(unit_id)} confirmed “{called(own)}”: {_list_en(lines, names)}",
            )
        case deed.Returned(
            deed=own, unit=unit_id, people=people, reason=reason, suggestion=suggestion
        ):
            lines = [f"member/{each}" for each in people]
            who_en = _list_en(lines, names)
            zh, en = (
                (f",应当是:{suggestion}", f"; it should say: {suggestion}")
                if suggestion
                else ("", "")
            )
            return (
                f"{which(unit_id)}退回核实“{called(own)}”:{_list_zh(lines, names)},理由:{reason}{zh}",
                f"{which(unit_id)} returned “{called(own)}” for checking: {who_en}: {reason}{en}",
            )
        case deed.Upheld(deed=own, people=people, reason=reason):
            lines = [f"member/{each}" for each in people]
            return (
                f"“{called(own)}”核实维持:{_list_zh(lines, names)},理由:{reason}",
                f"“{called(own)}” was upheld after checking: {_list_en(lines, names)}: {reason}",
            )
        case deed.Withdrawn(deed=own, reason=reason):
            return (
                f"撤回记录“{called(own)}”,理由:{reason}",
                f"The record “{called(own)}” was withdrawn: {reason}",
            )
        case deed.Superseded(deed=own, by=by, reason=reason):
            return (
                f"“{called(own)}”由“{called(by)}”取代,理由:{reason}",
                f"“{called(own)}” was replaced by “{called(by)}”: {reason}",
            )
        case deed.LinkedSame(deed=own, same_as=other, reason=reason):
            because, why = (f",理由:{reason}", f": {reason}") if reason else ("", "")
            return (
                f"“{called(own)}”与“{called(other)}”为同一履职{because}",
                f"“{called(own)}” is the same deed as “{called(other)}”{why}",
            )
        case deed.UnlinkedSame(deed=own, reason=reason):
            return (
                f"“{called(own)}”解除同一履职关联,理由:{reason}",
                f"The link of “{called(own)}” was undone: {reason}",
            )
        case deed.LinkedLedTo(deed=own, source=other, on=on, note=note):
            more, more_en = (f":{note}", f": {note}") if note else ("", "")
            return (
                f"“{called(own)}”由“{called(other)}”促成({on}){more}",
                f"“{called(other)}” led to “{called(own)}” on {on}{more_en}",
            )
        case deed.UnlinkedLedTo(deed=own, source=other, reason=reason):
            return (
                f"取消“{called(own)}”由“{called(other)}”促成,理由:{reason}",
                f"It was taken back that “{called(other)}” led to “{called(own)}”: {reason}",
            )
        case deed.ItemAssigned(deed=own, person=person, item=item, reason=reason):
            return (
                f"{who(person)}的“{called(own)}”计入清单第{item}项,理由:{reason}",
                f"“{called(own)}” of {who(person)} was put in item {item}: {reason}",
            )
        case pairing.Paired(body=body):
            subject = names.get(body.subject, body.subject)
            other = which(body.with_unit) or who(body.with_person) or body.title
            kind = _kind(body.details)
            return (
                f"{subject}{kind.zh}:{other},自{body.since}",
                f"{subject}, {kind.en}: {other}, from {body.since}",
            )
        case pairing.PairingEnded(until=until, reason=reason):
            because = f",理由:{reason}" if reason else ""
            return (
                f"结对结束,最后一日{until}{because}",
                f"The pairing ended, last day {until}{f': {reason}' if reason else ''}",
            )
        case finding.FindingSet(body=body):
            subject = names.get(body.subject, body.subject)
            kind = _kind(body.details)
            return (
                f"{body.body}认定{subject}:{kind.zh}({body.on}),理由:{body.reason}",
                f"{body.body} found of {subject}: {kind.en} ({body.on}): {body.reason}",
            )
        case finding.FindingRevoked(reason=reason):
            return f"撤销认定,理由:{reason}", f"The finding was taken back: {reason}"
        case document.Published(sort=sort, code=code, version=version, since=since):
            return (
                f"发布{sort.zh}{code}第{version}版,自{since}施行",
                f"Version {version} of {sort.en} {code} was published, in force from {since}",
            )
        case document.Repealed(sort=sort, code=code, until=until, reason=reason):
            return (
                f"{sort.zh}{code}废止,最后一日{until},理由:{reason}",
                f"{sort.en} {code} was ended, last day {until}: {reason}",
            )


def _claimed(
    claim: Claim, called: Callable[[str], str], which: Callable[[str | None], str]
) -> tuple[str, str]:
    """What is wrong, doubled or missing."""
    note = (f"。{claim.note}", f". {claim.note}") if claim.note else ("", "")
    match claim.sort:
        case DisputeSort.WRONG:
            zh = f"“{called(claim.deed)}”的{claim.field}应为{claim.should_be}"
            en = f"{claim.field} of “{called(claim.deed)}” should be {claim.should_be}"
        case DisputeSort.DUPLICATE:
            zh = f"“{called(claim.deed)}”与“{called(claim.same_as)}”重复"
            en = f"“{called(claim.deed)}” and “{called(claim.same_as)}” are of one deed"
        case DisputeSort.MISSING:
            kind = KINDS.get(claim.kind)
            missed_zh = claim.what or ("" if kind is None else kind.about.zh)
            missed_en = claim.what or ("" if kind is None else kind.about.en)
            held_by = claim.organised_by if claim.organiser is None else which(claim.organiser)
            zh = f"{claim.on}{held_by}的“{missed_zh}”未登记"
            en = f"“{missed_en}” of {claim.on}, held by {held_by}, is not recorded"
    return f"{zh}{note[0]}", f"{en}{note[1]}"


def _answered(deeds: Sequence[str], called: Callable[[str], str]) -> tuple[str, str]:
    """The records that were corrected or added."""
    if not deeds:
        return "", ""
    titles = [f"“{called(each)}”" for each in deeds]
    return f";更正或补登{'、'.join(titles)}", f"; corrected or added: {', '.join(titles)}"


def _joined(person: str, unit_name: str, bound: Membership) -> tuple[str, str]:
    tie: Choice | None = bound.basis
    tie_zh = "" if tie is None else f",依据{tie.zh}"
    tie_en = "" if tie is None else f", by {tie.en}"
    return (
        f"{person}编入{unit_name}({bound.bond.zh}),自{bound.since}{tie_zh}",
        f"{person} joined {unit_name} ({bound.bond.en}) from {bound.since}{tie_en}",
    )


def _intervals(of: Intervals, which: Callable[[str | None], str]) -> list[Said]:
    """What is said of a person from a day on, one phrase each."""
    return [
        *(
            _lasting("", Said(f"第{each.number}届委员", f"term {each.number}"), each)
            for each in of.terms
        ),
        *(_lasting(which(each.unit), each.bond, each) for each in of.memberships),
        *(_lasting("", each.role, each) for each in of.roles),
        *(_lasting("", Said("免于履职", "free of duties"), each) for each in of.exemptions),
        *(
            Said(
                f"下沉{which(each.township)}{each.step.zh}({each.on})",
                f"{each.step.en} in {which(each.township)} ({each.on})",
            )
            for each in of.placements
        ),
    ]


def _lasting(
    name: str, what: Choice | Said, held: Term | Membership | RoleHeld | Exemption | Appointment
) -> Said:
    """What it is and from when to when."""
    zh_end = f"至{held.until}" if held.until else "起"
    en_end = f"{held.since} to {held.until}" if held.until else f"from {held.since}"
    return Said(f"{name}{what.zh}({held.since}{zh_end})", f"{name} {what.en} ({en_end})".strip())


def _span(since: date, until: date | None) -> Said:
    """From when to when something holds."""
    if until is None:
        return Said(f"自{since}起长期", f"from {since} on")
    return Said(f"自{since}至{until}", f"{since} to {until}")


def _change(before: Sequence[Said], after: Sequence[Said]) -> Said:
    """What was wrong, and what stands instead."""
    wrong_zh, right_zh = "、".join(one.zh for one in before), "、".join(one.zh for one in after)
    wrong_en, right_en = ", ".join(one.en for one in before), ", ".join(one.en for one in after)
    return Said(
        f"原登记:{wrong_zh};更正为:{right_zh or '撤销登记'}",
        f"Entered: {wrong_en}; corrected: {right_en or 'taken back'}",
    )


def _amended(body: Any, reason: str) -> tuple[str, str]:
    kind = _kind(body.details)
    return (
        f"更正{kind.zh}“{body.title}”的记录,理由:{reason}",
        f"The record of {kind.en} “{body.title}” was corrected: {reason}",
    )


def _kind(details: Details) -> Said:
    return Said(details.about.zh, details.about.en)


def _list_zh(subjects: Sequence[str], names: Mapping[str, str]) -> str:
    if len(subjects) > MOST_NAMED:
        return f"{len(subjects)}人"
    return "、".join(_names_of(subjects, names))


def _list_en(subjects: Sequence[str], names: Mapping[str, str]) -> str:
    if len(subjects) > MOST_NAMED:
        return f"{len(subjects)} people"
    return ", ".join(_names_of(subjects, names))


def _names_of(subjects: Iterable[str], names: Mapping[str, str]) -> Iterator[str]:
    return (names.get(subject, subject.partition("/")[2]) for subject in subjects)
