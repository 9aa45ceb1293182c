"""The HTTP half of the API, and the command that serves it."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile

from tests.server.by_hand import packed
from tests.server.conftest import KEY, ROOT, TWELVE_WORDS, Served, begin_server, end_server


@pytest.fixture
def http(served: Served) -> Iterator[httpx.Client]:
    # there is no TLS to verify, and reading the certificates takes longer than most of these tests
    with httpx.Client(
        base_url=served.url, headers=served.headers, timeout=30, trust_env=False, verify=False
    ) as client:
        yield client


def pcm(http: httpx.Client, **request: Any) -> bytes:
    answer = http.post("/v1/tts", json={"text": TWELVE_WORDS, "format": "pcm", **request})
    assert answer.status_code == 200
    return answer.content


# --- speech ----------------------------------------------------------------------------------------------


def test_json_and_msgpack_are_spoken_alike(http: httpx.Client) -> None:
    body = {"text": TWELVE_WORDS, "format": "pcm", "sample_rate": 24000, "reference_id": None}
    json = http.post("/v1/tts", json=body)
    msgpack = http.post("/v1/tts", content=packed(body), headers={"Content-Type": "application/msgpack"})
    assert json.content == msgpack.content
    assert 3 < len(json.content) / 48000 < 6


def test_the_sound_is_streamed(http: httpx.Client) -> None:
    body = {"text": f"{TWELVE_WORDS} " * 60, "format": "wav", "sample_rate": 44100}
    with http.stream("POST", "/v1/tts", json=body) as answer:
        assert answer.headers["content-type"] == "audio/wav"
        assert answer.headers["transfer-encoding"] == "chunked"
        first = next(answer.iter_raw())
    assert first.startswith(b"RIFF")
    assert len(first) < 44100


@pytest.mark.parametrize(("kind", "rate"), [("mp3", 44100), ("opus", 48000)])
def test_files_can_be_decoded(http: httpx.Client, kind: str, rate: int) -> None:
    samples, got = soundfile.read(io.BytesIO(pcm(http, format=kind)))
    assert got == rate
    assert np.abs(samples).max() > 0.2


def test_mp3_is_what_a_request_gets_that_says_nothing(http: httpx.Client) -> None:
    answer = http.post("/v1/tts", json={"text": "Hello."})
    assert answer.headers["content-type"] == "audio/mpeg"
    assert answer.content.startswith(b"ID3\x04")


@pytest.mark.parametrize("words", ["", "   "])
@pytest.mark.parametrize("kind", ["pcm", "wav", "mp3", "opus"])
def test_nothing_to_say_is_no_sound_and_no_error(http: httpx.Client, words: str, kind: str) -> None:
    assert pcm(http, text=words, format=kind) == b""


@pytest.mark.parametrize("words", ["😀", "…", "?!", "[laughing]"])
def test_text_without_a_word_is_a_short_silence(http: httpx.Client, words: str) -> None:
    assert pcm(http, text=words, sample_rate=24000) == bytes(12_000)
    samples, _ = soundfile.read(io.BytesIO(pcm(http, text=words, format="mp3")))
    assert np.abs(samples).max() < 0.001


def test_a_lone_surrogate_is_no_trouble(http: httpx.Client) -> None:
    content = b'{"text": "one \\ud800 two", "format": "pcm"}'
    answer = http.post("/v1/tts", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200
    assert len(answer.content) > 20000


@pytest.mark.slow
def test_a_million_characters_begin_to_sound_at_once(http: httpx.Client) -> None:
    body = {"text": f"{TWELVE_WORDS} " * (1_000_000 // 71), "format": "pcm"}
    began = perf_counter()
    with http.stream("POST", "/v1/tts", json=body) as answer:
        assert len(next(answer.iter_raw())) > 1000
        assert perf_counter() - began < 2


# --- refusals --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "missing field `text`"),
        ({"text": "a", "format": "ogg"}, "unknown variant `ogg`"),
        ({"text": "a", "format": "mp3", "sample_rate": 48000}, "Invalid sample rate 48000 for format mp3"),
        ({"text": "a", "prosody": {"speed": 0.1}}, "speed must be in [0.5, 2.0]"),
        ({"text": "a", "reference_id": "nobody"}, "Reference not found"),
        ({"text": "a", "references": [{"audio": "UklGRg==", "text": "a"}]}, "Reference Audio is not valid"),
        ({"text": "日本語です"}, "cannot say Japanese text"),
    ],
)
def test_a_bad_request_is_a_400_with_the_documented_body(
    http: httpx.Client, body: dict[str, Any], told: str
) -> None:
    answer = http.post("/v1/tts", json=body)
    assert answer.status_code == 400
    assert set(answer.json()) == {"status", "message", "reason"}
    assert answer.json()["status"] == 400
    assert told in answer.json()["message"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{", "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"\xc1", "application/msgpack"),
        (b"", "application/msgpack"),
    ],
)
def test_a_body_that_is_none_is_a_400_in_plain_text(http: httpx.Client, content: bytes, kind: str) -> None:
    answer = http.post("/v1/tts", content=content, headers={"Content-Type": kind})
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/tts"),
        ("GET", "/model"),
        ("GET", "/model/heart"),
        ("GET", "/wallet/self/api-credit"),
        ("GET", "/wallet/self/package"),
    ],
)
@pytest.mark.parametrize("key", [None, "wrong", KEY + "x", KEY[:-1]])
def test_without_the_key_everything_is_a_401(served: Served, method: str, path: str, key: str | None) -> None:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    answer = httpx.request(method, served.url + path, headers=headers, json={"text": "a"}, trust_env=False)
    assert answer.status_code == 401
    assert answer.json()["status"] == 401


def test_an_unknown_path_or_voice_is_a_404(http: httpx.Client) -> None:
    for path in ("/", "/v1/tts/none", "/model/nobody"):
        answer = http.get(path)
        assert answer.status_code == 404
        assert answer.json()["status"] == 404
    assert http.get("/v1/tts").status_code == 405


@pytest.mark.slow
def test_without_credit_it_is_a_402_but_for_the_free_model(serve: Callable[..., Served]) -> None:
    served = serve("--credit", "0")
    with httpx.Client(base_url=served.url, headers=served.headers, timeout=30, trust_env=False) as http:
        refused = http.post("/v1/tts", json={"text": "a"})
        assert refused.status_code == 402
        assert "Insufficient API credit" in refused.json()["message"]
        free = http.post("/v1/tts", json={"text": "a"}, headers={"model": "s2.1-pro-free"})
        assert free.status_code == 200
        assert http.get("/wallet/self/api-credit").json()["credit"] == "0"


# --- voices and the account ------------------------------------------------------------------------------


def test_a_voice_has_every_field_that_clients_insist_on(http: httpx.Client) -> None:
    voice = http.get("/model/heart").json()
    assert voice["_id"] == "heart"
    assert voice["languages"] == ["en"]
    for name, kind in {
        "type": str,
        "title": str,
        "description": str,
        "cover_image": str,
        "train_mode": str,
        "state": str,
        "tags": list,
        "samples": list,
        "created_at": str,
        "updated_at": str,
        "visibility": str,
        "lock_visibility": bool,
        "like_count": int,
        "mark_count": int,
        "shared_count": int,
        "task_count": int,
        "author": dict,
    }.items():
        assert isinstance(voice[name], kind), name


def ids(answer: httpx.Response) -> list[str]:
    return [voice["_id"] for voice in answer.json()["items"]]


def test_voices_come_in_pages(http: httpx.Client) -> None:
    everything = http.get("/model", params={"page_size": 100}).json()
    total = everything["total"]
    first = http.get("/model", params={"page_size": 2, "page_number": 1})
    second = http.get("/model", params={"page_size": 2, "page_number": 2})
    assert len(everything["items"]) == min(total, 100)
    assert first.json()["total"] == total
    assert ids(first)[0] == "heart"
    assert not set(ids(first)) & set(ids(second))
    assert first.json()["has_more"] is (everything["total"] > 2)
    assert ids(http.get("/model", params={"page_number": 99})) == []


def test_voices_are_searched(http: httpx.Client) -> None:
    assert ids(http.get("/model", params={"title": "HEA"})) == ["heart"]
    assert ids(http.get("/model", params={"title": "zzz"})) == []
    assert ids(http.get("/model", params={"tag": "hibari"})) == ["heart"]
    assert "heart" not in ids(http.get("/model", params={"language": "de"}))
    assert "heart" in ids(http.get("/model", params=[("language", "de"), ("language", "en")]))
    assert ids(http.get("/model", params={"self": "true", "page_size": 1})) == []


@pytest.mark.parametrize("query", [{"page_size": 0}, {"page_size": 101}, {"page_number": "x"}])
def test_a_page_that_cannot_be_is_a_400(http: httpx.Client, query: dict[str, Any]) -> None:
    assert http.get("/model", params=query).status_code == 400


def test_the_account(http: httpx.Client) -> None:
    credit = http.get("/wallet/self/api-credit").json()
    assert float(credit["credit"]) > 0
    assert isinstance(credit["credit"], str)
    assert http.get("/wallet/self/package").json()["user_id"] == credit["user_id"]


def test_nobody_gets_a_lease_of_a_server_that_is_not_shared(http: httpx.Client) -> None:
    assert http.get("/lease").status_code == 404


@pytest.mark.slow
def test_what_is_made_is_kept_and_its_addresses_pass_the_gate(serve: Callable[..., Served]) -> None:
    buffer = io.BytesIO()
    soundfile.write(buffer, np.sin(np.arange(44100 * 10) / 20), 44100, format="FLAC")
    fields = {"title": "Kept", "visibility": "private", "generate_sample": "true"}
    ids: list[str] = []
    for _ in range(2):
        served = serve()
        with httpx.Client(base_url=served.url, headers=served.headers, timeout=30, trust_env=False) as http:
            if not ids:
                files = {"voices": ("upload", buffer.getvalue())}
                ids.append(http.post("/model", data=fields, files=files).json()["_id"])
            voice = http.get(f"/model/{ids[0]}").json()
            assert ids[0] in [
                one["_id"] for one in http.get("/model", params={"self": "true"}).json()["items"]
            ]
        for address in (voice["samples"][0]["audio"], f"{served.url}/{voice['cover_image']}"):
            assert httpx.get(address, timeout=30, trust_env=False).status_code == 200
            assert httpx.get(address[:-1] + "~", trust_env=False).status_code == 401
            assert httpx.post(address, trust_env=False).status_code == 401
            page = httpx.get(address, headers={"Origin": "http://page.example"}, trust_env=False)
            assert page.status_code == 403
    with httpx.Client(base_url=served.url, headers=served.headers, timeout=30, trust_env=False) as http:
        assert http.delete(f"/model/{ids[0]}").status_code == 200


# --- the command -----------------------------------------------------------------------------------------


def serve_command(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "fishcaption.server", *arguments]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environment},
    )


@pytest.mark.slow
def test_the_address_is_the_first_line_and_a_key_it_made_the_second_and_ctrl_c_ends_it() -> None:
    process = serve_command("--port", "0")
    assert process.stdout is not None
    address, key = process.stdout.readline().strip(), process.stdout.readline().strip()
    assert address.startswith("http://127.0.0.1:")
    assert len(key) >= 20
    headers = {"Authorization": f"Bearer {key}"}
    answer = httpx.get(f"{address}/model", headers=headers, timeout=30, trust_env=False)
    assert answer.status_code == 200
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert rest == ""
    assert "Traceback" not in errors


@pytest.mark.slow
@pytest.mark.parametrize("way", ["--key", "--key-file", "environment"])
def test_with_a_key_given_nothing_but_the_address_is_printed(way: str, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("K\nanother line\n")
    value = {"--key": "K", "--key-file": str(tmp_path / "key")}
    if way == "environment":
        process = serve_command("--port", "0", FISHCAPTION_SERVE_KEY="K")
    else:
        process = serve_command("--port", "0", way, value[way])
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    answer = httpx.get(f"{address}/model", headers={"Authorization": "Bearer K"}, timeout=30, trust_env=False)
    assert answer.status_code == 200
    process.terminate()
    rest, _ = process.communicate(timeout=20)
    assert rest == ""


def test_a_port_that_is_taken_is_told() -> None:
    served = begin_server()
    try:
        process = serve_command("--port", served.url.rpartition(":")[2])
        _, errors = process.communicate(timeout=20)
    finally:
        end_server(served)
    assert process.returncode == 1
    assert "--port 0" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    "arguments",
    [
        ["--port", "99999"],
        ["--port", "x"],
        ["--key", "a\nb"],
        ["--key", ""],
        ["--credit", "much"],
        ["--key-file", "/no/such/file"],
        ["--key-file", os.devnull],
        ["--key", "K", "--key-file", os.devnull],
        ["FISHCAPTION_SERVE_KEY=a b"],
    ],
)
def test_usage_is_checked(arguments: list[str]) -> None:
    environment = dict(word.split("=") for word in arguments if "=" in word)
    process = serve_command(*(word for word in arguments if "=" not in word), **environment)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 2
    assert "error:" in errors
