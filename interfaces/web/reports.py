"""The reports: what a committee and its units look at together, each on a page of its own; one page leads to all of them."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Response

from domain.access import Action
from domain.words import Choice
from interfaces.api.door import needs
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import Visiting


class Theme(Choice):
    """What a report is about; the page shows them in this order."""

    HANDLING = "handling", "事项办理", "matters and what became of them"
    YEAR = "year", "年度工作", "the year's work"
    PEOPLE = "people", "委员和联系", "members and who keeps touch with whom"
    STUDIOS = "studios", "工作室和单位", "studios and units"


@dataclass(frozen=True, slots=True)
class Report:
    """A report: where it is, under which heading, what it is called, what it answers, and whom it is open to."""

    path: str
    theme: Theme
    zh: str
    en: str
    answers: tuple[str, str]
    action: Action


REPORTS: tuple[Report, ...] = (
    Report(
        "/dues",
        Theme.HANDLING,
        "待办台账",
        "what is due",
        (
            "哪些事项逾期、临期、已办未告知,在谁手里",
            "what is overdue, due soon or not told, and who has it in hand",
        ),
        Action.SEE_RECORD,
    ),
    Report(
        "/pairings",
        Theme.PEOPLE,
        "结对联系",
        "keeping touch",
        (
            "谁联系谁,本年走访了几次,哪些没有走访",
            "who keeps touch with whom, and which were not visited this year",
        ),
        Action.SEE_RECORD,
    ),
    Report(
        "/lacking",
        Theme.PEOPLE,
        "还没有的委员",
        "whom it is lacking of",
        (
            "哪些委员还没有参加某类履职或结对",
            "members who have not taken part in something yet, or are paired with nobody",
        ),
        Action.SEE_UNIT_FILE,
    ),
    Report(
        "/unlinked",
        Theme.PEOPLE,
        "没有结对的单位和委员",
        "whom no pairing reaches",
        (
            "哪些镇街、工作室、联络委、常委没有领导(委室)联系,哪些领导、专委会和委室没有结对",
            "townships, studios and standing members whom no leader or office keeps touch with; leaders and offices without a pairing",
        ),
        Action.SEE_UNIT_FILE,
    ),
    Report(
        "/responsibility",
        Theme.PEOPLE,
        "三级责任",
        "three levels of responsibility",
        (
            "专委会牵头抓、学习组(界别、工作室)联动抓、责任人具体抓,哪些还没有责任人",
            "committees, the study groups, sectors and studios that each drives, who answers for each, where nobody does",
        ),
        Action.SEE_ROSTER,
    ),
    Report(
        "/joint",
        Theme.YEAR,
        "联合履职",
        "joint activities",
        (
            "个人、团体、联合各多少次;几家合办的只计一次,记入每一家和每一级",
            "how many alone, by groups and jointly; a joint one counts once and is credited to each unit and level",
        ),
        Action.SEE_RECORD,
    ),
    Report(
        "/campaigns",
        Theme.YEAR,
        "专项任务和主题活动",
        "special tasks and campaigns",
        (
            "谁召集、要求什么、谁参加、各做了几天、提供了什么;三走进等主题活动合计多少次、多少人次",
            "who was called to what, who took part and for how many days, what was given; what named campaigns came to",
        ),
        Action.SEE_RECORD,
    ),
    Report(
        "/stories",
        Theme.HANDLING,
        "促成关系",
        "what led to what",
        (
            "议题、协商、建议、文件,哪一件促成了哪一件",
            "which topic, consultation, suggestion or document led to which",
        ),
        Action.SEE_RECORD,
    ),
    Report(
        "/plan",
        Theme.YEAR,
        "年度计划",
        "the year's plan",
        (
            "四季安排、五步、是否举行,各协商层次完成几次、还差几次,一个月与全年并列",
            "what is planned for which quarter and was held, tiers against their quotas, a month beside its year",
        ),
        Action.SEE_RECORD,
    ),
    Report(
        "/topics",
        Theme.YEAR,
        "议题库",
        "topics",
        (
            "五个来源的议题,筛选结果,采用后成了什么",
            "topics from five sources, what was decided, and what they became",
        ),
        Action.SEE_RECORD,
    ),
    Report(
        "/tasks",
        Theme.YEAR,
        "责任清单",
        "the responsibility list",
        (
            "成果转化落实事项由谁负责、何时完成、推进到哪里",
            "whose each result is to carry out, by when, and how far it is",
        ),
        Action.SEE_RECORD,
    ),
    Report(
        "/instructions",
        Theme.HANDLING,
        "批示跟踪",
        "instructions",
        (
            "哪些领导职务的批示,此后列入督办、开专题会、成立专班或推进到哪里,哪些尚无下文",
            "which instructions came from which rank, what followed from each, and from which nothing did",
        ),
        Action.SEE_RECORD,
    ),
    Report(
        "/flows",
        Theme.HANDLING,
        "办理统计",
        "how matters flow",
        (
            "提案、信息、带话等各环节到了多少、办结多少、用了多少天,按单位、镇街、渠道分",
            "how many came in, how far they came, how many are closed and how long it took, by unit, township and channel",
        ),
        Action.SEE_RECORD,
    ),
    Report(
        "/boards",
        Theme.HANDLING,
        "群众诉求看板",
        "what people ask for",
        (
            "微心愿、点单、困难、纠纷、实事:哪些待接、在办、近来办成,多久接",
            "wishes, orders, difficulties, mediations, deeds: what waits, is taken, was done of late, and days to take",
        ),
        Action.SEE_RECORD,
    ),
    Report(
        "/adoption",
        Theme.HANDLING,
        "意见建议采纳落实",
        "what became of suggestions",
        (
            "协商、调研、监督提出多少条建议,采纳多少、落实多少,按层次、单位、年度分",
            "how many suggestions were made, adopted and carried out, by tier, unit and year",
        ),
        Action.SEE_RECORD,
    ),
    Report(
        "/opinion-ledgers",
        Theme.HANDLING,
        "民情信息月台账",
        "month’s ledgers of opinions",
        (
            "各镇街每月收集、采编、转送、采用、反馈多少,哪个月缺零报告",
            "what each township received and what became of it month by month, and months without a word",
        ),
        Action.SEE_RECORD,
    ),
    Report(
        "/figures",
        Theme.YEAR,
        "数据页",
        "pages of figures",
        (
            "各项工作的数字,写明时段和口径,点开看由哪些记录构成,可整句复制",
            "figures of each line of work with their days and what they count, opening what they are made of, ready to be copied",
        ),
        Action.SEE_RECORD,
    ),
    Report(
        "/register",
        Theme.STUDIOS,
        "工作室登记册",
        "register of studios",
        (
            "各类型工作室各有几家,在哪里、谁负责、入驻多少委员、是否验收",
            "how many studios there are of each type, where, who heads them, how many members belong",
        ),
        Action.SEE_ROSTER,
    ),
    Report(
        "/composition",
        Theme.PEOPLE,
        "组成人员",
        "who makes up the committees",
        (
            "各专委会、乡镇(街道)联络委的主任、副主任、委员和非委员,哪些职务空缺,党委何时批准",
            "heads, deputies, members and others of committees, offices that are vacant, when the Party committee approved",
        ),
        Action.SEE_ROSTER,
    ),
    Report(
        "/standards",
        Theme.STUDIOS,
        "达标验收",
        "standards and acceptance",
        (
            "各单位对照标准清单,哪些有佐证、哪些欠缺、哪次验收,问题是否整改",
            "what of a standard each unit has evidence for, what it lacks, when it was accepted",
        ),
        Action.SEE_UNIT_FILE,
    ),
    Report(
        "/inspections",
        Theme.STUDIOS,
        "督查整改台账",
        "inspections",
        (
            "督查、验收了哪些单位,发现的问题哪些已整改、待销号、逾期",
            "which units were inspected, which problems are mended, to be checked, overdue",
        ),
        Action.SEE_UNIT_FILE,
    ),
    Report(
        "/inspections/problems",
        Theme.STUDIOS,
        "待整改、待销号问题",
        "problems that wait",
        (
            "督查发现的问题逐条列出:哪些待整改、何时到期、哪些逾期,哪些等待销号",
            "what inspections found, one by one: by which day each is to be mended, which wait to be checked",
        ),
        Action.SEE_UNIT_FILE,
    ),
    Report(
        "/inspections/bulletin",
        Theme.STUDIOS,
        "督查通报",
        "bulletin of inspections",
        (
            "一段时间的督查通报:问题、逾期、验收、表彰和通报批评,可打印",
            "what inspections of some days found, what is overdue, who passed, was commended or criticised, to print",
        ),
        Action.SEE_UNIT_FILE,
    ),
    Report(
        "/documents-owed",
        Theme.STUDIOS,
        "材料报送情况",
        "documents owed",
        (
            "年度计划、半年报告、总结等,哪些单位缺报、迟报",
            "which units are late with plans, reports and summaries, or have not sent them",
        ),
        Action.SEE_UNIT_FILE,
    ),
    Report(
        "/coverage",
        Theme.STUDIOS,
        "覆盖情况",
        "coverage",
        (
            "哪些镇街、界别没有工作室,哪些村(社区)没有走访到,哪些委员没有入驻",
            "which townships and sectors have no studio, which villages nobody visited",
        ),
        Action.SEE_TOTALS,
    ),
    Report(
        "/wall",
        Theme.STUDIOS,
        "月度晒单",
        "wall of the month",
        (
            "各单位每月自报、核对后晾晒的情况,并排比看,谁迟报、缺报",
            "what units reported of a month and the office posted, side by side; who is late or missing",
        ),
        Action.SEE_RECORD,
    ),
    Report(
        "/compared",
        Theme.STUDIOS,
        "季度首尾受邀",
        "invited of a quarter",
        (
            "季度进度靠前、靠后的单位谁受邀发言、为什么,承诺了什么、是否兑现",
            "which units are invited to speak and why, what they promised and whether it was done",
        ),
        Action.SEE_COMPARED,
    ),
    Report(
        "/report-in",
        Theme.PEOPLE,
        "下沉报到",
        "reporting in",
        (
            "各镇街报到到哪一步、两个日期各有多少委员、依据四地,哪些村(社区)没有委员;应邀的上级委员",
            "steps of reporting in and members by township on two days, by which tie, villages without a member; guests",
        ),
        Action.SEE_ROSTER,
    ),
    Report(
        "/experts",
        Theme.PEOPLE,
        "智库专家",
        "experts",
        (
            "各领域有哪些专家、咨询了几次、答复是否采用,哪些咨询还没有答复",
            "which experts there are in each field, how often they were asked, what was used, which requests wait",
        ),
        Action.SEE_ROSTER,
    ),
    Report(
        "/correspondents",
        Theme.PEOPLE,
        "信息员、撰稿人",
        "correspondents and writers",
        (
            "信息员、情报员、特邀撰稿人报送了多少、采用和刊印了多少,全年采用通报",
            "what correspondents and invited writers submitted, what was taken up or printed, the notice of the year",
        ),
        Action.SEE_ROSTER,
    ),
    Report(
        "/work-log",
        Theme.STUDIOS,
        "工作日志",
        "work log",
        (
            "委员联络服务中心等单位每天办了哪些服务事项,为谁办、多久、结果如何,各类各月多少件",
            "which matters of service a liaison centre or a unit handled, for whom, how long, and what came of them",
        ),
        Action.SEE_UNIT_FILE,
    ),
    Report(
        "/training",
        Theme.YEAR,
        "培训与立案率",
        "trainings and filing",
        (
            "提案写作等培训有多少人参加,参训与未参训委员的提案,培训前后一年各立案多少",
            "how many took part in trainings, and what was filed of proposals with and without a trained author, before and after",
        ),
        Action.SEE_RECORD,
    ),
    Report(
        "/support",
        Theme.STUDIOS,
        "经费和场地",
        "budgets and venues",
        (
            "各单位本年预算多少、用了多少、还剩多少,订了几次场地",
            "what each unit was given, spent and has left in the year, and what venues it booked",
        ),
        Action.SEE_UNIT_FILE,
    ),
)
"""The reports in the order in which they are shown."""


def router() -> APIRouter:
    """The page that leads to every report."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/reports", operation_id="page_reports", openapi_extra=needs(Action.SEE_RECORD))
    def show(visitor: Visiting) -> Response:
        """The reports that are open to whoever looks."""
        open_to = [each for each in REPORTS if visitor.may_ever(each.action.value)]
        themes = [(theme, [each for each in open_to if each.theme is theme]) for theme in Theme]
        return render(visitor, "reports.html", themes=[each for each in themes if each[1]])

    return made
