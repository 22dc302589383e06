"""What the speaker says: a minute a slide, in plain words."""

from __future__ import annotations

from typing import Final

__all__ = [
    "BEFORE_AFTER",
    "DATA",
    "DECISION",
    "NOT_YET",
    "OPEN_RECIPIENT",
    "OPEN_SHARING",
    "PROBLEM",
    "RISK",
    "SEALED_RECIPIENT",
    "SEALED_SHARING",
    "USE",
    "counting",
    "method",
]

PROBLEM: Final = (
    "We hold a table about people, and others can do good with it. But the table was made to run a business, not "
    "to be shared. Most people think that taking the names away is enough. It is not: a date of birth, a postcode "
    "and a few more facts are enough to find one person among thousands, and then everything else in the row is "
    "known, too. That is not a theory. It has been done with hospital records, with film ratings and with taxi "
    "journeys. So the question today is: how much detail can leave, so that the data stays useful and nobody can "
    "be picked out?"
)
DATA: Final = (
    "Not every column is dangerous in the same way. Some name a person by themselves: a name, a telephone number, "
    "an account number. They never leave. Others are harmless alone and point at somebody together, such as a "
    "birthday with a postcode. These decide everything else, and they are what we blur. A third kind cannot be "
    "looked up in any register, but somebody who knows the person may know it. And some would do harm if they "
    "became known. Each column was looked at, and the reason for its place was written down."
)
SEALED_RECIPIENT: Final = (
    "Who receives the data decides how fine it may be. This recipient signs an agreement, says what it is for, "
    "and keeps it in a protected place. So it may be finer than something that anyone can download, but there "
    "must still be a crowd around everybody. How large that crowd has to be we did not make up: the number on the "
    "slide has a source, and where it is our own house rule, the slide says so. Others get other data: for each "
    "recipient the question is asked again."
)
OPEN_RECIPIENT: Final = (
    "Who receives the data decides how fine it may be. This release will be published. Anyone can read it: a "
    "student, a journalist, a neighbour, somebody with a grudge. There is no agreement, and nothing can be taken "
    "back. So the crowd around everybody must be larger, no column that could do harm is in it, and no "
    "requirement can be set aside. The number on the slide has a source; where it is our own house rule, the "
    "slide says so. Others get other data: for each recipient the question is asked again."
)
BEFORE_AFTER: Final = (
    "Here is the effect. Before, the facts that an outsider may know were enough: know the facts, and you have the "
    "person. Afterwards everybody who is released stands in a group of people who look exactly alike in the columns "
    "that an outsider may know. The chart shows them by the size of their group; the smallest group is the number "
    "that we promise. The price is detail, and any row that had to go. Both are on the slide, because the "
    "recipient has to know them."
)
RISK: Final = (
    "What could somebody still do? Suppose that they know all of these columns about somebody, and that they know "
    "that the person is in our table. They find the group, and have to guess. The odds are on the slide. What the "
    "number does not say: if everybody in a group shared an illness, it would be known of each of them, which is "
    "why we also look at what a group has in common. And somebody who knows more than these columns can narrow a "
    "group down. The list shows what was checked and what is left for us to judge."
)
USE: Final = (
    "Data that tells nothing is safe and useless. So we measured what is lost, column by column: nought per cent "
    "is as exact as in our own table, a hundred per cent is hidden. The chart shows where the detail went. What "
    "the study is about should be kept as fine as possible, and what it does not need can go. If a column that "
    "matters is blurred too far, we can trade: a little less here, a little more there. Every combination was "
    "within reach, and this one was chosen."
)
SEALED_SHARING: Final = (
    "How does it get there safely? The data is locked into one file. It can only be opened with the recipient's "
    "key, or with six words that were made for this release. The file can travel by any road; the words go by "
    "telephone. The recipient checks our signature, and compares a fingerprint with us in the same call. After it "
    "is opened, no encryption helps: then it is the agreement that counts. It says what the data is for, who may "
    "see it, where it is kept, and when it is destroyed."
)
OPEN_SHARING: Final = (
    "How does it get there? It is published, so there is nothing to lock. What matters is that it cannot be "
    "changed unnoticed: the files are signed, and anyone can check the signature with a common program. A "
    "dictionary explains every column, and says what was done to it. We ask whoever uses it not to look for "
    "people. And because nothing published can be taken back, nothing about this release was waved through: every "
    "requirement had to be met."
)
NOT_YET: Final = (
    "At this setting a requirement of the policy is not met, so nothing leaves: the table on the slides is what we "
    "have, not what we would hand over. The list of requirements says which one fails. Next we blur a column "
    "further, or leave one out, and look again: what it costs in detail is shown at once. We do not set the "
    "requirement lower because it is hard to meet. When every requirement is met, there will be a decision to take, "
    "and these slides can be made again with one press."
)
DECISION: Final = (
    "So this is the decision. The program gives evidence: it counts, it checks, and it says what it could not "
    "check. It does not decide, and it does not call the data anonymous. At these settings, on these columns, "
    "nobody stands alone. Whether finding a person is remote enough is our judgement, and we put our names to it, "
    "with the date. If something changes, another release, new data, a new recipient, we ask again. Are there "
    "questions before we decide?"
)


def method(*, changed: bool) -> str:
    """What is done to the columns; with methods, that what leaves may not be true row by row."""
    true = (
        "Beyond that we use methods, which are written down column by column. Where one changes values, what leaves "
        "is right on the whole and not in every row."
        if changed
        else "Nothing is invented, and nothing is changed at random: what leaves is true, it is only less exact."
    )
    return (
        "This is what we do. Columns that name a person stay here. The others are blurred, as you would step back "
        "from a picture: a birthday becomes a span of years, a country becomes a part of the world, a weight becomes "
        f"a band. {true} We blur a column no more than we must. Rows that would still stand out are deleted, and "
        "there is a limit to how many. Every step is written down, and can be repeated with the same result."
    )


def counting(k: int) -> str:
    """How k is counted, for an audience that has never met it."""
    told = (
        f"If it holds {k:,} people, then k is {k:,}: whoever looks for a person finds at least {k:,} rows and cannot "
        "tell which is theirs."
        if k > 1
        else "If it holds one person, then k is 1: whoever knows these facts finds that person's row, and no other."
    )
    return (
        "How do we count? Put together all rows that look alike in the columns that an outsider may know: the same "
        "span of years, the same part of the world, and so on. Each such heap is a group. Now look for the smallest "
        f"heap. {told} The table shows some groups. Counts on it are rounded, because a slide travels further than we "
        "think. That is all there is to it: sort, heap up, find the smallest heap."
    )
