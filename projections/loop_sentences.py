"""One sentence in Chinese and one in English on every turn of a meeting and of a matter on its way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from domain import handling, inspection, meeting, suggestion
from domain.course import Move
from domain.handling import HandlingEvent
from domain.inspection import InspectionEvent
from domain.loop import Holder
from domain.meeting import MeetingEvent
from domain.suggestion import SuggestionEvent

Both = tuple[str, str]


def named_in_turn(event: Any) -> Iterator[str]:
    """The streams of people and units that such a sentence names."""
    match event:
        case handling.CourseMoved(move=move):
            yield f"matter/{event.matter}"
            yield from _units((move.holder, *move.co_holders))
        case handling.CourseHandedOver(holder=holder, co_holders=co_holders):
            yield f"matter/{event.matter}"
            yield from _units((holder, *co_holders))
        case meeting.MeetingPlanned(body=body) | meeting.MeetingAmended(body=body):
            yield f"unit/{body.organiser}"
        case _:
            if (matter := getattr(event, "matter", "")) and isinstance(matter, str):
                yield f"matter/{matter}"
            if (held := getattr(event, "meeting", "")) and isinstance(held, str):
                yield f"meeting/{held}"


def _units(holders: tuple[Holder | None, ...]) -> Iterator[str]:
    for each in holders:
        if each is not None and each.unit is not None:
            yield f"unit/{each.unit}"


def of_handling(event: HandlingEvent, names: Mapping[str, str]) -> Both:
    """What became of a matter."""
    title = names.get(f"matter/{event.matter}", event.matter)
    zh, en = f"“{title}”", f"“{title}”"
    match event:
        case handling.CourseBegun(called=called, on=on):
            return f"{zh}进入流程:{called.zh}({on})", f"{en} entered its loop: {called.en} ({on})"
        case handling.CourseMoved(move=move, called=called):
            more_zh, more_en = _move(move, names)
            return (
                f"{zh}{called.zh}({move.on}){more_zh}",
                f"{en}: {called.en} ({move.on}){more_en}",
            )
        case handling.CourseGivenBack(called=called, on=on, reason=reason):
            return (
                f"{zh}因交办不当退回至{called.zh}({on}),理由:{reason}",
                f"{en} was given back to: {called.en} ({on}): {reason}",
            )
        case handling.CourseHandedOver(on=on, holder=holder, reason=reason):
            who = _holder(holder, names)
            return (
                f"{zh}移交{who}办理({on}),理由:{reason}",
                f"{en} was handed over to {who} ({on}): {reason}",
            )
        case handling.CourseExtended(called=called, until=until, reason=reason):
            return (
                f"{zh}{called.zh}延期至{until},经{event.consented_by}同意,理由:{reason}",
                f"{en}: {called.en} may be reached until {until}, with the consent of {event.consented_by}: {reason}",
            )
        case handling.CoursePaused(on=on, reason=reason, consented_by=consented_by):
            return (
                f"{zh}自{on}起暂停计时,经{consented_by}同意,理由:{reason}",
                f"The time of {en} stands still from {on}, with the consent of {consented_by}: {reason}",
            )
        case handling.CourseResumed(on=on):
            return f"{zh}自{on}起恢复计时", f"The time of {en} runs again from {on}"
        case handling.CourseReopened(called=called, on=on, reason=reason):
            return (
                f"{zh}退回至{called.zh}重新办理({on}),理由:{reason}",
                f"{en} was set back to: {called.en} ({on}): {reason}",
            )
        case handling.CourseMigrated(version=version, reason=reason):
            return (
                f"{zh}改按流程的{version}版办理,理由:{reason}",
                f"{en} goes on by version {version} of its loop: {reason}",
            )


def of_suggestion(event: SuggestionEvent, names: Mapping[str, str]) -> Both:
    """What became of a suggestion, by its number: what it says stands on the matter."""
    title = names.get(f"matter/{event.matter}", event.matter)
    zh, en = f"“{title}”第{event.number}条意见建议", f"Suggestion {event.number} of “{title}”"
    match event:
        case suggestion.SuggestionMade(on=on):
            return f"登记{zh}({on})", f"{en} was made on {on}"
        case suggestion.SuggestionAnswered(answer=answer, answered_by=by, on=on, reason=reason):
            why_zh, why_en = (f",理由:{reason}", f": {reason}") if reason else ("", "")
            return (
                f"{zh}:{by}答复{answer.zh}({on}){why_zh}",
                f"{en} was answered by {by} on {on}, {answer.en}{why_en}",
            )
        case suggestion.SuggestionCarriedOut(on=on, outcome=outcome):
            more_zh, more_en = (f":{outcome}", f": {outcome}") if outcome else ("", "")
            return f"{zh}已落实({on}){more_zh}", f"{en} was carried out on {on}{more_en}"
        case suggestion.SuggestionWithdrawn(reason=reason):
            return f"撤回{zh},理由:{reason}", f"{en} was taken back: {reason}"


def of_inspection(event: InspectionEvent, names: Mapping[str, str]) -> Both:
    """What became of a problem that an inspection found, by its number: what it says stands on the matter."""
    title = names.get(f"matter/{event.matter}", event.matter)
    zh, en = f"“{title}”第{event.number}条问题", f"Problem {event.number} of “{title}”"
    match event:
        case inspection.ProblemNotified(on=on, mend_by=by):
            by_zh, by_en = (f",限{by}前整改", f", to be mended by {by}") if by else ("", "")
            return f"通报{zh}({on}){by_zh}", f"{en} was notified on {on}{by_en}"
        case inspection.MendingReported(mending=mending, on=on, evidence=evidence):
            number = len(evidence)
            with_zh, with_en = (
                (f",佐证{number}份", f", with {number} pieces of evidence") if number else ("", "")
            )
            return (
                f"{zh}:受检单位报{mending.zh}({on}){with_zh}",
                f"{en}: {mending.en}, said on {on}{with_en}",
            )
        case inspection.ProblemCheckedOff(on=on):
            return f"{zh}已销号({on})", f"{en} was checked off on {on}"
        case inspection.ProblemReopened(reason=reason):
            return f"{zh}退回重新整改,理由:{reason}", f"{en} is to be mended again: {reason}"
        case inspection.ProblemPutOff(mend_by=by, reason=reason):
            return f"{zh}改为{by}前整改,理由:{reason}", f"{en} may be mended by {by}: {reason}"
        case inspection.ProblemWithdrawn(reason=reason):
            return f"撤回{zh},理由:{reason}", f"{en} was taken back: {reason}"


def _move(move: Move, names: Mapping[str, str]) -> Both:
    """What is said besides, without the note: what somebody wrote stands on the matter itself."""
    zh: list[str] = []
    en: list[str] = []
    if move.holder is not None:
        who = _holder(move.holder, names)
        zh.append(f"承办:{who}")
        en.append(f"to be handled by {who}")
    choices = (move.level, move.way, move.obstacle, move.reply_class, move.satisfaction)
    for choice in (*choices, move.followed):
        if choice is not None:
            zh.append(choice.zh)
            en.append(choice.en)
    for said in (move.rank, move.document):
        if said:
            zh.append(said)
            en.append(said)
    return (f",{','.join(zh)}", f", {', '.join(en)}") if zh else ("", "")


def _holder(holder: Holder, names: Mapping[str, str]) -> str:
    return holder.name or names.get(f"unit/{holder.unit}", str(holder.unit))


def of_meeting(event: MeetingEvent, names: Mapping[str, str]) -> Both:
    """What became of a meeting."""
    title = names.get(f"meeting/{event.meeting}", event.meeting)
    zh, en = f"“{title}”", f"“{title}”"
    match event:
        case meeting.MeetingPlanned(body=body):
            by = names.get(f"unit/{body.organiser}", body.organiser)
            return (
                f"{by}计划于{body.on}举行“{body.title}”",
                f"{by} plans “{body.title}” for {body.on}",
            )
        case meeting.MeetingAmended(body=body, reason=reason):
            return (
                f"更正会议计划“{body.title}”,理由:{reason}",
                f"The plan of “{body.title}” was corrected: {reason}",
            )
        case meeting.PeopleExpected(people=people, anew=anew):
            number = len(people)
            return (
                f"{zh}应到{'' if anew else '另有'}{number}人",
                f"{en} expects {number}{'' if anew else ' more'}",
            )
        case meeting.MeetingMoved(was=was, on=on, reason=reason):
            return (
                f"{zh}由{was}改至{on},理由:{reason}",
                f"{en} was moved from {was} to {on}: {reason}",
            )
        case meeting.MeetingCalled(notice=notice):
            return f"{zh}已发通知{notice}", f"{en} was called {notice}".rstrip()
        case meeting.LeaveAsked(person=person):
            who = names.get(f"member/{person}", person)
            return f"{who}就{zh}请假", f"{who} asked for leave from {en}"
        case meeting.LeaveDecided(person=person, granted=granted, by=by):
            who = names.get(f"member/{person}", person)
            return (
                f"{by}{'准予' if granted else '未准'}{who}就{zh}请假",
                f"{by} {'granted' if granted else 'refused'} {who} leave from {en}",
            )
        case meeting.MeetingOpened():
            return f"{zh}开始签到", f"{en} was opened for check-in"
        case meeting.CodeIssued():
            return f"{zh}启用新的签到码", f"{en} has a new check-in code"
        case meeting.PersonCheckedIn(person=person, by_code=by_code):
            who = names.get(f"member/{person}", person)
            return (
                f"{who}在{zh}{'扫码签到' if by_code else '由工作人员登记签到'}",
                f"{who} checked in at {en} {'by code' if by_code else 'by hand of the clerk'}",
            )
        case meeting.MeetingClosed():
            return f"{zh}登记出席完毕", f"The attendance of {en} was recorded"
        case meeting.MeetingReopened(reason=reason):
            return (
                f"{zh}重新登记出席,理由:{reason}",
                f"The attendance of {en} was opened again: {reason}",
            )
        case meeting.MeetingCancelled(reason=reason):
            return f"{zh}取消,理由:{reason}", f"{en} was cancelled: {reason}"
