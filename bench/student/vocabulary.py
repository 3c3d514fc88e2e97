"""The tokenizer: unigram over words of jieba's dictionary (MIT) and of the training texts, characters for the rest.

Its best path is the segmentation a dictionary gives, so a passage of 300 characters is about 170 tokens, and no Python
segmenter runs when serving.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable

import rjieba
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers

from student.texts import DICTIONARY

SIZE = 40000
LONGEST = 7
PAD, UNKNOWN, QUERY, PASSAGE = "[PAD]", "[UNK]", "\ue000", "\ue001"
PROMPTS = (QUERY, PASSAGE)
"""The prompts are private characters: the first token of each question and of each passage."""
DICTIONARY_SHARE = 0.2
"""How much of a word's frequency comes from the dictionary, the rest from the texts: it speaks for everyday words."""

_CHINESE = re.compile(r"[㐀-鿿]+")
_LATIN = re.compile(r"[a-z]+|[^\x00-\x7f㐀-鿿\ue000-\uf8ff]|[!-/:-@\[-`{-~]")
_NUMBER = re.compile(r"19[2-9]\d|20[0-4]\d|\d\d?")
_CHARACTERS = 7500


def normalizer() -> normalizers.Normalizer:
    """NFKC and lower case; control characters go."""
    return normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Lowercase(), normalizers.Replace(Regex(r"[\p{Cc}\p{Cf}&&[^\s]]"), "")]
    )


def build(texts: Iterable[str], size: int = SIZE) -> Tokenizer:
    """Pieces by frequency; characters, digits and years first, so that hardly anything is unknown."""
    shares = _shares(texts)
    characters = sorted((c for c in shares if len(c) == 1), key=lambda c: -shares[c])[:_CHARACTERS]
    must = [*characters, *"0123456789", *(chr(code) for code in range(33, 127) if not chr(code).isupper())]
    must += [f"{number:02d}" for number in range(100)] + [str(year) for year in range(1921, 2051)]
    pieces = [PAD, UNKNOWN, QUERY, PASSAGE, *dict.fromkeys(must)]
    known = set(pieces)
    words = sorted((w for w in shares if w not in known and 1 < len(w) <= LONGEST), key=lambda w: (-shares[w], w))
    pieces += words[: size - len(pieces)]
    least = min(shares[word] for word in pieces if word in shares)
    scores = [math.log(shares.get(piece, least)) for piece in pieces]
    tokenizer = Tokenizer(models.Unigram(list(zip(pieces, scores, strict=True)), 1, False))
    tokenizer.normalizer = normalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in (PAD, UNKNOWN)])
    return tokenizer


def _shares(texts: Iterable[str]) -> dict[str, float]:
    """Piece → its share of all pieces, texts and dictionary mixed."""
    clean, found = normalizer(), Counter[str]()
    for text in texts:
        text = clean.normalize_str(text)
        for run in _CHINESE.findall(text):
            found.update(word for word in rjieba.cut(run, False))
        found.update(_LATIN.findall(text))
        found.update(_NUMBER.findall(text))
    common = Counter[str]()
    for line in DICTIONARY.read_text(encoding="utf-8").splitlines():
        word, count, *_ = line.split()
        if _CHINESE.fullmatch(word):
            common[word] = int(count)
    ours, theirs = found.total(), common.total()
    return {
        word: (1 - DICTIONARY_SHARE) * found[word] / ours + DICTIONARY_SHARE * common[word] / theirs
        for word in found.keys() | common.keys()
    }
