"""Measures over a question file: does the right evidence come, is it cited, is silence honest."""

from qa.evaluate.gold import Gold, Matcher, read_questions
from qa.evaluate.measures import Outcome, Summary, summarise
from qa.evaluate.run import Evaluation, evaluate

__all__ = ["Evaluation", "Gold", "Matcher", "Outcome", "Summary", "evaluate", "read_questions", "summarise"]
