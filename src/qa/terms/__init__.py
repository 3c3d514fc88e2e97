"""A library's own words: short forms and coined phrases mined from its texts, and what they do to a question."""

from qa.terms.lexicon import Lexicon, merge
from qa.terms.mine import Term, mine
from qa.terms.rewrite import Reading, read

__all__ = ["Lexicon", "Reading", "Term", "merge", "mine", "read"]
