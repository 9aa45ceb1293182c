"""Voices over REST: made in every shape that clients send, found, changed, deleted."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.server.by_hand import packed
from tests.server.rest.conftest import Serving
from tests.server.rest.recordings import recording
from tests.voice_service import Fault

ONE = recording()
TWO = recording(330.0)
SHORT = recording(seconds=1.0)
FIELDS = {"type": "tts", "title": "Mine", "train_mode": "fast", "visibility": "private"}


def uploads(*contents: bytes) -> list[tuple[str, Any]]:
    """As the official Python client sends them."""
    return [("voices", ("upload", content, "application/octet-stream")) for content in contents]


def make(http: httpx.Client, *contents: bytes, **fields: Any) -> httpx.Response:
    return http.post("/model", data={**FIELDS, **fields}, files=uploads(*(contents or (ONE,))))


def made(http: httpx.Client, *contents: bytes, **fields: Any) -> dict[str, Any]:
    answer = make(http, *contents, **fields)
    assert answer.status_code == 201, answer.text
    entity: dict[str, Any] = answer.json()
    return entity


def listed(http: httpx.Client, **query: Any) -> list[str]:
    """The titles of all pages."""
    titles: list[str] = []
    for number in count(1):
        answer = http.get("/model", params={"page_size": 100, "page_number": number, **query})
        assert answer.status_code == 200, answer.text
        titles += [voice["title"] for voice in answer.json()["items"]]
        if "page_number" in query or not answer.json()["has_more"]:
            break
    return titles


# --- making ----------------------------------------------------------------------------------------------


def test_a_voice_is_made_found_changed_and_deleted(serving: Serving) -> None:
    _, http = serving()
    voice = made(http, ONE, SHORT, texts=["One, two.", "Three."], tags=["warm", "mine"], description="Me")
    assert (voice["state"], voice["visibility"], voice["tags"]) == ("trained", "private", ["warm", "mine"])
    first, second = voice["quality"]["audios"]
    assert (first["filename"], first["duration_ms"], first["quality_passed"]) == ("upload", 12_000, True)
    assert (second["quality_passed"], second["quality_reason"]) == (
        False,
        "The recording is shorter than 10 seconds",
    )
    path = f"/model/{voice['_id']}"
    assert http.get(path).json() == voice
    assert listed(http, self="true") == ["Mine"]
    assert "Mine" in listed(http)
    changed = http.patch(path, json={"title": "Ours", "tags": ["new"], "visibility": "unlist"})
    assert (changed.status_code, changed.content) == (200, b"")
    now = http.get(path).json()
    assert (now["title"], now["tags"], now["visibility"]) == ("Ours", ["new"], "unlist")
    assert (now["description"], now["created_at"]) == ("Me", voice["created_at"])
    assert now["updated_at"] > voice["updated_at"]
    deleted = http.delete(path)
    assert (deleted.status_code, deleted.content) == (200, b"")
    assert http.get(path).status_code == http.delete(path).status_code == 404
    assert listed(http, self="true") == []


JSON_LIST = json.dumps(["One, two.", "Three."])


@pytest.mark.parametrize(
    ("texts", "tags"),
    [
        (["One, two.", "Three."], ["a", "b"]),  # Python: a field for each
        ("One two.,Three.", "a,b"),  # Go: joined
        (JSON_LIST, '["a", "b"]'),  # npm: a list as one value
    ],
    ids=["repeated", "commas", "json"],
)
def test_lists_come_in_the_shapes_of_the_clients(serving: Serving, texts: Any, tags: Any) -> None:
    service, http = serving()
    voice = made(
        http, ONE, TWO, texts=texts, tags=tags, generate_sample="true", enhance_audio_quality="false"
    )
    assert voice["tags"] == ["a", "b"]
    clone = service.clones.all()[0]
    assert [text.replace(",", "") for text in clone.texts] == ["One two.", "Three."]
    assert not clone.is_enhanced
    assert voice["samples"][0]["text"] == clone.texts[0]


def test_one_text_keeps_its_commas(serving: Serving) -> None:
    service, http = serving()
    made(http, ONE, texts="One, two, three.")
    assert service.clones.all()[0].texts == ("One, two, three.",)


@pytest.mark.parametrize("kind", ["urlencoded", "json", "msgpack"])
def test_bodies_without_files_hold_the_recordings_as_values(serving: Serving, kind: str) -> None:
    service, http = serving()
    values: dict[str, Any] = {**FIELDS, "tags": ["a"], "description": None, "voices": [ONE]}
    encoded = {**values, "voices": [base64.b64encode(ONE).decode()]}
    content, media = {
        "urlencoded": (
            urlencode({**encoded, "description": ""}, doseq=True).encode(),
            "x-www-form-urlencoded",
        ),
        "json": (json.dumps(encoded).encode(), "json"),
        "msgpack": (packed(values), "msgpack"),
    }[kind]
    answer = http.post("/model", content=content, headers={"Content-Type": f"application/{media}"})
    assert answer.status_code == 201, answer.text
    assert made(http)["quality"]["audios"][0]["duration_ms"] == 12_000
    one, other = service.clones.all()
    assert one.character == other.character


@pytest.mark.parametrize("kind", ["wav", "flac", "mp3", "opus"])
def test_the_kind_is_found_whatever_the_name_says(serving: Serving, kind: str) -> None:
    _, http = serving()
    (audio,) = made(http, recording(kind=kind))["quality"]["audios"]
    assert abs(audio["duration_ms"] - 12_000) < 100


def test_what_cannot_be_decoded_but_is_sound_is_taken(serving: Serving) -> None:
    _, http = serving()
    made(http, b"\0\0\0\x20ftypM4A " + bytes(1000))


@pytest.mark.parametrize(
    ("fields", "contents", "told"),
    [
        ({"title": ""}, [ONE], "missing field `title`"),
        ({"title": "x" * 300}, [ONE], "longer than"),
        ({"title": ["a", "b"]}, [ONE], "2 times"),
        ({"type": "svc"}, [ONE], "`type`"),
        ({"train_mode": "full"}, [ONE], "`train_mode`"),
        ({"visibility": "secret"}, [ONE], "`visibility`"),
        ({"texts": ["a", "b"]}, [ONE], "2 values for 1 files"),
        ({"tags": ["a"] * 100}, [ONE], "more than 50"),
        ({"generate_sample": "perhaps"}, [ONE], "`generate_sample`"),
        ({"voice_design_signatures": ["1:1:00"]}, [ONE], "signature"),
        ({}, [SHORT] * 21, "1 to 20 files"),
        ({}, [b"a text that is called voice.wav"], "recording 1: it is no sound file"),
        ({}, [ONE, b""], "recording 2"),
        ({}, [ONE[:44]], "without sound"),
        ({}, [b"fLaC" + bytes(100)], "cannot be read"),
    ],
)
def test_what_is_refused(serving: Serving, fields: Any, contents: Sequence[bytes], told: str) -> None:
    service, http = serving()
    answer = http.post("/model", data={**FIELDS, **fields}, files=uploads(*contents))
    assert (answer.status_code, told in answer.json()["message"]) == (400, True), answer.text
    assert not len(service.clones)


def test_no_file_and_no_form_are_refused(serving: Serving) -> None:
    _, http = serving()
    assert http.post("/model", data=FIELDS).status_code == 400
    for content, kind in [(b"{", "json"), (b"--x\r\nnonsense", "multipart/form-data; boundary=x"), (b"", "")]:
        media = kind if "/" in kind else f"application/{kind}"
        assert http.post("/model", content=content, headers={"Content-Type": media}).status_code == 400


def test_half_a_recording_is_a_recording(serving: Serving) -> None:
    _, http = serving()
    (audio,) = made(http, ONE[: len(ONE) // 2])["quality"]["audios"]
    assert audio["duration_ms"] < 7_000


def test_a_body_that_is_too_large_is_told_as_that(serving: Serving) -> None:
    service, http = serving()
    big = bytes(45_000_000)
    answer = http.post("/model", data=FIELDS, files=uploads(big, big, big))
    assert answer.status_code == 413
    assert not len(service.clones)


def test_visibility_is_public_where_nothing_is_said_as_documented(serving: Serving) -> None:
    _, http = serving()
    fields = {name: value for name, value in FIELDS.items() if name != "visibility"}
    assert http.post("/model", data=fields, files=uploads(ONE)).json()["visibility"] == "public"
    _, later = serving(default_visibility="private")
    assert later.post("/model", data=fields, files=uploads(ONE)).json()["visibility"] == "private"


def test_training_takes_its_time_where_it_does(serving: Serving) -> None:
    _, http = serving(training_seconds=0.3)
    voice = made(http, generate_sample="true")
    assert (voice["state"], voice["samples"]) == ("training", [])
    speech = {"text": "Hello.", "reference_id": voice["_id"], "format": "pcm"}
    assert http.post("/v1/tts", json=speech).status_code == 400
    while (now := http.get(f"/model/{voice['_id']}").json())["state"] == "training":
        pass
    assert now["state"] == "trained"
    assert http.post("/v1/tts", json=speech).status_code == 200


def test_there_is_no_room_for_any_number(serving: Serving) -> None:
    _, http = serving(most_clones=2)
    for _ in range(2):
        made(http)
    assert make(http).status_code == 403


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("bGVuZ3Ro"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(["title", "voices", "texts", "tags", "visibility", "cover_image", "type", "title[]"])


def test_no_body_is_more_than_refused(serving: Serving) -> None:
    service, http = serving()

    @given(st.dictionaries(names, anything) | anything)
    @example({"voices": "é"})  # no base64: no letters of ASCII
    def holds(value: object) -> None:
        content = json.dumps(value).encode()
        for method, path in (("POST", "/model"), ("PATCH", f"/model/{id_}"), ("POST", "/v1/voice-design")):
            kind = {"Content-Type": "application/json"}
            assert http.request(method, path, content=content, headers=kind).status_code in (200, 400)

    id_ = made(http)["_id"]
    holds()
    assert len(service.clones) == 1


def test_more_voices_at_a_time_than_fit_into_memory_are_a_429(serving: Serving) -> None:
    service, http = serving()
    host, _, port = service.url.removeprefix("http://").partition(":")
    head = (
        f"POST /model HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {service.key}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 100000000\r\n\r\n--x"
    )
    with ExitStack() as stack:
        for _ in range(4):
            slow = stack.enter_context(socket.create_connection((host, int(port))))
            slow.sendall(head.encode())
        while service.asked.count("POST /model") < 4:
            assert http.get("/model").status_code == 200
        assert make(http).status_code == 429
    while make(http).status_code == 429:
        pass
    assert len(service.clones) == 1


# --- changing --------------------------------------------------------------------------------------------

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


def test_a_change_comes_as_a_form_with_and_without_a_cover(serving: Serving) -> None:
    _, http = serving()
    voice = made(http)
    path = f"/model/{voice['_id']}"
    drawn = http.get("/" + voice["cover_image"]).content
    assert http.patch(path, data={"title": "Two", "tags": ["x", "y"]}).status_code == 200
    answer = http.patch(path, data={"description": "New"}, files={"cover_image": ("upload", PNG)})
    assert answer.status_code == 200
    now = http.get(path).json()
    assert (now["title"], now["tags"], now["description"]) == ("Two", ["x", "y"], "New")
    cover = http.get("/" + now["cover_image"])
    assert (cover.content, cover.headers["content-type"]) == (PNG, "image/png")
    assert drawn.startswith(PNG[:8])
    assert drawn != PNG


@pytest.mark.parametrize(
    ("change", "files"),
    [
        ({"title": None}, None),
        ({"title": " "}, None),
        ({"visibility": "secret"}, None),
        ({"title": 5.5, "tags": [["a"]]}, None),
        ({}, {"cover_image": ("cover.png", b"<html>")}),
        ({}, {"cover_image": ("cover.png", PNG + bytes(6_000_000))}),
    ],
)
def test_a_change_that_cannot_be_changes_nothing(serving: Serving, change: Any, files: Any) -> None:
    _, http = serving()
    path = f"/model/{made(http)['_id']}"
    before = http.get(path).json()
    answer = http.patch(path, files=files) if files else http.patch(path, json=change)
    assert answer.status_code == 400
    assert http.get(path).json() == before


def test_a_voice_of_others_cannot_be_changed(serving: Serving) -> None:
    _, http = serving(made_up=1)
    for id_ in ("heart", "fade0000" + "0" * 24):
        assert http.get(f"/model/{id_}").status_code == 200
        assert http.patch(f"/model/{id_}", json={"title": "Mine"}).status_code == 403
        assert http.delete(f"/model/{id_}").status_code == 403


# --- the folder ------------------------------------------------------------------------------------------


@pytest.mark.logs("cannot be read, and is passed over")
def test_voices_are_there_again_and_no_recording_is_kept(serving: Serving, tmp_path: Path) -> None:
    _, http = serving(folder=tmp_path / "voices")
    voice = made(http, ONE, title="Kept", generate_sample="true")
    made(http, ONE, title="Gone")
    http.patch(f"/model/{voice['_id']}", files={"cover_image": ("c", PNG)})
    http.delete(f"/model/{http.get('/model', params={'self': 'true'}).json()['items'][0]['_id']}")
    kept = sorted((tmp_path / "voices").iterdir())
    assert [path.suffix for path in kept] == [".cover", ".json"]
    assert sum(path.stat().st_size for path in kept) < 3_000
    for name, content in {"a" * 32: b"{}", "b" * 32: b"[" * 9_000, "x": kept[1].read_bytes()}.items():
        (tmp_path / "voices" / f"{name}.json").write_bytes(content)
    _, again = serving(folder=tmp_path / "voices")
    assert listed(again, self="true") == ["Kept"]
    assert again.get(f"/model/{voice['_id']}").json()["quality"] == voice["quality"]
    assert again.get("/" + again.get(f"/model/{voice['_id']}").json()["cover_image"]).content == PNG


def test_a_disk_that_is_full_is_told_and_nothing_is_half_there(serving: Serving, tmp_path: Path) -> None:
    (tmp_path / "voices").write_text("no folder")
    service, http = serving(folder=tmp_path / "voices")
    assert make(http).status_code == 503
    assert not len(service.clones)


# --- the list --------------------------------------------------------------------------------------------


def test_filters(serving: Serving) -> None:
    _, http = serving(made_up=1000)
    made(http, title="Élodie Narrator", tags="warm,mine")
    assert listed(http, title="elodie") == ["Élodie Narrator"]
    assert listed(http, title="narrator warm 12")[0].startswith("Warm Narrator")
    assert listed(http, tag=["warm", "mine"]) == ["Élodie Narrator"]
    assert listed(http, tag=["warm", "no"]) == []
    assert listed(http, self="true", author_id="author-1", licensed="true") == ["Élodie Narrator"]
    assert listed(http, author_id="author-3") == ["Deep Narrator 3"]
    assert len(listed(http, licensed="true")) == 24
    japanese = http.get("/model", params={"language": ["ja", "ko"], "page_size": 100}).json()
    assert {voice["languages"][0] for voice in japanese["items"]} == {"ja", "ko"}
    totals = [
        http.get("/model", params={name: "en"}).json()["total"] for name in ("language", "title_language")
    ]
    assert totals[0] > totals[1] > 50
    for sort in ("score", "task_count", "created_at"):
        items = http.get("/model", params={"sort_by": sort, "page_size": 100}).json()["items"]
        if sort != "score":
            keys = [voice[sort] for voice in items]
            assert keys == sorted(keys, reverse=True)
    assert http.get("/model", params={"sort_by": "name"}).status_code == 400


def test_pages_within_a_window(serving: Serving) -> None:
    _, http = serving(made_up=5000, window=1000)
    pages = [http.get("/model", params={"page_size": 100, "page_number": n}).json() for n in (1, 10, 11)]
    assert [len(page["items"]) for page in pages] == [100, 100, 0]
    assert [page["has_more"] for page in pages] == [True, False, False]
    assert all(page["window_limited"] and page["accessible_upper_bound"] == 1000 for page in pages)
    assert pages[0]["total"] > 5000
    narrow = http.get("/model", params={"title": "captain 2"}).json()
    assert (narrow["window_limited"], narrow["total"] < 1000) == (False, True)


def test_the_list_is_public_where_it_is(serving: Serving) -> None:
    service, http = serving(is_public=True, made_up=3)
    private, public = made(http, title="Private"), made(http, title="Public", visibility="public")
    with httpx.Client(base_url=service.url, trust_env=False, verify=False) as stranger:
        assert "Public" in listed(stranger)
        assert "Private" not in listed(stranger)
        assert stranger.get(f"/model/{public['_id']}").status_code == 200
        assert stranger.get(f"/model/{private['_id']}").status_code == 404
        assert stranger.get("/model", params={"self": "true"}).status_code == 401
        assert stranger.delete(f"/model/{public['_id']}").status_code == 401
        assert stranger.get("/model", headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert stranger.get("/wallet/self/api-credit").status_code == 401


def test_a_voice_of_the_list_speaks_as_itself(serving: Serving) -> None:
    _, http = serving(made_up=100)
    ids = [f"fade0000{n:024x}" for n in (1, 2)]
    spoken = [
        http.post("/v1/tts", json={"text": "Hello.", "reference_id": id_, "format": "pcm"}) for id_ in ids
    ]
    assert all(answer.status_code == 200 for answer in spoken)
    assert spoken[0].content != spoken[1].content


# --- faults of the rig -----------------------------------------------------------------------------------


def test_faults_come_when_they_are_asked_for(serving: Serving) -> None:
    service, http = serving()
    service.fail(*(Fault("POST /model", status, times=1) for status in (402, 409, 413, 422, 429, 503)))
    statuses = [make(http).status_code for _ in range(7)]
    assert statuses == [402, 409, 413, 422, 429, 503, 201]
    service.fail(Fault("/model", 401, times=1), Fault("GET /model/", late_seconds=0.01, times=1))
    refused = http.get("/model")
    assert (refused.status_code, refused.headers["content-type"].partition(";")[0]) == (401, "text/plain")
    assert http.get("/model/heart").status_code == 200
    service.fail(Fault("GET /model", cut_after=100, times=1))
    with pytest.raises(httpx.TransportError):
        http.get("/model")
    service.fail(Fault("POST /model", cut_after=100_000, is_upload=True, times=1))
    with pytest.raises(httpx.TransportError):
        make(http, ONE, TWO)
    assert len(service.clones) == 1
    service.fail(Fault("POST /model", cut_after=0, times=1))
    with pytest.raises(httpx.TransportError):
        make(http)
    assert len(service.clones) == 2
    assert service.asked[-1] == "POST /model"
