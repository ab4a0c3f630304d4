"""All pages."""

from __future__ import annotations

from fastapi import APIRouter

from interfaces.web import (
    accounts,
    assets,
    browsing,
    deed,
    grading,
    granting,
    heat,
    home,
    importing,
    keeping,
    lists,
    member,
    overseeing,
    own_account,
    publishing,
    queries,
    queue,
    recording,
    rubrics,
    signing,
    units,
)


def router() -> APIRouter:
    """The routes of all pages, and of what pages carry along."""
    made = APIRouter()
    for each in (
        assets,
        signing,
        home,
        recording,
        deed,
        queue,
        queries,
        member,
        rubrics,  # before the page of any document, which has a rubric's address too
        lists,
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
        units,
    ):
        made.include_router(each.router())
    return made
