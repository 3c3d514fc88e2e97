"""All settings of a run, checked once. Nothing else in the package reads the environment.

Order of precedence: arguments, environment (``QA_*``), ``youju.toml`` in the working folder, defaults.
"""

from __future__ import annotations

import difflib
import hashlib
import ipaddress
import os
import re
import tomllib
from pathlib import Path
from typing import Any, Literal

from platformdirs import user_cache_path
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from qa.errors import InputError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_WRONG = {
    "extra_forbidden": "没有这个设置",
    "int_parsing": "应是整数",
    "int_type": "应是整数",
    "float_parsing": "应是数字",
    "bool_parsing": "应是 true 或 false",
    "path_type": "应是文件夹的路径",
    "string_type": "应是文字",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "string_pattern_mismatch": "应以 / 开头、不以 / 结尾，例如 /qa",
    "string_too_short": "不能是空的",
    "string_too_long": "太长",
    "literal_error": "只能是 {expected}",
    "value_error": "{error}",
}
"""pydantic's kinds of error → what is told."""


HASH_PATTERN = r"scrypt:\d{1,8}:\d{1,2}:\d{1,2}:[\w-]{22}:[\w-]{43}"
"""How a password is kept (qa.password); without signs that a shell would replace."""

_ORIGIN = re.compile(r"(https?)://((?:\*\.)?[a-z0-9_](?:[a-z0-9._-]*[a-z0-9])?)(?::(\d{1,5}))?/?")
"""An origin as frame-ancestors takes it: no path, no IPv6; other letters as a browser sends them (xn--…)."""


HEADER_PATTERN = r"^[A-Za-z][A-Za-z0-9-]{0,63}$"
"""Name of an HTTP header; none with "_", which some proxies pass on as if it were "-"."""


