"""The server that lies: every lie is told, and the honest one is none."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import httpx
import pytest

from tests.lying_server import LIES, Lying, lying, tone

_PATIENCE_SECONDS = 10


@contextmanager
def asking(*lies: str, count: int = 70) -> Iterator[tuple[Lying, httpx.Client]]:
    with (
        lying(*lies, count=count) as service,
        httpx.Client(base_url=service.url, timeout=_PATIENCE_SECONDS, trust_env=False, verify=False) as http,
    ):
        yield service, http


def make(http: httpx.Client, size: int = 100_000) -> httpx.Response:
    fields: dict[str, Any] = {"title": "Mine", "visibility": "private", "tags": ["a", "b"]}
    return http.post("/model", data=fields, files=[("voices", ("one.wav", bytes(size), "audio/wav"))])


def test_without_a_lie_it_is_a_service() -> None:
    with asking() as (service, http):
        pages = [http.get("/model", params={"page_size": 30, "page_number": n}).json() for n in (1, 2, 3)]
        ids = [voice["_id"] for page in pages for voice in page["items"]]
        assert len(set(ids)) == 70
        assert [page["has_more"] for page in pages] == [True, True, False]
        voice = http.get(f"/model/{ids[7]}").json()
        assert voice["title"] == "Voice 7"
        with wave.open(io.BytesIO(http.get(voice["samples"][0]["audio"]).content)) as sound:
            assert sound.getnframes() == 12_000
        cover = http.get(f"/cdn-cgi/image/width=64,format=webp/{voice['cover_image']}")
        assert cover.content.startswith(b"\x89PNG")
        assert http.get("/wallet/self/api-credit").json()["credit"] == "12.34"
        made = make(http)
        assert made.status_code == 201
        assert made.json()["state"] == "trained"
        assert made.json()["quality"]["audios"][0]["quality_passed"] is True
        assert service.made[0].fields["tags"] == ["a", "b"]
        id_ = made.json()["_id"]
        assert [voice["_id"] for voice in http.get("/model", params={"self": "true"}).json()["items"]] == [
            id_
        ]
        assert http.patch(f"/model/{id_}", json={"title": "Other"}).content == b""
        assert http.get(f"/model/{id_}").json()["title"] == "Other"
        assert http.delete(f"/model/{id_}").status_code == 200
        assert http.get(f"/model/{id_}").status_code == 404
        assert http.post("/v1/voice-design", json={"n": 3}).json()["candidates"][2]["signature"] == "signed-2"


@pytest.mark.parametrize("lie", ["created_unanswered", "created_late", "upload_cut"])
def test_an_answer_is_lost(lie: str) -> None:
    with asking(lie) as (service, http):
        with pytest.raises(httpx.TransportError):
            make(http, 5_000_000)
        assert len(service.made) == (lie != "upload_cut")
        looks = [len(http.get("/model", params={"self": "true"}).json()["items"]) for _ in range(2)]
        assert looks == {"created_unanswered": [1, 1], "created_late": [0, 1], "upload_cut": [0, 0]}[lie]


def test_too_large_is_told_while_the_upload_is_on_its_way() -> None:
    with asking("upload_refused_early") as (service, http):
        assert make(http, 50_000).status_code == 413
        assert service.made == []


def test_refusals_are_those_that_were_asked_for() -> None:
    with asking("once refuse GET /model 429", "refuse POST /model 409", "refuse GET /wallet 503") as (
        _,
        http,
    ):
        first = http.get("/model")
        assert (first.status_code, first.headers["retry-after"]) == (429, "1")
        assert http.get("/model").status_code == 200
        assert [make(http).status_code for _ in range(2)] == [409, 409]
        assert http.get("/wallet/self/api-credit").json()["status"] == 503


def test_a_sample_that_has_expired_has_another_address_once_its_voice_is_asked_for() -> None:
    with asking("sample_expired") as (_, http):
        listed = http.get("/model").json()["items"][3]
        assert http.get(listed["samples"][0]["audio"]).status_code == 403
        again = http.get(f"/model/{listed['_id']}").json()
        assert http.get(again["samples"][0]["audio"]).content == tone()


def test_training_goes_its_way() -> None:
    for lie, states in {
        "trains_a_while": ["training", "training", "training", "training", "trained"],
        "trains_for_ever": ["training"] * 5,
        "training_fails": ["training", "failed", "failed", "failed", "failed"],
    }.items():
        with asking(lie) as (_, http):
            made = make(http).json()
            seen = [made["state"], *(http.get(f"/model/{made['_id']}").json()["state"] for _ in range(4))]
            assert seen == states


def test_a_slow_answer_is_not_there_in_time_and_holds_up_no_end() -> None:
    with lying("slow") as service, pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{service.url}/model", timeout=0.2, trust_env=False, verify=False)


@pytest.mark.parametrize("lie", sorted(set(LIES) - {"slow"}))
def test_every_lie_is_told(lie: str) -> None:
    """Each changes some answer that the honest service gives, or cuts it."""
    with asking(lie) as (_, http):
        assert answers(http) != honest()


@cache
def honest() -> list[object]:
    with asking() as (_, http):
        return answers(http)


def answers(http: httpx.Client) -> list[object]:
    found: list[object] = []

    def told(method: str, path: str, **body: Any) -> httpx.Response | None:
        try:
            with http.stream(method, path, **body) as answer:
                is_large = int(answer.headers["content-length"]) > 1_000_000
                content = b"much" if is_large else answer.read()
        except httpx.TransportError as error:
            found.append(type(error).__name__)
            return None
        found.append((answer.status_code, content.replace(str(http.base_url).encode(), b"")))
        return answer

    for page in (1, 2, 8):
        told("GET", "/model", params={"page_number": page})
    told("GET", f"/model/{7:032x}")
    told("GET", f"/coverimage/{7:032x}")
    told("GET", f"/sample/{9:032x}.wav")
    told("GET", "/wallet/self/api-credit")
    told("POST", "/model", data={"title": "Mine"}, files={"voices": ("upload", bytes(30_000))})
    for _ in range(2):
        told("GET", "/model", params={"self": "true"})
    told("POST", "/v1/voice-design", json={"n": 2})
    return found
