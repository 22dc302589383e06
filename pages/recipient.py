"""Who receives it, and what could they do with it: the Five Safes, answered once for each recipient."""

from __future__ import annotations

import streamlit as st

from pages.common import recipient_follows, recipient_form
from pages.common.shell import enter, go, problems

project = enter()
st.title("Who receives it, and what could they do with it?", anchor=False)
with problems():
    asked, follows = st.columns([3, 2], gap="large")
    with asked:
        answers = recipient_form.form(project)
    with follows:
        recipient_follows.complete(answers, project.policy)
        recipient_follows.follows(project, answers)
        go("release", "Make the release")