class Settings(BaseSettings):
    """Each field can be given as ``QA_<NAME>`` or as ``<name>`` in youju.toml."""

    model_config = SettingsConfigDict(
        env_prefix="QA_", toml_file="youju.toml", frozen=True, extra="forbid", env_ignore_empty=True
    )

    corpus: Path = Field(Path("corpus"), description="folder of source files")
    index: Path = Field(Path("index"), description="folder of the built index; one of its own for each other corpus")
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(7860, ge=1, le=65535, description="port to listen on")
    root_path: str = Field("", pattern=r"^(/[\w.-]+)*$", description="prefix that a proxy strips, such as /qa")
    encoder: str = Field("e5", description="e5, student, none, or a sentence-transformers model's folder or name")
    allow_download: bool = Field(False, description="let a model given by name be fetched from a hub")
    cache: Path = Field(default_factory=lambda: user_cache_path("youju", appauthor=False), description="models")
    threads: int = Field(0, ge=0, le=256, description="threads for encoding, processes for reading; 0: all cores")
    max_file_mb: int = Field(64, ge=1, le=4096, description="larger files are refused, in MB of file size")
    read_seconds: int = Field(60, ge=1, le=86_400, description="reading a file stops after so long, and 2 s a MB more")
    read_memory_mb: int = Field(1024, ge=256, le=65_536, description="reading a file stops past so much memory, in MB")
    allow_secret: bool = Field(False, description="take in documents marked 秘密, 机密 or 绝密")
    max_question_chars: int = Field(2000, ge=50, le=100_000, description="longer questions are refused")
    chunk_chars: int = Field(300, ge=80, le=1000, description="aim for a passage's length, in characters")
    threshold: float = Field(0.0, ge=0.0, le=1.0, description="abstain below this confidence; 0 takes the fitted value")
    ocr: Literal["auto", "off"] = Field("auto", description="recognise text in scans where the extra [ocr] is there")
    journal: bool = Field(True, description="keep questions and answers in index/journal.sqlite")
    journal_days: int = Field(0, ge=0, le=36_500, description="rows of the journal older are deleted; 0 keeps them")
    journal_names: bool = Field(True, description="keep in the journal who asked (name and address)")
    auth: Literal["open", "password", "header"] = Field("open", description="who may read")
    users_file: Path = Field(Path("users.txt"), description="names, roles and passwords; kept by `python -m qa user`")
    sso_header: str = Field(
        "X-Remote-User", pattern=HEADER_PATTERN, description="header in which a trusted proxy says who asks"
    )
    sso_groups_header: str = Field(
        "", pattern=f"^$|{HEADER_PATTERN}", description="header in which it says their groups, separated by commas"
    )
    trusted_proxies: str = Field("", max_length=2000, description="addresses or networks of those proxies, by commas")
    admin_users: str = Field("", max_length=4000, description="names that are administrators, by commas")
    admin_groups: str = Field("", max_length=4000, description="groups whose members are, by commas")
    admin_user: str = Field("admin", min_length=1, max_length=64, description="who may change the library")
    admin_password_hash: str = Field(
        "", pattern=rf"^({HASH_PATTERN})?$", description="their password as `python -m qa password` prints it"
    )
    watch: bool = Field(False, description="sync by itself when the corpus folder changes, while serving")
    mcp_hosts: str = Field("", max_length=2000, description="names of this machine that MCP answers to, by commas")
    lang: Literal["zh", "en"] = Field("zh", description="language of the web page at first sight")
    llm_base_url: str = Field(
        "", pattern=r"^(https?://[^\s/@?#]+(/[^\s@?#]*)?)?$", description="an OpenAI-compatible server; empty: none"
    )
    llm_model: str = Field("", max_length=200, validate_default=True, description="the model's name on that server")
    llm_api_key: SecretStr = Field(SecretStr(""), description="its key, if it wants one")
    llm_timeout: float = Field(60.0, ge=1, le=600, description="a wording takes no longer than so many seconds")
    llm_first_token: float = Field(20.0, ge=0.5, le=600, description="nor may the server be silent for so long")
    llm_context: int = Field(6000, ge=500, le=50_000, description="characters of quotes given to the model at most")

    @field_validator("llm_model")
    @classmethod
    def _model_of_the_server(cls, model: str, info: ValidationInfo) -> str:
        if info.data.get("llm_base_url") and not model:
            raise ValueError("设了 QA_LLM_BASE_URL，还要写明用那里的哪个模型")
        return model

    @field_validator("llm_api_key")
    @classmethod
    def _key_of_a_header(cls, key: SecretStr) -> SecretStr:
        if not all("!" <= c <= "~" for c in key.get_secret_value()):
            raise ValueError("不能有空格、换行和汉字")
        return key

    frame_ancestors: str = Field("'self'", max_length=4000, description="origins whose pages may frame /embed")

    @field_validator("frame_ancestors")
    @classmethod
    def _known_origins(cls, given: str) -> str:
        """As the header wants them: one space between, lower case, no default port; 'self' and 'none' in quotes."""
        words = [word.strip("'\"").lower() for word in re.split(r"[\s,，;；]+", given) if word]
        found = [f"'{word}'" if word in {"self", "none"} else _origin(word) for word in words]
        if "'none'" in found and len(found) > 1:
            raise ValueError("none 不能与别的来源并用")
        return " ".join(dict.fromkeys(found)) or "'self'"

    @model_validator(mode="before")
    @classmethod
    def _index_of_its_own(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Another corpus without an index named gets index/<name>-<hash of its place>: one never wipes the other's."""
        corpus = Path(str(given.get("corpus", "corpus"))).absolute()
        if "index" in given or corpus == Path("corpus").absolute():
            return given
        place = corpus.resolve()
        digest = hashlib.sha256(str(place).encode("utf-8", "surrogatepass")).hexdigest()[:8]
        return {**given, "index": Path("index") / f"{place.name}-{digest}"}

    @model_validator(mode="after")
    def _proxies_are_said(self) -> Settings:
        """Who asks is taken from a header only where it is said whose header counts."""
        try:
            networks(self.trusted_proxies)
        except ValueError as error:
            raise ValueError("trusted_proxies 应是用逗号隔开的 IP 地址或网段") from error
        if self.auth == "header" and not names_in(self.trusted_proxies):
            raise ValueError("auth=header 时要用 QA_TRUSTED_PROXIES 写明网关的地址")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @classmethod
    def load(cls, **given: object) -> Settings:
        """Settings from all sources; raises InputError that names each wrong setting and its value.

        An empty environment variable counts as not set.
        """
        try:
            return cls(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
        except ValidationError as error:
            wrong = "；".join(_told(dict(e)) for e in error.errors())
            raise InputError(f"设置有误：{wrong}", "请改正环境变量 QA_*、youju.toml 或命令行参数") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            todo = "每行写一个设置，如 port = 8000，文字和路径要加引号，文件存为 UTF-8"
            raise InputError(f"设置文件 {Path('youju.toml').absolute()} 读不了（{error}）", todo) from error

    @classmethod
    def misnamed(cls) -> dict[str, str]:
        """Environment variables that begin with QA_ and are no setting → the nearest one that is, or ""."""
        known = [f"QA_{name.upper()}" for name in cls.model_fields]
        found = sorted(name.upper() for name in os.environ if name.upper().startswith("QA_"))
        return {name: "".join(difflib.get_close_matches(name, known, 1)) for name in found if name not in known}


def _origin(word: str) -> str:
    """Raises ValueError for what is no origin: a path, a lone star, another scheme."""
    found = _ORIGIN.fullmatch(word)
    if found is None or int(found[3] or 1) > 65535:
        raise ValueError(f"{word} 不是来源，应如 https://portal.example.cn 或 http://10.1.2.3:8080，多个用空格隔开")
    scheme, host, port = found.groups()
    return f"{scheme}://{host}" + (f":{int(port)}" if port and int(port) != {"http": 80, "https": 443}[scheme] else "")


def names_in(text: str) -> list[str]:
    """What stands between commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks between commas. Raises ValueError."""
    return tuple(ipaddress.ip_network(part, strict=False) for part in names_in(text))


def _told(error: dict[str, Any]) -> str:
    context = {name: str(value).replace(" or ", " 或 ") for name, value in error.get("ctx", {}).items()}
    reason = _WRONG[error["type"]].format(**context) if error["type"] in _WRONG else error["msg"]
    name = ".".join(map(str, error["loc"]))
    if not name:  # of several settings together
        return str(error["ctx"]["error"])
    if name in {"sso_header", "sso_groups_header"}:
        return f"{name}={error.get('input')!r}（应是请求头的名字，如 X-Remote-User，不含下划线）"
    if name == "admin_password_hash":  # perhaps the password itself: never to be shown
        return f"{name}（不是 python -m qa password 给出的那一串）"
    if name == "llm_api_key":
        return f"{name}（{reason}）"
    if name == "llm_base_url":  # perhaps with a password in it
        return f"{name}（应形如 http://主机:端口/v1，不带用户名、密码和问号后面的部分）"
    return f"{name}={error.get('input')!r}（{reason}）"
