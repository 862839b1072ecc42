"""The audit trail as people read it: who changed what, when, from where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from yibenzhang.office.access import ROLE, Actor
from yibenzhang.office.models import ZONE, Audit, Role

ACTIONS = {
    "season.new": "建立公开季",
    "season.change": "修改公开季",
    "season.close": "结束公开季",
    "season.reopen": "重新打开公开季",
    "season.recheck": "按新版重新检查",
    "roster.import": "导入名录",
    "roster.add": "名录增加单位",
    "roster.remove": "名录删除单位",
    "entry.change": "修改日期和网址",
    "entry.assign": "分派审核人",
    "entry.due": "一并改最晚公开",
    "entry.undo": "撤销一批改动",
    "entry.remind": "催报",
    "file.in": "交文件",
    "profile.correct": "改正识别信息",
    "submission.again": "重新检查",
    "submission.accept": "审核通过",
    "submission.close": "自动通过",
    "submission.move": "移到另一季",
    "submission.unaccept": "撤回通过",
    "submission.return": "退回",
    "submission.withdraw": "作废",
    "template.save": "修改通知模板",
    "matter.confirmed": "确认问题",
    "matter.dismissed": "排除问题",
    "matter.reopened": "重新打开问题",
    "matter.solved": "问题已改好",
    "matter.added": "补充问题",
    "unchecked.tick": "人工核对",
    "unchecked.untick": "取消人工核对",
    "request.apply": "提出共享申请",
    "request.step": "办理共享申请",
    "request.usage": "导入使用记录",
    "project.import": "导入项目的表",
    "project.undo": "撤销导入",
    "project.link": "确认项目归并",
    "ledger.body": "确认单位的沿革",
    "ledger.take": "收进账本",
    "project.record": "填报绩效",
    "user.add": "新建账号",
    "user.change": "修改账号",
    "user.disable": "停用账号",
    "user.enable": "启用账号",
    "user.reset": "重设密码",
    "user.import": "批量建账号",
    "user.password": "修改自己的密码",
    "login.in": "登录",
    "login.out": "退出",
    "login.failed": "登录失败",
    "login.limited": "登录失败过多",
    "login.ended": "结束登录",
    "factor.on": "启用动态验证码",
    "factor.off": "取消动态验证码",
    "factor.codes": "换恢复码",
    "factor.failed": "动态验证码不对",
    "factor.recovered": "用恢复码登录",
    "token.new": "新建接口密钥",
    "token.end": "停用接口密钥",
}
SUBJECTS = {
    "season": "公开季",
    "entry": "名录单位",
    "submission": "文件",
    "matter": "问题",
    "notice": "通知",
    "request": "共享申请",
    "user": "账号",
    "token": "接口密钥",
}
_KEYS = {
    "name": "名称",
    "role": "角色",
    "body": "单位",
    "shown": "姓名",
    "reason": "理由",
    "rule": "规则",
    "words": "内容",
    "leaf": "第几页",
    "added": "新增",
    "count": "份数",
    "version": "版本",
    "changed": "更新",
    "size": "字节",
    "sha256": "校验值",
    "approved_on": "批复日期",
    "due_on": "最晚公开",
    "published_on": "实际公开",
    "published_url": "公开网址",
    "entry": "名录行",
    "corrected": "改正",
    "fiscal_year": "年度",
    "stage": "阶段",
    "level": "级次",
    "region": "地区",
    "accepted": "已确认",
    "key": "项目",
    "notice": "通知",
    "matters": "问题数",
    "number": "文号",
    "contact": "联系人",
    "draft": "自查稿",
    "renewed": "重发密码",
    "refused": "没有导入",
    "days": "公开天数",
    "season": "公开季",
    "step": "步骤",
}
_VALUES = {
    **ROLE,
    "budget": "预算",
    "accounts": "决算",
    "unit": "单位",
    "True": "是",
    "False": "否",
    "None": "空",
    "": "空",
}
MOST = 50_000
"""Entries handed out at one go."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for. ``until`` is the last day, in China, that still counts."""

    person: str = ""
    action: str = ""
    subject: str = ""
    subject_id: int | None = None
    since: date | None = None
    until: date | None = None


def trail(
    session: Session, actor: Actor, asked: Asked, start: int, count: int
) -> tuple[list[dict[str, Any]], int]:
    """The entries asked for, newest first, from position ``start``; and how many there are in all."""
    actor.must(Role.HEAD)
    wanted = list(_wanted(asked))
    total = session.scalar(select(func.count()).select_from(Audit).where(*wanted)) or 0
    found = select(Audit).where(*wanted).order_by(Audit.id.desc()).offset(start).limit(min(count, MOST))
    return [_row(a) for a in session.scalars(found)], total


def _wanted(asked: Asked) -> list[ColumnElement[bool]]:
    out: list[ColumnElement[bool]] = []
    if asked.person:
        out.append(Audit.who.contains(asked.person, autoescape=True))
    if asked.action:
        out.append(Audit.action == asked.action)
    if asked.subject:
        out.append(Audit.subject == asked.subject)
    if asked.subject_id is not None:
        out.append(Audit.subject_id == asked.subject_id)
    if asked.since:
        out.append(Audit.at >= _midnight(asked.since))
    if asked.until and asked.until < date.max:
        out.append(Audit.at < _midnight(asked.until + timedelta(days=1)))
    return out


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


def _row(a: Audit) -> dict[str, Any]:
    return {
        "id": a.id,
        "at": a.at,
        "who": a.who,
        "action": a.action,
        "action_name": ACTIONS.get(a.action, a.action),
        "subject": a.subject,
        "subject_id": a.subject_id,
        "subject_name": SUBJECTS.get(a.subject, a.subject),
        "words": in_words(a.detail or {}),
        "detail": a.detail or {},
        "address": a.address,
    }


def in_words(detail: Mapping[str, Any]) -> str:
    """What an entry tells, in one line; of a change only what changed."""
    before, after = detail.get("before"), detail.get("after")
    stated = [
        f"{_KEYS.get(k, k)}：{_word(v)}"
        for k, v in detail.items()
        if k not in ("before", "after", "sha256", "key", "batch", "lines") and v not in ("", None)
    ]
    if isinstance(before, dict) and isinstance(after, dict):
        keys = dict.fromkeys([*before, *after])
        stated += [
            f"{_KEYS.get(k, k)}：{_word(before.get(k))} → {_word(after.get(k))}"
            for k in keys
            if before.get(k) != after.get(k)
        ]
    return "；".join(stated)


def _word(value: Any) -> str:
    if isinstance(value, dict):
        return "、".join(f"{_KEYS.get(k, k)} {_word(v)}" for k, v in value.items()) or "空"
    if isinstance(value, list):
        return "、".join(_word(v) for v in value) or "空"
    return _VALUES.get(str(value), str(value))
