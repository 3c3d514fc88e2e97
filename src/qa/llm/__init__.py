"""The optional language model: it may word an answer out of the quotes cited, and is believed in nothing."""

from qa.llm.client import Failure, Server
from qa.llm.writer import Writer, judge, server_of, wordable

__all__ = ["Failure", "Server", "Writer", "judge", "server_of", "wordable"]
