"""Who receives a release, and what could they do with it: answered once for each recipient, after the Five Safes.

The answers say what may leave with the release and what stays in the private archive; from them follow the model of
the release, the columns that count as known, the seal and the instructions.

References
----------
T. Desai, F. Ritchie, R. Welpton: Five Safes: designing data access for research. University of the West of England,
2016. UK Anonymisation Network: The Anonymisation Decision-Making Framework, 2nd edition. 2020.
"""

from anonymiser.recipients.answers import Answers, Article9, LawfulBasis
from anonymiser.recipients.following import Conclusion, conclusions, policy_for, roles_of, terms_of
from anonymiser.recipients.questions import QUESTIONS, Question, Safe, questions_for, unanswered

__all__ = [
    "QUESTIONS",
    "Answers",
    "Article9",
    "Conclusion",
    "LawfulBasis",
    "Question",
    "Safe",
    "conclusions",
    "policy_for",
    "questions_for",
    "roles_of",
    "terms_of",
    "unanswered",
]
