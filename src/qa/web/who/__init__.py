"""Who asks: the door before everything, the login page, sessions and the names behind them."""

from qa.web.who.door import Door
from qa.web.who.person import PERSON, Person, current

__all__ = ["PERSON", "Door", "Person", "current"]
