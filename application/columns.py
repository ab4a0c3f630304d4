"""How people head the columns of their sheets, and which column is meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from types import MappingProxyType

from domain import matter, occasion
from domain.characters import as_compared
from domain.kinds import KINDS, Stage
from domain.kinds.fields import fields_of
from domain.words import Choice


class Column(Choice):
    """Columns that mean something to an import; those named by a kind's own fields come on top."""

    SERIAL = "serial", "序号", "serial number"
    NAME = "name", "姓名"
    SEX = "sex", "性别"
    SECTOR = "sector", "界别"
    COMMITTEE = "committee", "专委会", "special committee"
    GROUP = "group", "编组"
    TOWNSHIP = "township", "镇街"
    STUDIO = "studio", "工作室"
    COMMITTEE_ROLE = "committee_role", "政协职务", "role in the committee"
    STANDING = "standing", "身份"
    MEMBER_CLASS = "member_class", "委员类别", "class of member"
    SYSTEM = "system", "体制内外", "in or outside the public system"
    PARTY = "party", "党派"
    EMPLOYER = "employer", "工作单位"
    POSITION = "position", "职务"
    NOMINATOR = "nominator", "推荐单位"
    PHONE = "phone", "手机"
    SINCE = "since", "任期起", "term since"
    UNTIL = "until", "任期止", "term until"
    TERM = "term", "届次"
    ADDED = "added", "增补"
    MEMBER_NUMBER = "member_number", "委员编号", "number of the member"
    REMARK = "remark", "备注"
    DAY = "day", "日期"
    LAST_DAY = "last_day", "结束日期", "last day"
    KIND = "kind", "类型"
    TITLE = "title", "名称"
    PLACE = "place", "地点"
    ORGANISER = "organiser", "组织单位"
    ATTENDANCE = "attendance", "签到"
    LEAVE = "leave", "请假类别", "kind of leave"
    ROLE = "role", "角色"
    CAPACITY = "capacity", "出席身份"
    SPOKE = "spoke", "发言"
    HALF_DAYS = "half_days", "半天数", "half days"
    AUTHORS = "authors", "作者"
    JOINT_AUTHORS = "joint_authors", "联名", "joint authors"
    OUTCOME = "outcome", "办理结果"
    DECLARED = "declared", "代委员申报", "declared by the member"


_SHARED: Mapping[Column, tuple[str, ...]] = {
    Column.SERIAL: ("no", "no."),
    Column.NAME: (
        "委员姓名",
        "委员",
        "名字",
        "参加人员",
        "参加委员",
        "出席人员",
        "参会人员",
        "参会委员",
        "委员名单",
        "人员姓名",
    ),
    Column.SECTOR: ("所属界别", "界别名称", "所在界别"),
    Column.EMPLOYER: (
        "单位",
        "所在单位",
        "单位名称",
        "工作单位及职务",
        "单位及职务",
        "单位职务",
        "工作单位和职务",
    ),
    Column.PHONE: ("手机号", "手机号码", "联系电话", "电话", "联系方式", "电话号码"),
    Column.REMARK: ("备考", "附注"),
}
_ROSTER: Mapping[Column, tuple[str, ...]] = {
    Column.SEX: (),
    Column.COMMITTEE: ("所属专委会", "联系专委会", "专门委员会", "所在专委会"),
    Column.GROUP: ("所在组", "综合组", "活动组", "小组", "委员组", "所在小组", "活动综合组"),
    Column.TOWNSHIP: (
        "乡镇",
        "街道",
        "乡镇街道",
        "乡镇(街道)",
        "镇(街道)",
        "所在镇街",
        "下沉镇街",
        "所属镇街",
        "下沉乡镇",
        "联系镇街",
        "所在乡镇",
    ),
    Column.STUDIO: (
        "委员工作室",
        "镇街工作室",
        "所属工作室",
        "镇街/工作室",
        "镇街委员工作室",
        "政协委员工作室",
        "下沉工作室",
    ),
    Column.COMMITTEE_ROLE: ("常委", "是否常委", "常委会职务", "政协内职务", "委员职务"),
    Column.STANDING: ("人员身份",),
    Column.MEMBER_CLASS: ("类别", "人员类别"),
    Column.SYSTEM: ("体制", "体制内", "是否体制内", "体制内/外", "体制内外人员"),
    Column.PARTY: ("政治面貌", "党派团体", "所属党派", "党派名称"),
    Column.POSITION: ("职务职称", "行政职务", "职务/职称", "社会职务"),
    Column.NOMINATOR: ("推荐部门", "提名单位", "推荐提名单位"),
    Column.SINCE: ("任职时间", "任职起", "起始日期", "任期开始", "任职日期", "任期起始"),
    Column.UNTIL: ("任期结束", "任职止", "任期终止"),
    Column.TERM: ("届别", "届"),
    Column.ADDED: ("是否增补",),
    Column.MEMBER_NUMBER: ("委员证号", "证号", "编号", "委员证编号", "代码"),
}
_RECORDS: Mapping[Column, tuple[str, ...]] = {
    Column.DAY: (
        "时间",
        "活动日期",
        "活动时间",
        "履职日期",
        "履职时间",
        "会议日期",
        "会议时间",
        "提交日期",
        "提交时间",
        "报送日期",
        "报送时间",
        "开始日期",
        "开展时间",
    ),
    Column.LAST_DAY: ("结束时间", "截止日期"),
    Column.KIND: (
        "履职类型",
        "活动类型",
        "类别",
        "履职类别",
        "活动类别",
        "事项类型",
        "履职项目",
        "种类",
    ),
    Column.TITLE: (
        "主题",
        "题目",
        "标题",
        "活动名称",
        "活动主题",
        "会议名称",
        "内容",
        "履职内容",
        "活动内容",
        "提案题目",
        "提案名称",
        "案由",
        "名称/主题",
        "事项",
        "事由",
    ),
    Column.PLACE: ("活动地点", "会议地点"),
    Column.ORGANISER: (
        "主办单位",
        "组织者",
        "牵头单位",
        "举办单位",
        "召集单位",
        "登记单位",
        "组织部门",
        "组织机构",
    ),
    Column.ATTENDANCE: (
        "出勤",
        "到会",
        "到会情况",
        "出席情况",
        "考勤",
        "签到情况",
        "参加情况",
        "参会情况",
        "是否到会",
        "是否参加",
        "出勤情况",
        "签名",
        "签到/出勤",
    ),
    Column.LEAVE: ("请假类型", "请假事由", "请假原因", "缺席原因", "未到原因"),
    Column.ROLE: ("担任角色", "作用", "参加角色"),
    Column.CAPACITY: ("参加身份", "身份"),
    Column.SPOKE: ("是否发言", "发言情况"),
    Column.HALF_DAYS: ("半天", "半天次数", "时长(半天)"),
    Column.AUTHORS: (
        "第一作者",
        "提案者",
        "提案人",
        "第一提案人",
        "报送人",
        "撰写人",
        "反映委员",
        "提交人",
        "执笔人",
    ),
    Column.JOINT_AUTHORS: ("联名人", "联名委员", "联名者", "其他作者", "合作者", "附议人"),
    Column.OUTCOME: (
        "办理情况",
        "审查结果",
        "立案情况",
        "采用情况",
        "处理结果",
        "采纳情况",
        "处理情况",
    ),
    Column.DECLARED: ("代报", "委员自报", "自报", "是否自报", "是否代报"),
}

