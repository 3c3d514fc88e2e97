"""What the page says about a language model's wording."""

from __future__ import annotations

WORDING_ZH = {
    "worded": "由语言模型转述，逐句核对过",
    "worded_note": "仅供快速了解，请以上面的原文为准（模型 {model}）",
    "worded_dropped": "有 {count} 句与原文核对不符，没有显示",
    "wording": "语言模型正在转述……",
    "wording_busy": "语言模型正忙，这次没有转述，以上是原文",
    "wording_resting": "语言模型接连没有答上来，暂停使用一分钟，以上是原文",
    "wording_unreachable": "连不上语言模型，以上是原文",
    "wording_slow": "语言模型太久没有答完，以上是原文",
    "wording_refused": "语言模型拒绝了请求，请告诉管理员，以上是原文",
    "wording_broken": "语言模型的回答不完整，没有采用，以上是原文",
    "wording_too_long": "语言模型的回答太长，没有采用，以上是原文",
    "wording_unsupported": "语言模型的转述与原文核对不符，没有采用，以上是原文",
}

WORDING_EN = {
    "worded": "Worded by a language model, checked sentence by sentence",
    "worded_note": "For a quick view; the quotes above are what counts (model {model})",
    "worded_dropped": "{count} sentences did not agree with the source and are not shown",
    "wording": "The language model is wording the answer…",
    "wording_busy": "The language model is busy: no wording this time, the quotes stand above",
    "wording_resting": "The language model has kept failing and is left alone for a minute; the quotes stand above",
    "wording_unreachable": "The language model can't be reached; the quotes stand above",
    "wording_slow": "The language model took too long; the quotes stand above",
    "wording_refused": "The language model refused; please tell the administrator. The quotes stand above",
    "wording_broken": "The language model's reply was not whole and is not used; the quotes stand above",
    "wording_too_long": "The language model's reply was too long and is not used; the quotes stand above",
    "wording_unsupported": "The language model's wording did not agree with the source and is not used; "
    "the quotes stand above",
}
