"""Who acts, and why something may be refused: one closed list of reasons, in two languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

from domain.words import Choice, Label

PersonId = NewType("PersonId", str)
"""A person of the roster: a member, a guest from a higher committee, or a member of staff."""
UnitId = NewType("UnitId", str)


class Role(Choice):
    """In which capacity somebody acts on the ledger."""

    OFFICE = "office", "政协机关", "office of the committee"
    CLERK = "clerk", "记录员", "recording clerk of a unit"
    HEAD = "head", "负责人(召集人)", "head or convenor of a unit"
    MEMBER = "member", "委员本人", "member for himself"
    APPRAISAL = "appraisal", "考核组", "appraisal committee"
    AUDITOR = "auditor", "审计", "auditor"
    CONSUMER = "consumer", "接口用户", "API consumer"


class Via(Choice):
    """Through which door a command came."""

    API = "api", "接口"
    WEB = "web", "网页"
    CLI = "cli", "命令行", "command line"
    IMPORT = "import", "导入"
    PHONE = "phone", "手机"
    PAPER = "paper", "纸质", "on paper, typed in by a clerk"


OF_THE_SYSTEM = frozenset({"office", "operator"})
"""Who acts without standing on a roster: the county office itself, and who works at the machine. Nobody is entered by these names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who is asking: the person, the role and unit he acts in, and for whom if for somebody else."""

    person: PersonId
    role: Role
    unit: UnitId | None = None
    acting_for: PersonId | None = None
    via: Via = Via.API

    @property
    def declares_for(self) -> PersonId | None:
        """Whose own declaration this is: the member's himself, or that of the member for whom somebody types it in."""
        if self.acting_for is not None:
            return self.acting_for
        return self.person if self.role is Role.MEMBER else None

    @property
    def writes(self) -> bool:
        """Whether this role may append at all."""
        return self.role not in _ONLY_READ


_ONLY_READ = frozenset({Role.AUDITOR, Role.CONSUMER})


