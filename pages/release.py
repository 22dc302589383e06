"""What exactly leaves, and who can open it: the checklist, the columns, the package."""

from __future__ import annotations

import streamlit as st

from anonymiser import story
from pages.common import (
    access,
    approvals,
    checklist,
    joined,
    joined_checks,
    leaving,
    recipients,
    release_form,
    release_result,
    verdict,
)
from pages.common.desk import desk
from pages.common.shell import enter, go, problems

project = enter()
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.title("What exactly leaves, and who can open it?", anchor=False, width="content")
    recipients.badge(project.policy)
with problems():
    result = desk().result
    if result is not None:
        release_result.made(project, result)
    else:
        found = joined_checks.checks(project)
        answer = story.verdict(project.assess(), found, project.policy)
        verdict.banner(answer, answer.detail)
        leaving.answer(project)
        first = "Make the release" if answer.safe else "Checklist"
        points, columns, together, package = st.tabs(
            ["Checklist", "Columns", "Two releases joined", "Make the release"],
            key="release-parts",
            on_change="rerun",
            default="Two releases joined" if joined_checks.comes_first(found) else first,
        )
        if points.open:
            with points:
                checklist.checklist(found, project.policy)
                if not answer.safe:
                    go("tune", "Make it safe")
        if columns.open:
            with columns:
                leaving.columns(project)
        if together.open:
            with together:
                joined.joined(project)
        if package.open:
            with package:
                release_form.form(project, found)
        if access.is_on():
            approvals.waiting()
