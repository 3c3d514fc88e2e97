"""Texts of the plain page, the embedded chat and the widget, in both languages; qa.web.texts joins them."""

from __future__ import annotations

EMBED_ZH = {
    "pl_title": "简版",
    "pl_link": "打不开或用不了对话页？用简版提问",
    "pl_lead": "回答只用资料库里的原句，每一句都标明出处；没有依据时，会直接告诉你没有。",
    "pl_ask": "提问",
    "pl_full": "返回对话页",
    "pl_scope": "只问一部分资料（可不选）",
    "pl_footnotes": "出处",
    "pl_open": "打开原文",
    "pl_earlier": "此前的问题",
    "pl_new": "开始新对话",
    "pl_follow": "接着问",
    "pl_question": "问题：{question}",
    "pl_also": "又见",
    "em_title": "有据 · 资料问答",
    "em_lead": "回答只用资料库里的原句，句句有出处。",
    "em_full": "在新窗口打开",
    "em_new": "新对话",
    "em_noscript": "这里需要 JavaScript。",
    "em_scope": "只问：{folder}",
    "em_placeholder": "输入问题",
    "em_busy": "上一个问题还没有答完",
    "em_slow": "等了太久没有回音，请再试一次",
}

EMBED_EN = {
    "pl_title": "Plain page",
    "pl_link": "Chat page not working? Ask on the plain page",
    "pl_lead": "Answers are verbatim sentences of the library, each with its source. "
    "When the library holds no evidence, you are told so.",
    "pl_ask": "Ask",
    "pl_full": "Back to the chat page",
    "pl_scope": "Ask only part of the library (optional)",
    "pl_footnotes": "Sources",
    "pl_open": "Open the document",
    "pl_earlier": "Asked before",
    "pl_new": "Start anew",
    "pl_follow": "Ask on",
    "pl_question": "Question: {question}",
    "pl_also": "Also in",
    "em_title": "Youju · Ask the library",
    "em_lead": "Answers are verbatim sentences of the library, each with its source.",
    "em_full": "Open in a new window",
    "em_new": "New chat",
    "em_noscript": "JavaScript is needed here.",
    "em_scope": "Only: {folder}",
    "em_placeholder": "Ask a question",
    "em_busy": "The last question is still being answered",
    "em_slow": "No reply for too long; please try again",
}

EMBED_FOR_SCRIPT = (
    *("searching", "sources", "context", "source_label", "verified", "unverified", "panel_loading", "panel_failed"),
    *("open", "copy", "copied", "copy_failed", "abstain", "missing", "nearest", "caution", "reading", "dropped"),
    *("failed", "offline", "ask_label", "answer_label", "edition", "pl_also", "em_busy", "em_slow"),
)
"""Keys that embed.js needs."""
