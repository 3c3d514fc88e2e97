"""The chat itself: lean Gradio Blocks without state, in an application of its own that sits behind our pages.

Importing this module imports Gradio: four seconds, so only ``gate`` does, on a thread, with telemetry switched off.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import gradio as gr
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from qa.errors import InputError, QAError
from qa.journal import Asker, Journal
from qa.settings import Settings
from qa.types import Scope
from qa.web.chat import Library, answer_steps, error_text, inert, questions, tidy
from qa.web.history.reopen import reopened
from qa.web.kept import Kept
from qa.web.programs import asking
from qa.web.scope import read_scope
from qa.web.texts import TEXTS, Lang, lang_of
from qa.web.who.door import ASKS
from qa.web.wording import wording_steps

log = logging.getLogger(__name__)

PACE = 0.06
"""Seconds between sentences, so that the eye can follow; the answer itself takes milliseconds."""
AT_ONCE = 64
"""Conversations answered at the same time; a place is held through the pauses, so few places would make others wait."""
SOON = 0.25
"""Seconds before "searching" is said: an answer takes milliseconds, and a step of its own costs as much as a sentence.
50 at once, load 11: p95 of the first sentence 1.4 s without that step, 2.2 s with it."""
ASKERS = ThreadPoolExecutor(3, "ask")
"""Few, for they share the index's one connection and Python's lock: with 64 the p95 of the first sentence of 50 at once
is 1.8 to 2.0 times what the page takes to open on the same machine in the same minute, with three 1.2 to 1.4 times."""
CROWD = 8
"""With more answers on their way than this each comes at once and whole: a step costs the machine as much as a search,
and the last of fifty to ask waits for the steps of all others."""
KEEP = 40
"""Messages kept in the conversation: the cost of each step of a streamed answer grows with them."""

Messages = list[dict[str, Any]]


class _Talks:
    """How many answers are on their way."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            self.count += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self.count -= 1


_TALKS = _Talks()


def talk(
    library: Library,
    journal: Journal | None,
    question: str,
    history: Messages,
    lang: Lang,
    root: str = "",
    scope: str = "",
    kept: Kept | None = None,
    asker: Asker | None = None,
) -> Iterator[Messages]:
    """The conversation as it grows while a question is answered. Every failure ends as a message in it.

    ``scope`` is the page's JSON; empty for the whole library. ``kept`` holds the answer for what
    the page asks of it afterwards.
    """
    t = TEXTS[lang]
    base = history[-KEEP:]
    try:
        asked = tidy(question)
    except InputError as error:
        yield [*base, _said(error_text(error, lang))]
        return
    base = [*base, {"role": "user", "content": inert(_short(asked))}]
    try:
        within = read_scope(scope)
        coming = ASKERS.submit(library.ask, asked, questions(history), within)
        if wait([coming], SOON).not_done:
            yield [*base, _said(f"*{t['searching']}*")]
        answer = coming.result()
        answer_id = journal.record(answer, asker, within.told) if journal else None
        kept_id = kept.keep(answer, answer_id, within) if kept else None
        steps = list(answer_steps(library, answer, lang, answer_id, root, kept_id))
        with _TALKS:
            for index, step in enumerate(steps[-1:] if _TALKS.count > CROWD else steps):
                if index:
                    time.sleep(PACE)
                yield [*base, _said(step)]
        for more in wording_steps(library, answer, lang):
            yield [*base, _said(steps[-1] + more)]
    except QAError as error:
        yield [*base, _said(error_text(error, lang))]
    except Exception:
        log.exception("回答问题时程序内部出错：%r", asked[:200])
        yield [*base, _said(f"**{t['failed']}**\n\n{t['crashed']}。\n\n{t['crashed_todo']}。")]


