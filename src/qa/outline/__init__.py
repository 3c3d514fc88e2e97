"""The numbering grammar of Chinese documents."""
