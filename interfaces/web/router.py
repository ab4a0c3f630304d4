"""All pages."""

from __future__ import annotations

from fastapi import APIRouter

from interfaces.web import (
    accounts,
    assets,
    attending,
    browsing,
    comparing,
    deed,
    dues,
    grading,
    granting,
    handing_over,
    handling,
    heat,
    home,
    importing,
    keeping,
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
    studios,
    units,
    walls,
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
        handling,
        planning,
        meetings,
        attending,
        same,
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
        studios,
        walls,
        handing_over,
        comparing,
        units,
        lists,
    ):
        made.include_router(each.router())
    return made