class Reason(Choice):
    """Why a command was refused. The list is closed; names are part of the API. Each says what to do."""

    MALFORMED = (
        "malformed",
        "格式不正确,请按字段说明修改",
        "is not of the right form; correct it as the field says",
    )
    MISSING = "missing", "必填,请补充", "is required; add it"
    UNKNOWN_FIELD = (
        "unknown_field",
        "没有这个字段,请删除或改名",
        "is not a field here; remove or rename it",
    )
    UNKNOWN_PARAMETER = (
        "unknown_parameter",
        "没有这个查询参数,请删除或改名",
        "is not a parameter here; remove it",
    )
    GIVEN_TWICE = (
        "given_twice",
        "重复给出,请只保留一个",
        "is given more than once; keep one",
    )
    UNKNOWN_COMMAND = (
        "unknown_command",
        "没有这种命令,请按接口说明选择",
        "is not a command here; choose one that the API describes",
    )
    UNKNOWN_KIND = (
        "unknown_kind",
        "没有这种履职类型,请从类型目录中选择",
        "is not a kind of the catalogue; choose one of it",
    )
    WRONG_TAG = (
        "wrong_tag",
        "类型与此处不符(活动、事项不能混用)",
        "is a kind of another shape; use the other command",
    )
    BAD_CHARACTERS = (
        "bad_characters",
        "含有控制字符或双向文字控制符,请删除",
        "holds control or bidirectional characters; delete them",
    )
    BAD_ENCODING = (
        "bad_encoding",
        "不是有效的 UTF-8 文本,请另存为 UTF-8",
        "is not valid UTF-8; save it as UTF-8",
    )
    TOO_LARGE = "too_large", "内容过大,请拆分或缩短", "is too large; split or shorten it"
    TOO_MANY = "too_many", "数量过多,请分批提交", "holds too many entries; send it in parts"
    NO_MORE_PLACES = (
        "no_more_places",
        "超过清单规定的家数,请减少",
        "names more than the list has places for; take some out",
    )
    TOO_DEEP = "too_deep", "嵌套层级过多,请减少层级", "is nested too deeply; use fewer levels"
    TOO_SLOW = (
        "too_slow",
        "发送过慢,未在时限内收完;请在网络好时重试",
        "was sent too slowly and did not arrive in time; try again where the network is better",
    )
    HEADERS_TOO_LARGE = (
        "headers_too_large",
        "请求头或地址过长,请缩短或减少",
        "has headers or an address that are too long; shorten them",
    )
    UNKNOWN_HOST = (
        "unknown_host",
        "不是本服务的主机名,请核对地址,或由运维人员将其加入 LVZHI_HOSTS",
        "is not a host name of this service; check the address, or have its operator add it to LVZHI_HOSTS",
    )
    COMMAND_ID_MISSING = (
        "command_id_missing",
        "缺少命令编号(Idempotency-Key),请为每次操作生成一个编号",
        "needs a command id (Idempotency-Key); mint one for each act",
    )
    COMMAND_ID_REUSED = (
        "command_id_reused",
        "此命令编号已用于另一内容,请换用新编号",
        "was already spent on other content; mint a new one",
    )
    NOT_SIGNED_IN = "not_signed_in", "请先登录或提供令牌", "needs a bearer token"
    NOT_GRANTED = (
        "not_granted",
        "没有以此身份办理的授权(未授、已到期或已收回),请向政协机关申请",
        "is not granted to you, or not any more; ask the office of the committee",
    )
    NOT_ALLOWED = "not_allowed", "当前身份无权进行此操作", "is not open to your role"
    STAYS_ON_PAPER = (
        "stays_on_paper",
        "此事项不录正文,涉密内容和文件不得录入,请清空",
        "is of a matter that stays on paper: enter no word of it and no file; leave it empty",
    )
    SEALED = (
        "sealed",
        "此项对当前身份保密,请留空或改由政协机关、原记录人更正",
        "is sealed from your role; let the office of the committee or the recorder correct it",
    )
    NO_SUCH_LEDGER = "no_such_ledger", "没有这个台账", "no such ledger"
    NAME_ONE = "name_one", "有多个可选,请指明其中一个", "has several to choose from; name one"
    NO_SUCH_PERSON = (
        "no_such_person",
        "名册中没有此人,请核对姓名或先登记",
        "is not on the roster; check the name or register first",
    )
    NO_SUCH_UNIT = (
        "no_such_unit",
        "没有这个单位,请核对名称或先登记",
        "is not a unit here; check the name or register first",
    )
    NO_SUCH_DEED = "no_such_deed", "没有这条履职记录", "no such record"
    NO_SUCH_RUBRIC = "no_such_rubric", "没有这份考核办法", "no such rubric"
    NO_SUCH_CHECKLIST = "no_such_checklist", "没有这份清单", "no such checklist"
    NO_SUCH_POLICY = "no_such_policy", "没有这份双重管理办法", "no such policy of dual management"
    NO_SUCH_RULE = "no_such_rule", "没有这份规则文件", "no such rule document"
    NO_SUCH_TERMS = "no_such_terms", "没有这份用语", "no such words of the committee"
    NO_SUCH_CALENDAR = "no_such_calendar", "没有这份节假日安排", "no such calendar of holidays"
    NO_SUCH_LOOP = "no_such_loop", "没有这个闭环流程", "no such loop"
    NO_SUCH_FIGURES = "no_such_figures", "没有这个数据页", "no such page of figures"
    NO_SUCH_FIGURE = "no_such_figure", "数据页上没有这项数据", "no such figure on the page"
    NO_SUCH_MEETING = "no_such_meeting", "没有这次会议", "no such meeting"
    NO_SUCH_POSTING = (
        "no_such_posting",
        "该单位这个月还没有自报,请先自报",
        "no report of that month by this unit; report it first",
    )
    NOT_INVITED = (
        "not_invited",
        "该单位不在本季度受邀名单中,请先确定名单",
        "is not invited for this quarter; decide who is first",
    )
    NO_SUCH_PROMISE = (
        "no_such_promise",
        "该单位没有这一项承诺,请核对序号",
        "no such promise of this unit; check its number",
    )
    NO_SUCH_BUDGET_LINE = (
        "no_such_budget_line",
        "该单位本年度没有这个预算项目,请先登记预算",
        "is no item of this unit's budget of the year; set the budget line first",
    )
    NO_SUCH_EXPENSE = (
        "no_such_expense",
        "没有这笔支出,或已撤销,请核对序号",
        "is no expense that stands; check its number",
    )
    NO_SUCH_BOOKING = (
        "no_such_booking",
        "没有这次预订,或已取消,请核对序号",
        "is no booking that stands; check its number",
    )
    NOT_IN_YEAR = (
        "not_in_year",
        "日期不在括号中的年度内,请改日期或换年度",
        "lies outside the year in brackets; change the day or the year",
    )
    VENUE_TAKEN = (
        "venue_taken",
        "该场地此时段已被预订(单位见括号),请另选场地或时段,或先取消原预订",
        "is booked for that half day already, by the unit in brackets; choose another venue or time, or cancel that booking",
    )
    NO_SUCH_SUPPORT = (
        "no_such_support",
        "该单位这一年没有经费和场地的登记",
        "no budget or booking is recorded of this unit and year",
    )
    NO_SUCH_CAMPAIGN = (
        "no_such_campaign",
        "这段时间没有这一名称的专项任务或主题活动,请核对名称和起止日期",
        "no special task or campaign of that name on these days: check the name and the days",
    )
    UNITS_NOT_COMPARED = (
        "units_not_compared",
        "本级没有对单位作季度比较,须在清单的 posting 中写明 invites 才能邀请",
        "no comparison of units here: the list has to say under posting how many it invites",
    )
    NO_SUCH_SUGGESTION = (
        "no_such_suggestion",
        "没有这一条意见建议,请核对序号",
        "is not the number of a suggestion here; check it",
    )
    NO_SUCH_PROBLEM = (
        "no_such_problem",
        "这次督查没有这一条问题,请核对序号",
        "is not the number of a problem of this inspection; check it",
    )
    NO_SUCH_ITEM = (
        "no_such_item",
        "该标准清单没有这一项,请核对项号",
        "is not an item of that standard; check its number",
    )
    NOT_INSPECTED = (
        "not_inspected",
        "该单位不在这次督查(验收)的单位之中,请从受检单位中选择",
        "is not a unit that was inspected here; choose one that was",
    )
    SAME_PROBLEM = (
        "same_problem",
        "同一问题列了两次,请删去一条",
        "is listed twice; leave one of them out",
    )
    PROBLEMS_LISTED = (
        "problems_listed",
        "这次督查已逐条登记问题,问题数、整改数和通报、整改环节随问题台账而定,请逐条登记、销号或撤回",
        "follows from the problems that are listed one by one; list, check off or take back those instead",
    )
    AFTER_NOTIFIED = (
        "after_notified",
        "晚于已通报问题的日期,请核对日期;问题登记有误的,请先撤回",
        "lies after a problem of it was notified; check the day, or take back a problem that was listed in error",
    )
    NOT_YOURS_TO_INSPECT = (
        "not_yours_to_inspect",
        "发现问题、销号、延期须由督查单位或政协机关办理,受检单位请登记整改情况",
        "is for whoever inspected or the office; the unit inspected says what it mended",
    )
    NOT_YOURS_TO_MEND = (
        "not_yours_to_mend",
        "整改情况由受检单位的负责人、记录员或督查单位登记",
        "is said by the head or clerk of the unit inspected, or by whoever inspected",
    )
    NO_SUCH_STAGE = (
        "no_such_stage",
        "不是此流程可选的环节,请从所列环节中选择",
        "is not a stage to choose here; choose one of those listed",
    )
    NO_SUCH_PAIRING = "no_such_pairing", "没有这项结对联系", "no such pairing"
    NO_SUCH_FINDING = "no_such_finding", "没有这条认定", "no such finding"
    NO_SUCH_GRANT = "no_such_grant", "没有这项授权", "no such grant"
    NO_SUCH_ERASURE = "no_such_erasure", "没有这项删除申请", "no such erasure"
    NO_SUCH_DISPUTE = "no_such_dispute", "没有这项核对申请", "no such query"
    NO_SUCH_OUTCOME = "no_such_outcome", "没有这项办理结果", "no such outcome on this matter"
    NO_SUCH_FILE = (
        "no_such_file",
        "没有保存这个文件,或此条记录未列入它,请核对",
        "is not kept here, or not named by this record; check it",
    )
    NO_SUCH_PAGE = "no_such_page", "没有这个页面", "no such page"
    NO_SUCH_INTERVAL = (
        "no_such_interval",
        "名册中没有这样一段,请照现状原样填写",
        "is not on the roster in this form; give it exactly as it stands",
    )
    NOT_A_MEMBER_THEN = (
        "not_a_member_then",
        "当日不是本届委员,请核对日期,或按特邀、上级委员登记",
        "was not a member on that day; check the day, or record as a guest",
    )
    NOT_A_PARTICIPANT = (
        "not_a_participant",
        "不在此条记录的人员之中",
        "does not take part in this record",
    )
    IN_FUTURE = "in_future", "日期不能晚于今天", "lies in the future; a record is of what happened"
    WRONG_ORDER = (
        "wrong_order",
        "结束日期早于开始日期,请核对",
        "ends before it starts; check the days",
    )
    BEFORE_SUBMISSION = (
        "before_submission",
        "早于该事项的提交日期,请核对日期",
        "lies before the matter was submitted; check the day",
    )
    NOT_YET = (
        "not_yet",
        "台账还没有到这里,请改用已有的位置、时刻或日期",
        "is further than the ledger has come; ask for a position, an instant or a day that has been",
    )
    UNIT_CLOSED = (
        "unit_closed",
        "该单位当日未设立或已撤销,请选择当日存在的单位",
        "was not open on that day; choose a unit that was",
    )
    UNIT_NOT_OF_KIND = (
        "unit_not_of_kind",
        "此类单位与所填关系不符,请选择相符的单位(例如界别关系只能对界别)",
        "is not the kind of unit that this is said of; choose one that is (a sector bond is to a sector)",
    )
    ALREADY_RECORDED = (
        "already_recorded",
        "此编号已有记录,不能重复登记",
        "is already recorded under this id",
    )
    ALREADY_DONE = "already_done", "已经如此,无需再次操作", "is so already"
    LINKED_TO = (
        "linked_to",
        "已有别的记录关联到此条,请先把它们改为关联到同一条记录",
        "has records linked to it; link those to the other record first",
    )
    NOBODY_SHARED = (
        "nobody_shared",
        "两条记录没有共同的人员,不能关联为同一履职",
        "has nobody in common with this record; the two are not of one deed",
    )
    LINK_THE_OTHER = (
        "link_the_other",
        "以组织单位的登记为准,请将委员自报的那一条关联到此条",
        "was declared by the member: link it to the organiser's record, which settles the two",
    )
    LIKELY_DUPLICATE = (
        "likely_duplicate",
        "可能与已有记录重复,请核对后关联或确认",
        "may repeat a recorded fact; link the two or confirm that they differ",
    )
    ERASED = (
        "erased",
        "个人信息已依法删除,不能再登记有关此人的个人信息",
        "was erased by law: nothing personal is recorded there any more",
    )
    ROLES_APART = (
        "roles_apart",
        "与同一时段的另一授权相抵触:审计与登记、确认、考核不得由同一人兼任",
        "does not go together with another grant of those days: who audits neither records, confirms nor appraises",
    )
    ROLE_NOT_GRANTED = (
        "role_not_granted",
        "无需授权:登录者均可以本人身份办理自己的事",
        "needs no grant: whoever is signed in acts for himself",
    )
    NEEDS_ANOTHER = (
        "needs_another",
        "须由另一人办理:申请、批准不得为同一人,也不得由本人办理自己的",
        "is for somebody else to do: not the one who asked for it, nor the one whom it is about",
    )
    STILL_WAITING = (
        "still_waiting",
        "等待期未满,请在所示日期或之后执行",
        "still waits; carry it out on the day shown or later",
    )
    STILL_A_MEMBER = (
        "still_a_member",
        "仍是本届委员,依法须保留名册信息;有误请更正,不能删除",
        "is a member today, whom the roster must keep; correct what is wrong, it cannot be erased",
    )
    NOT_AT_THIS_STEP = (
        "not_at_this_step",
        "当前环节不能这样办理,请先查看办理情况",
        "is not at the step for this; look how far it has come",
    )
    NOT_IN_A_LOOP = (
        "not_in_a_loop",
        "该事项尚未进入任何流程,请先进入流程",
        "goes round no loop yet; let it into one first",
    )
    LOOP_NOT_OF_KIND = (
        "loop_not_of_kind",
        "此流程不适用于该事项,请另选流程",
        "is not the loop of such a matter; choose another",
    )
    GOES_ROUND_A_LOOP = (
        "goes_round_a_loop",
        "该事项按流程办理,请在流程中办理此环节",
        "is reached by moving the matter in its loop; do it there",
    )
    STAGE_SKIPPED = (
        "stage_skipped",
        "不能跳过环节,请先办理所列环节",
        "cannot be reached from here; go by the stages listed",
    )
    NOT_YOURS_TO_MOVE = (
        "not_yours_to_move",
        "当前身份不能办理此环节,请由所列单位或人员办理",
        "is not for you to move; those whom the loop names do",
    )
    TIME_STANDS_STILL = (
        "time_stands_still",
        "该事项已暂停计时,请先恢复",
        "is paused; let its time run again first",
    )
    TOO_EARLY = (
        "too_early",
        "早于前一环节或开始的日期,请核对日期",
        "lies before what it follows; check the day",
    )
    NOT_LATER = (
        "not_later",
        "应晚于现有期限,请核对日期",
        "has to be later than what is due now; check the day",
    )
    TOO_LATE_TO_GIVE_BACK = (
        "too_late_to_give_back",
        "已过退回期限,请改为移交承办单位",
        "can be given back no longer; hand it over instead",
    )
    NEVER_MEETS = (
        "never_meets",
        "这类会议从未排定或举行,期限无从计算;请先排定会议,或在规则中写明未排定时的期限(otherwise)",
        "is a kind of meeting that was never planned or held, so nothing would be due; plan one first, or say what holds otherwise",
    )
    MEETING_CLOSED = (
        "meeting_closed",
        "该会议已登记出席,请先重新打开再更改",
        "is closed already; reopen it to change its attendance",
    )
    MEETING_TAKEN_BACK = (
        "meeting_taken_back",
        "该会议的出席记录已撤回,不能再办理;请取消该会议,需要举行的另行列入计划",
        "is a meeting whose record was withdrawn; cancel it, and plan it anew where it is to be held",
    )
    MOVE_IT = (
        "move_it",
        "改期请用“会议改期”办理",
        "is the day of the meeting; move the meeting instead",
    )
    NOT_EXPECTED = (
        "not_expected",
        "不在应到名单中,请核对",
        "is not expected at this meeting; check the list",
    )
    NO_LEAVE_ASKED = (
        "no_leave_asked",
        "没有请假申请,请先登记请假",
        "has not asked for leave; enter that first",
    )
    LEAVE_UNDECIDED = (
        "leave_undecided",
        "已申请请假但还没有批,请先办理,或说明其到会情况",
        "has asked for leave that is not decided; decide it, or say how it was with him",
    )
    CODE_UNKNOWN = (
        "code_unknown",
        "签到码不对,或属于另一次会议、已被新码取代;请扫现场的签到码,或请工作人员登记",
        "is not the code of this meeting, or was replaced; use the one shown, or let the clerk enter it",
    )
    CODE_EXPIRED = (
        "code_expired",
        "签到码已过期,请扫新的签到码,或请工作人员登记",
        "has expired; use the new one, or let the clerk enter it",
    )
    CODE_SPENT = (
        "code_spent",
        "您已签到,无需再次签到",
        "was used by you already: you are checked in",
    )
    WITHDRAWN = (
        "withdrawn",
        "该记录已撤回,不能再修改",
        "has been withdrawn; it cannot be changed any more",
    )
    SUPERSEDED = (
        "superseded",
        "该记录已由另一条取代,请改在取代它的那一条上办理",
        "was replaced by another record; turn to that one",
    )
    CHANGED_MEANWHILE = (
        "changed_meanwhile",
        "内容已被他人更改,请刷新后重试",
        "was changed by somebody else; reload and try again",
    )
    VERSION_MISSING = (
        "version_missing",
        "请提供 If-Match 版本",
        "needs If-Match with the version you saw",
    )
    REASON_MISSING = "reason_missing", "请写明理由", "needs a reason"
    SAME_TWICE = "same_twice", "重复列出同一人或同一单位", "lists the same person or unit twice"
    SAME_RECORD = (
        "same_record",
        "就是这条记录本身,请另选一条",
        "is this very record; name another one",
    )
    IN_A_CIRCLE = (
        "in_a_circle",
        "该条本身就是由此条促成的,先后不能倒置",
        "itself came of this record; what led to it cannot have come of it",
    )
    STAGE_NOT_OF_KIND = "stage_not_of_kind", "此类事项没有这个环节", "is not a stage of this kind"
    SUBJECT_NOT_OF_KIND = (
        "subject_not_of_kind",
        "此类履职不能以该对象为主体",
        "cannot be the subject of this kind",
    )
    NOT_YOURS_TO_RECORD = (
        "not_yours_to_record",
        "谁组织谁记录:请由组织单位或政协机关登记",
        "is recorded by its organiser or the office of the committee",
    )
    NOT_YOURS_TO_SPEAK_FOR = (
        "not_yours_to_speak_for",
        "不是本单位的委员,不能代其登记;请由其现在所属单位(界别、工作室、镇街联络机构等)的记录员、负责人,或政协机关代为登记",
        "is not bound to your unit, so what he says is not yours to type in; a clerk or head of a unit that he is bound to today does, or the office",
    )
    HANDLED_BY_YOURS = (
        "handled_by_yours",
        "本单位承办(过)该事项,不能代其作者办理;请由作者本人、其所属的其他单位,或政协机关(未承办时)代为登记",
        "says what the author thinks of what your own unit has or had in hand; he himself, another unit of his, or the office where it handled nothing does",
    )
    NOT_YOURS_TO_CONFIRM = (
        "not_yours_to_confirm",
        "不属于本单位确认的范围",
        "is not for your unit to answer for",
    )
    NOT_A_HEAD = (
        "not_a_head",
        "当前身份不能确认或退回,请由单位负责人(召集人)办理,机关一侧由政协机关办理",
        "is not answered for in your role; a head or convenor does, and the office of the committee for its own side",
    )
    OWN_LINE = (
        "own_line",
        "不能确认本人的记录,请由第二召集人或联系专委会确认",
        "is your own line; the second convenor or the linking committee answers for it",
    )
    OWN_MATTER = (
        "own_matter",
        "是您本人提出的事项,这一步不由作者办理;请由政协机关、受理(登记)单位或承办单位办理,作者只办理流程写明由作者办理的环节",
        "is a matter of your own, and its author does not do this; the office, the unit that it came in through or who has it in hand does; an author reaches those stages alone that the loop lets him reach",
    )
    OWN_RECORDING = (
        "own_recording",
        "不能确认自己登记的记录",
        "was recorded by yourself; somebody else confirms",
    )
    OPEN_DISPUTE = (
        "open_dispute",
        "有核对申请或退回核实尚未办结,请先办理",
        "has a query or a return that is open; decide that first",
    )
    RUBRIC_INVALID = (
        "rubric_invalid",
        "考核办法有误,未发布",
        "the rubric does not hold; nothing was published",
    )
    CASES_DIFFER = (
        "cases_differ",
        "验算结果与算例不符,请核对规则或算例",
        "comes out otherwise than the worked case says; check the rule or the case",
    )
    NOT_A_WORKBOOK = (
        "not_a_workbook",
        "不是有效的 Excel 工作簿,请用 WPS 或 Excel 另存为 xlsx",
        "is not a workbook; save it again as xlsx",
    )
    UNSAFE_WORKBOOK = (
        "unsafe_workbook",
        "含有名单用不着的内容(见括号),请把数据复制到新的空白工作簿,另存为 xlsx 再上传",
        "holds what no list needs (see the brackets); copy the data into a new workbook and save it as xlsx",
    )
    NOT_A_PICTURE = (
        "not_a_picture",
        "不是可保存的图片或文件,或不完整,请上传 JPEG、PNG、WebP 图片或 PDF",
        "is none of the files that are kept, or not whole; send a JPEG, PNG or WebP picture or a PDF",
    )
    TOO_MANY_TODAY = (
        "too_many_today",
        "已达一人一天可上传的数量,请明天再传",
        "is as many as one person may send in a day; go on tomorrow",
    )
    NO_SUCH_SHEET = (
        "no_such_sheet",
        "没有这个工作表,请从括号中所列的工作表中选择",
        "is not a sheet of this workbook; choose one of those in brackets",
    )
    NO_SUCH_ROW = (
        "no_such_row",
        "本表没有这一行,请按表中的行号填写",
        "is not a row of the sheet; give row numbers as the sheet shows them",
    )
    NO_SUCH_BATCH = (
        "no_such_batch",
        "没有这个导入批次,请从导入记录中选择",
        "is no batch of this ledger; choose one of the list of imports",
    )
    ROSTER_STAYS = (
        "roster_stays",
        "名册导入不能整批撤销,请在名册中逐人更正(已有记录以其为据)",
        "is an import of the roster, on which records rest; correct the people and units one by one",
    )
    BROKEN_CSV = (
        "broken_csv",
        "CSV 引号不成对,请检查所指行",
        "has broken quoting; look at the row named",
    )
    NO_HEADER = (
        "no_header",
        "找不到表头行,请保留姓名、日期等列名",
        "has no header row that can be recognised",
    )
    NOT_THE_SAME = (
        "not_the_same",
        "在各台账中不是同一人或同一单位,请按台账分别办理",
        "is not the same person or unit in every ledger; do it for each ledger apart",
    )
    RESERVED = (
        "reserved",
        "是系统自用的编号,请另选一个",
        "is a number that the system uses itself; choose another",
    )
    AMBIGUOUS_NAME = (
        "ambiguous_name",
        "有多人同名,请补充界别或单位",
        "fits several people; add the sector or employer",
    )
    SEALS_DIFFER = (
        "seals_differ",
        "台账与封存不符,已停止封存和签名,请由审计人员核查",
        "does not fit what was sealed; sealing and signing have stopped, let an auditor look",
    )
    NOT_SEALED = (
        "not_sealed",
        "尚未封存到这里,请稍后再试",
        "is not sealed that far; try again shortly",
    )
    BAD_EVIDENCE = (
        "bad_evidence",
        "不成立或格式不对,请核对文件和公钥",
        "does not hold or is not of the right form; check the file and the key",
    )
    BUSY = "busy", "系统繁忙,请稍后重试", "the service is busy; try again shortly"
    NOT_POSTGRESQL = (
        "not_postgresql",
        "不是 PostgreSQL 地址,应以 postgresql:// 开头",
        "is not the address of a PostgreSQL database; it begins with postgresql://",
    )
    DAMAGED = (
        "damaged",
        "台账文件已损坏或不是台账文件,请从备份恢复",
        "is damaged or no ledger; restore it from a backup",
    )
    KEYS_UNDER_OLDER = (
        "keys_under_older",
        "还有钥匙由旧主密钥保护,旧主密钥未删除;请再运行一次 lvzhi keys rotate --forget-old,若不是这里的台账,请先把该文件移出钥匙目录",
        "holds keys that an older master key wraps, and none was deleted; run lvzhi keys rotate --forget-old again, or move the file away if it is of no ledger here",
    )
    KEYS_MISSING = (
        "keys_missing",
        "的内容打不开:钥匙不在(例如放回了较旧的钥匙备份)。请放回较新的备份;若已没有,见 lvzhi keys lost",
        "cannot be opened: its key is not there (such as after an older backup of keys was put back); put back a newer one, or see lvzhi keys lost",
    )
    READ_MODEL_DAMAGED = (
        "read_model_damaged",
        "查询库文件已损坏,请停止服务后删除该文件,下次读取时会自动重建",
        "is damaged, and holds nothing but answers; stop the service and delete it, and it is made anew",
    )
    UNSAFE_SETTING = (
        "unsafe_setting",
        "不宜用于正式运行(LVZHI_PRODUCTION),请按括号中所说设置后再启动",
        "is not safe in production (LVZHI_PRODUCTION); set it as the brackets say and start again",
    )
    PORT_TAKEN = (
        "port_taken",
        "端口已被占用,请换一个端口,或先停止占用它的程序",
        "is in use already; choose another port, or stop what uses it",
    )
    WRONG_SIGN_IN = (
        "wrong_sign_in",
        "登录名或密码不对,请核对后重试,或请管理员重设密码",
        "name or password is not right; check both, or have the password reset",
    )
    CODE_NEEDED = (
        "code_needed",
        "此账号启用了动态验证码,请一并填写",
        "needs the code of your second factor as well; add it",
    )
    WRONG_CODE = (
        "wrong_code",
        "验证码不对、已过时或已用过,请等下一个验证码",
        "is not right, too old or spent; wait for the next code",
    )
    TOO_SOON = (
        "too_soon",
        "失败次数较多,请等待所示秒数后再试",
        "comes too soon after failures; wait for as many seconds as it says",
    )
    SHOW_AGAIN = (
        "show_again",
        "此操作需要再次验证身份,请重新输入密码或验证码",
        "needs you to show again who you are; give your password or code once more",
    )
    CROSS_SITE = (
        "cross_site",
        "请求不是从本系统的页面发出,请刷新页面后重试",
        "was not sent from a page of this service; reload the page and try again",
    )
    WEAK_PASSWORD = (
        "weak_password",
        "密码太常见或包含登录名,请另设一个",
        "is a common password or holds the login name; choose another",
    )
    NAME_TAKEN = (
        "name_taken",
        "已被其他账号使用,请另选一个",
        "belongs to another account; choose another",
    )
    LINK_SPENT = (
        "link_spent",
        "链接无效、已过期或已用过,请管理员重新发给",
        "is not valid, too old or spent; have a new link sent",
    )
    NOT_LINKED = (
        "not_linked",
        "此外部身份尚未关联账号,请先用邀请链接关联",
        "is an outside identity that belongs to no account; link it by an invitation first",
    )
    PROVIDER_FAILED = (
        "provider_failed",
        "统一身份认证未成功,请重新登录;仍不成功请联系运维人员",
        "sign-in by the identity provider did not hold; start it again, or ask the operator",
    )
    NO_SUCH_ACCOUNT = (
        "no_such_account",
        "没有这个账号,请核对",
        "is not an account here; check it",
    )
    LINKED_ELSEWHERE = (
        "linked_elsewhere",
        "此账号也用于其他台账,不能由本台账重设或启用;可以停用它在本台账的关联,其余请运维人员办理",
        "is used in other ledgers too and cannot be reset from this one; unlink it here, or ask the operator",
    )
    NO_SUCH_KEY = (
        "no_such_key",
        "没有这把密钥或这个会话,请从列表中选择",
        "is not a key or session here; choose one of the list",
    )
    NOT_PREPARED = (
        "not_prepared",
        "数据库中的表尚未建立或版本不符,请由数据库所有者运行 lvzhi database prepare --for 服务账号",
        "the tables of the database are missing or of another version; have its owner run lvzhi database prepare --for ROLE",
    )
    NEWER_LAYOUT = (
        "newer_layout",
        "账号库由更新的版本写成,请升级程序后再启动",
        "was written by a newer version; upgrade the program and start again",
    )
    WRONG_KEY_FILE = (
        "wrong_key_file",
        "密钥文件不对或缺少其中的密钥,请从备份恢复",
        "is no file of keys, or lacks one that is needed; restore it from a backup",
    )
    UNAVAILABLE = (
        "unavailable",
        "暂时无法读写数据,请稍后重试(同一编号不会重复登记)",
        "storage cannot be reached; try again with the same command id",
    )