def _said(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": text}


def _short(question: str, limit: int = 400) -> str:
    """A very long question is refused by the assistant; the chat needn't show all of it."""
    return question if len(question) <= limit else f"{question[:limit]}……"


def _for_programs(library: Library, journal: Journal | None) -> None:
    """The endpoint ``/ask`` of gradio_client: its name and shape stay whatever becomes of the chat."""

    def ask(question: str, history: list[str] = [], scope: dict[str, Any] = {}) -> dict[str, Any]:  # noqa: B006
        try:
            wanted = read_scope(json.dumps(scope)) if scope else Scope()
            told: dict[str, Any] = _filed(asking.ask(library, journal, question, history, wanted).to_dict())
        except QAError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return told

    gr.api(  # type: ignore[attr-defined]
        ask,
        api_name="ask",
        api_description="提问：question，history（此前的问题），scope（只看哪些资料）；回答同 /api/v1/ask。",
        concurrency_limit=16,
    )


def _filed(value: Any) -> Any:
    """With ``file`` for ``path``: gradio_client takes an object with a path for a file and goes to fetch it."""
    if isinstance(value, dict):
        return {"file" if name == "path" else name: _filed(part) for name, part in value.items()}
    return [_filed(part) for part in value] if isinstance(value, list) else value


def build(library: Library, journal: Journal | None, settings: Settings, kept: Kept) -> FastAPI:
    """The application that holds Gradio at "/"."""
    t = TEXTS["zh"]

    def respond(question: str, history: Messages, scope: str, request: gr.Request) -> Iterator[tuple[str, Messages]]:
        lang = lang_of((request.cookies or {}).get("youju_lang"), settings.lang)
        # Gradio answers on a task of its own, where no context of ours is: it comes with the request itself.
        asker = request.request.scope.get(ASKS, Asker()) if request.request is not None else Asker()
        given = (question or "", history or [], lang, settings.root_path, scope or "", kept, asker)
        for messages in talk(library, journal, *given):
            yield "", messages

    def put_back(ids: str, request: gr.Request) -> Messages:
        lang = lang_of((request.cookies or {}).get("youju_lang"), settings.lang)
        told = reopened(library, kept, ids or "", lang, settings.root_path)
        return [m for asked, whole in told for m in ({"role": "user", "content": inert(_short(asked))}, _said(whole))]

    with gr.Blocks(title=t["name"], analytics_enabled=False, fill_width=True) as blocks:
        chat = gr.Chatbot(
            elem_id="yj-chat",
            label=t["chat_label"],
            show_label=False,
            container=False,
            buttons=[],
            latex_delimiters=[],
            allow_tags=False,
            layout="bubble",
            height=None,
            group_consecutive_messages=False,
            feedback_options=[],
            autoscroll=False,
        )
        with gr.Row(elem_id="yj-ask"):
            box = gr.Textbox(
                elem_id="yj-box",
                label=t["ask_label"],
                show_label=False,
                container=False,
                placeholder=t["placeholder"],
                lines=1,
                max_lines=6,
                scale=8,
            )
            send = gr.Button(t["send"], elem_id="yj-send", variant="primary", scale=0, min_width=72)
        # Filled by scope.js; hidden by the style sheet, for a component that isn't visible isn't on the page at all.
        scope = gr.Textbox(elem_id="yj-scope-value", label=t["scope"], show_label=False, container=False)
        # Filled by history.js with the ids of answers that the server has just checked; hidden like the other.
        again = gr.Textbox(elem_id="yj-again-value", label=t["hist"], show_label=False, container=False)
        gr.on(
            [box.submit, send.click],
            respond,
            [box, chat, scope],
            [box, chat],
            api_visibility="private",
            show_progress="hidden",
            concurrency_limit=AT_ONCE,
            trigger_mode="once",
        )
        again.change(put_back, [again], [chat], api_visibility="private", show_progress="hidden")
        _for_programs(library, journal)
    blocks.max_threads = AT_ONCE
    blocks.state_session_capacity = 500  # a session is kept for every number that ever joined; 10,000 grew
    blocks.queue(max_size=200, default_concurrency_limit=AT_ONCE)
    # Gradio sums up every event for a page we keep shut, with pandas, which the first question would wait for.
    blocks._queue.compute_analytics_summary = lambda records: {}
    shell = FastAPI(openapi_url=None)
    # Ours in front, without any origin: Gradio's own reflects every origin with credentials on a named host.
    shell.add_middleware(CORSMiddleware, allow_origins=[])
    gr.mount_gradio_app(
        shell,
        blocks,
        path="/",
        root_path=settings.root_path or None,
        app_kwargs={"openapi_url": None, "docs_url": None, "redoc_url": None},
        theme=gr.themes.Base(font=["sans-serif"], font_mono=["monospace"]),
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        max_file_size=1,
        show_error=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
    )
    return shell