RECORD_COLUMNS: tuple[Column, ...] = tuple(dict.fromkeys((*_SHARED, *_RECORDS)))
"""The columns that a list of records may have, beside those of a kind's own fields."""

STAGE_PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "day": ("日期", "时间"),
        "level": ("层级", "级别", "单位"),
        "rank": ("领导", "领导职务"),
        "number": ("文号", "编号"),
        "followed": ("此后情况", "此后", "下文", "跟踪情况"),
        "mark": ("", "情况", "结果"),
    }
)
"""What may follow the name of a stage in a heading: `批示领导` is who gave the instruction, `批示此后情况` what followed from it."""


@lru_cache(maxsize=20_000)
def key_of(text: str) -> str:
    """Text as it is compared: no spaces, no full-width forms, no case, no marks that only say 'required'."""
    return re.sub(r"\((必填|选填|可选|单选)\)|[*:]+$|^\*+", "", as_compared(text))


def without_brackets(key: str) -> str:
    """A key without what stands in brackets."""
    return re.sub(r"\([^)]*\)", "", key)


def _index(*tables: Mapping[Column, Iterable[str]]) -> Mapping[str, Column]:
    return MappingProxyType(
        {
            key_of(word): column
            for table in tables
            for column, words in table.items()
            for word in (column.zh, *words)
        }
    )


_OF_ROSTER = _index(_SHARED, _ROSTER)
_OF_RECORDS = _index(_SHARED, _RECORDS)

KEY_COLUMNS = frozenset(
    key
    for table in (_OF_ROSTER, _OF_RECORDS)
    for key, column in table.items()
    if column in {Column.NAME, Column.AUTHORS, Column.TITLE}
)
"""Keys of the columns of which a record fills at least one."""


def roster_column(heading: str) -> Column | None:
    """The column that a heading means on a roster."""
    return _looked_up(_OF_ROSTER, heading)


def record_column(heading: str) -> Column | None:
    """The column that a heading means on a list of records."""
    return _looked_up(_OF_RECORDS, heading)


def _looked_up(table: Mapping[str, Column], heading: str) -> Column | None:
    key = key_of(heading)
    return table.get(key) or table.get(without_brackets(key))


@lru_cache(maxsize=4_000)
def stage_column(heading: str) -> tuple[Stage, str] | None:
    """The stage of a matter that a heading names, and which part of it (see `STAGE_PARTS`)."""
    return _stages().get(key_of(heading))


@cache
def _stages() -> Mapping[str, tuple[Stage, str]]:
    found: dict[str, tuple[Stage, str]] = {}
    for stage in Stage:
        for part, ends in STAGE_PARTS.items():
            for end in ends:
                for word in {key_of(stage.zh), without_brackets(key_of(stage.zh))}:
                    found.setdefault(word + end, (stage, part))
    return MappingProxyType(found)


@cache
def _all_labels() -> frozenset[str]:
    labels = [label.zh for label in (*occasion.LABELS.values(), *matter.LABELS.values())]
    labels += [field.label.zh for kind in KINDS.values() for field in fields_of(kind)]
    return frozenset(map(key_of, labels))


def is_column(heading: str) -> bool:
    """Whether a cell looks like the heading of a column that an import knows."""
    if not heading or len(heading) > 20:
        return False
    return (
        roster_column(heading) is not None
        or record_column(heading) is not None
        or key_of(heading) in _all_labels()
        or stage_column(heading) is not None
    )
