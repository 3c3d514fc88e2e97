"""A server that isn't ours: ``transformers serve`` with a tiny model of random weights, made here."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from importlib import util
from pathlib import Path

import pytest
from test_writer import ANSWER

from qa.llm import Failure, Server, Writer

MAKE = """
import sys
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

torch.manual_seed(0)
signs = ["<end>", "<unknown>", *sorted(pre_tokenizers.ByteLevel.alphabet())]
tokenizer = Tokenizer(models.BPE(vocab={sign: at for at, sign in enumerate(signs)}, merges=[], unk_token="<unknown>"))
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
tokenizer.decoder = decoders.ByteLevel()
fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>", pad_token="<end>", unk_token="<unknown>")
fast.chat_template = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\\n{% endfor %}assistant: "
fast.save_pretrained(sys.argv[1])
config = LlamaConfig(
    vocab_size=len(signs), hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
    num_key_value_heads=2, max_position_embeddings=8192, eos_token_id=0, pad_token_id=0,
)
LlamaForCausalLM(config).save_pretrained(sys.argv[1])
"""
START = 180.0


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    missing = [name for name in ("openai", "accelerate", "fastapi", "uvicorn") if util.find_spec(name) is None]
    if missing:
        pytest.skip(f'没有 {"、".join(missing)}，transformers serve 起不来；要试请 pip install "transformers[serving]"')
    place = tmp_path_factory.mktemp("model")
    env = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HOME": str(place / "home"), "TQDM_DISABLE": "1"}
    made = subprocess.run(
        [sys.executable, "-c", MAKE, str(place)], env=env, capture_output=True, text=True, timeout=120
    )
    assert made.returncode == 0, made.stderr
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    script = Path(sys.executable).with_name("transformers")
    words = [str(script), "serve", str(place), "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    with (place / "log").open("w") as log:
        process = subprocess.Popen([sys.executable, *words], env=env, stdout=log, stderr=log)
    try:
        _wait(process, port, place / "log")
        yield Server(f"http://127.0.0.1:{port}/v1", str(place), "", 120.0, 60.0)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + START
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text(errors="replace")[-2000:]
        try:
            with direct.open(f"http://127.0.0.1:{port}/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise AssertionError(log.read_text(errors="replace")[-2000:])


@pytest.mark.slow
def test_its_stream_is_understood_and_its_noise_is_not_shown(served: Server) -> None:
    assert served.complete([{"role": "user", "content": "渡船多久检修一次？"}])
    writer = Writer(served, 6000)
    wording = writer.word(ANSWER)
    writer.close()
    assert wording is not None
    assert (wording.sentences, wording.problem) == ((), "unsupported")


@pytest.mark.slow
def test_its_answer_is_cut_short_when_the_time_is_up(served: Server) -> None:
    hasty = Server(served.base_url, served.model, "", 1.0, 1.0)
    begin = time.monotonic()
    with pytest.raises(Failure) as caught:
        hasty.complete([{"role": "user", "content": "慢慢说。" * 200}])
    assert caught.value.problem == "slow"
    assert time.monotonic() - begin < 10