@dataclass(unsafe_hash=True)
class Refused(Exception):
    """A command that may not be carried out.

    `field` is a JSON pointer (or row and column) to what is wrong, `about` what was given, `wanted` what should have been.
    """

    reason: Reason
    field: str = ""
    about: str = ""
    others: tuple[Refused, ...] = ()
    wanted: Label | None = None

    def __str__(self) -> str:
        return f"{self.zh} / {self.en}"

    @property
    def zh(self) -> str:
        """The refusal as a Chinese sentence."""
        wanted = "" if self.wanted is None else f"(应为 {self.wanted.zh})"
        return self._sentence(self.reason.zh, ":") + wanted

    @property
    def en(self) -> str:
        """The refusal as an English sentence."""
        wanted = "" if self.wanted is None else f" (should be {self.wanted.en})"
        return self._sentence(self.reason.en, ": ") + wanted

    def _sentence(self, words: str, colon: str) -> str:
        subject = " ".join(part for part in (self.field, self.about) if part)
        return f"{subject}{colon}{words}" if subject else words


def no_longer_than(longest: int, text: str, field: str) -> None:
    """Refuse a text of more characters than it may have."""
    if len(text) > longest:
        raise Refused(Reason.TOO_LARGE, field, f"{len(text)} > {longest}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """Something worth a look that does not stop a command; `deed` links to the record that it may repeat."""

    reason: Reason
    field: str = ""
    deed: str = ""
