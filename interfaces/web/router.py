"""All pages."""

from __future__ import annotations

from fastapi import APIRouter

from interfaces.web import (
    accounts,
    assets,
    attending,
    browsing,
    deed,
    dues,
    grading,
    granting,
    handling,
    heat,
    home,
    importing,
    joint,
    keeping,
    leading,
    lists,
    meetings,
    member,
    overseeing,
    own_account,
    planning,
    publishing,
    queries,
    queue,
    recording,
    reports,
    rubrics,
    same,
    signing,
    stories,
    touch,
    units,
    year,
)


def router() -> APIRouter:
    """The routes of all pages, and of what pages carry along; the page of any document comes after those of rubrics."""
    made = APIRouter()
    for each in (
        assets,
        signing,
        home,
        recording,
        deed,
        dues,
        year,
        handling,
        planning,
        meetings,
        attending,
        same,
        leading,
        stories,
        joint,
        queue,
        queries,
        member,
        importing,
        overseeing,
        keeping,
        accounts,
        own_account,
        granting,
        publishing,
        browsing,
        grading,
        heat,
        reports,
        rubrics,
        units,
        touch,
        lists,
    ):
        made.include_router(each.router())
    return made
