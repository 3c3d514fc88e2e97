"""有据 Youju: answers about a library of Chinese texts, verbatim and cited."""
