"""XLM-R's unigram tokenizer, rebuilt from the packaged pieces."""

from __future__ import annotations

from typing import Any

from qa.encode.weights import Weights

MAX_TOKENS = 512
SPECIALS = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")

# SentencePiece's nmt_nfkc is NFKC but for this wave dash, which it keeps: it goes round NFKC as a private character.
_KEPT, _STAND_IN = "～", "\ue0ff"


def build(weights: Weights) -> Any:
    """A ``tokenizers.Tokenizer`` that gives the ids the packaged engine gives; special tokens as in XLM-R."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    dropped = [old for old, new in weights.normal.items() if new == ""]
    spaces = [old for old, new in weights.normal.items() if new == " " and old != " "]
    tokenizer = Tokenizer(models.Unigram(weights.pieces, weights.unk, False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(_KEPT, _STAND_IN),
            normalizers.NFKC(),
            normalizers.Replace(_STAND_IN, _KEPT),
            normalizers.Replace(Regex(_class(dropped)), ""),
            normalizers.Replace(Regex(_class(spaces)), " "),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIALS])
    tokenizer.post_processor = processors.TemplateProcessing(
        "<s> $A </s>", "<s> $A </s> </s> $B </s>", [("<s>", weights.bos), ("</s>", weights.eos)]
    )
    return tokenizer


def _class(characters: list[str]) -> str:
    return "[" + "".join(f"\\x{{{ord(character):x}}}" for character in characters) + "]"
