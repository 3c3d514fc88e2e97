"""The folder of source files as people change it: put in, take out to the recycle bin, bring back."""

from qa.shelf.bin import Bin, Binned
from qa.shelf.listing import Entry, Listing, listing, look_up, packed
from qa.shelf.names import checked_name, checked_path, numbered, why_not
from qa.shelf.place import HOME, Clash, Shelf

__all__ = [
    "HOME",
    "Bin",
    "Binned",
    "Clash",
    "Entry",
    "Listing",
    "Shelf",
    "checked_name",
    "checked_path",
    "listing",
    "look_up",
    "numbered",
    "packed",
    "why_not",
]
