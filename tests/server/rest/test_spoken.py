"""Voices by ear: those that were made, recordings sent along, several speakers, samples, designs, credit."""

from __future__ import annotations

import asyncio
import base64
import io
from contextlib import suppress
from decimal import Decimal
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.server.by_hand import STOP, packed, start, text
from tests.server.conftest import PLAIN, TIMED, Said, rest_of
from tests.server.rest.conftest import Serving
from tests.server.rest.recordings import recording
from tests.server.rest.test_models import ONE, TWO, made
from tests.voice_service import Service

WORDS = "The quick brown fox jumps over the lazy dog."
PCM = {"format": "pcm", "sample_rate": 24000}


def spoken(http: httpx.Client, words: str = WORDS, model: str = "s2-pro", **request: Any) -> bytes:
    answer = http.post(
        "/v1/tts",
        content=packed({"text": words, **PCM, **request}),
        headers={"Content-Type": "application/msgpack", "model": model},
    )
    assert answer.status_code == 200, answer.text
    return answer.content


def refused(http: httpx.Client, model: str = "s2-pro", **request: Any) -> str:
    answer = http.post(
        "/v1/tts",
        content=packed({"text": WORDS, **PCM, **request}),
        headers={"Content-Type": "application/msgpack", "model": model},
    )
    assert answer.status_code == 400, answer.text
    message: str = answer.json()["message"]
    return message


def live(service: Service, *words: str, path: str = TIMED, model: str = "s2-pro", **request: Any) -> Said:
    async def talk() -> Said:
        async with connect(
            service.url.replace("http", "ws") + path,
            additional_headers={**service.headers, "model": model},
            compression=None,
            max_size=None,
            proxy=None,
        ) as socket:
            with suppress(ConnectionClosed):  # it may be refused before all is sent
                await socket.send(start(**request))
                for one in words or (WORDS,):
                    await socket.send(text(one))
                await socket.send(STOP)
            return await rest_of(socket)

    return asyncio.run(talk())


def reference(audio: bytes) -> dict[str, Any]:
    return {"audio": audio, "text": "One, two."}


def pitch(pcm: bytes) -> float:
    """How high it is: the hertz at which half of the sound below 1 kHz is reached."""
    samples = np.frombuffer(pcm, "<i2").astype(np.float64)
    power = np.abs(np.fft.rfft(samples)) ** 2
    hertz = np.fft.rfftfreq(len(samples), 1 / 24000)
    power[hertz > 1000] = 0
    return float(hertz[np.searchsorted(np.cumsum(power), power.sum() / 2)])


# --- one voice -------------------------------------------------------------------------------------------


def test_a_voice_that_was_made_is_audibly_its_own(serving: Serving) -> None:
    service, http = serving()
    first, second = made(http, ONE)["_id"], made(http, TWO)["_id"]
    sounds = [spoken(http), spoken(http, reference_id=first), spoken(http, reference_id=second)]
    assert len(set(sounds)) == 3
    for id_, sound in ((first, sounds[1]), (second, sounds[2])):
        clone = service.clones.find(id_)
        assert clone is not None
        assert abs(clone.character.pitch - 1) > 0.09
        assert pitch(sound) / pitch(sounds[0]) == pytest.approx(clone.character.pitch, rel=0.08)


def test_the_same_recordings_sent_along_sound_the_same_in_any_order_and_as_flac(serving: Serving) -> None:
    service, http = serving()
    id_ = made(http, ONE, TWO, texts=["One.", "Two."])["_id"]
    kept = spoken(http, reference_id=id_)
    flac = [reference(recording(330.0, "flac")), reference(recording(kind="flac"))]
    assert spoken(http, references=flac) == kept
    said = live(service, references=flac)
    assert said.audio == live(service, reference_id=id_).audio
    assert [word for word, _, _ in said.words()] == WORDS.rstrip(".").split()
    assert spoken(http, references=flac[:1]) != kept
    assert spoken(http, model="s1", references=flac) == kept


@pytest.mark.logs("there is no voice")
def test_a_voice_that_was_deleted_is_refused_and_never_replaced(serving: Serving) -> None:
    service, http = serving()
    id_ = made(http)["_id"]
    http.delete(f"/model/{id_}")
    assert "Reference not found" in refused(http, reference_id=id_)
    with pytest.raises(AssertionError):
        spoken(http, reference_id=id_)
    assert "Reference not found" in live(service, reference_id=id_).last["error"]


@pytest.mark.parametrize("audio", [b"", b"a text", b"fLaC" + bytes(50), ONE[:40]])
def test_what_is_no_recording_is_refused(serving: Serving, audio: bytes) -> None:
    service, http = serving()
    assert "Reference Audio is not valid" in refused(http, references=[reference(audio)])
    for path in (PLAIN, TIMED):
        said = live(service, path=path, references=[reference(audio)])
        assert "Reference Audio is not valid" in said.last["error"]


@pytest.mark.slow
def test_recordings_that_wait_on_a_socket_are_bounded(serving: Serving) -> None:
    service, _ = serving()
    large = reference(b"RIFF____WAVE" + bytes(30_000_000))

    async def talk() -> dict[str, Any]:
        async with connect(
            service.url.replace("http", "ws") + PLAIN, additional_headers=service.headers, proxy=None
        ) as socket:
            await socket.send(start())
            await socket.send(STOP)
            with suppress(ConnectionClosed):
                for _ in range(3):
                    await socket.send(start(references=[large]))
                    await socket.send(STOP)
            while (said := await rest_of(socket)).last["event"] != "error":
                pass
            return said.last

    assert asyncio.run(talk())["error"] in (
        "Too many recordings are waiting to be listened to",
        "Reference Audio is not valid, please check your reference audio",  # where the server was quicker
    )


# --- several speakers ------------------------------------------------------------------------------------

TALK = "<|speaker:0|>Good morning to you. <|speaker:1|>And to you, my friend. <|speaker:0|>Thank you."


def test_several_speakers_speak_in_turn(serving: Serving) -> None:
    service, http = serving()
    ids = [made(http, ONE)["_id"], made(http, TWO)["_id"]]
    parts = [("Good morning to you. ", 0), ("And to you, my friend. ", 1), ("Thank you.", 0)]
    alone = b"".join(spoken(http, words, reference_id=ids[who]) for words, who in parts)
    both = live(service, TALK, reference_id=ids)
    assert both.audio == alone
    assert [word for word, _, _ in both.words()] == TALK.replace(".", "").replace(",", "").replace(
        "<|speaker:0|>", ""
    ).replace("<|speaker:1|>", "").split()
    in_letters = live(service, *TALK, reference_id=ids)
    assert in_letters.audio == alone
    with_references = [[reference(ONE)], [reference(TWO)]]
    assert spoken(http, TALK, references=with_references) == alone
    assert spoken(http, TALK, reference_id=ids[::-1]) != alone


def test_a_speaker_goes_on_over_chunks_and_one_voice_says_all_where_there_is_one(serving: Serving) -> None:
    service, http = serving()
    ids = ["heart", made(http, ONE)["_id"]]
    long = "<|speaker:1|>" + "One more sentence of many words that are said. " * 6
    said = live(service, long, chunk_length=100, reference_id=ids)
    assert len({frame["chunk_seq"] for frame in said.frames}) > 2
    plain = long.removeprefix("<|speaker:1|>")
    assert abs(len(said.audio) - len(live(service, plain, reference_id=ids[1]).audio)) < 24_000
    assert live(service, TALK, reference_id="heart").last["event"] == "finish"


@pytest.mark.logs("there is no voice 'nobody'")
def test_several_speakers_are_refused_where_they_cannot_be(serving: Serving) -> None:
    service, http = serving()
    assert "MultiSpeakerReference" in refused(http, "s1", reference_id=["heart", "heart"])
    assert "MultiSpeakerReference" in refused(http, "s1", references=[[reference(ONE)]])
    assert "MultiSpeakerReference" in live(service, model="s1", reference_id=["heart"]).last["error"]
    assert "Reference not found" in refused(http, reference_id=["heart", "nobody"])
    assert "no voice for speaker 2" in refused(http, text="<|speaker:2|>Hi.", reference_id=["heart"] * 2)
    assert "more than 32" in refused(http, reference_id=["heart"] * 33)
    wrongs: list[Any] = [[[]], [[reference(ONE)], reference(ONE)], [[[reference(ONE)]]]]
    for wrong in wrongs:
        assert "not valid" in refused(http, references=wrong)


def test_several_speakers_are_cut_in_silence_where_the_switch_says_so(serving: Serving) -> None:
    service, _ = serving(several="cut")
    words = TALK + " And here is another sentence that nobody hears." * 3
    request: dict[str, Any] = {"reference_id": ["heart", "heart"], "chunk_length": 100}
    cut = live(service, words, **request)
    assert cut.last == {"event": "finish", "reason": "stop", "time": cut.last["time"]}
    assert {frame["chunk_seq"] for frame in cut.frames} == {0}
    assert len(live(service, words, reference_id="heart").audio) > 1.5 * len(cut.audio) > 0
    other, _ = serving(several="refused")
    assert live(other, words, **request).last["error"] == "Reference audio too long"


def test_more_sockets_than_allowed_are_told_how_many_there_may_be(serving: Serving) -> None:
    service, _ = serving(most_sessions=0)
    assert live(service).last == {
        "event": "error",
        "error": "Concurrency limit exceeded",
        "max_concurrency": 0,
    }


# --- samples and covers ----------------------------------------------------------------------------------


def bare(service: Service) -> httpx.Client:
    return httpx.Client(base_url=service.url, timeout=30, trust_env=False, verify=False)


def test_a_sample_is_the_voice_itself_and_needs_no_key(serving: Serving) -> None:
    service, http = serving()
    for voice in (http.get("/model/heart").json(), made(http, texts="One, two.", generate_sample="true")):
        (sample,) = voice["samples"]
        with bare(service) as stranger:
            answer = stranger.get(sample["audio"])
            tampered = [
                sample["audio"].replace("Signature=", "Signature=0"),
                sample["audio"].partition("?")[0],
                sample["audio"].replace(voice["_id"], "pico-de"),
            ]
            assert [stranger.get(url).status_code for url in tampered] == [401, 401, 401]
        sound = spoken(http, sample["text"], reference_id=voice["_id"])
        samples, rate = soundfile.read(io.BytesIO(answer.content), dtype="int16")
        assert (rate, samples.astype("<i2").tobytes()) == (24_000, sound)
        assert answer.headers["content-type"] == "audio/wav"
    assert made(http)["samples"] == []


def test_an_address_of_a_sample_expires_and_the_voice_has_a_new_one(serving: Serving) -> None:
    service, http = serving(sample_seconds=0)
    url = http.get("/model/heart").json()["samples"][0]["audio"]
    assert "X-Amz-Expires=0" in url
    with bare(service) as stranger:
        assert stranger.get(url).status_code == 403
        longer = url.replace("Expires=0", "Expires=9000")
        assert stranger.get(longer).status_code == 401
    _, later = serving(sample_seconds=600)
    assert later.get(later.get("/model/heart").json()["samples"][0]["audio"]).status_code == 200


def test_every_voice_has_a_small_cover_that_needs_no_key(serving: Serving) -> None:
    service, http = serving(made_up=2)
    voices = http.get("/model").json()["items"]
    with bare(service) as stranger:
        covers = [
            stranger.get(f"/cdn-cgi/image/width=64,format=webp/{voice['cover_image']}") for voice in voices
        ]
        assert stranger.get(f"/{voices[0]['cover_image']}0").status_code == 401
        assert stranger.get("/coverimage/heart").status_code == 401
    assert {cover.headers["content-type"] for cover in covers} == {"image/png"}
    assert len({cover.content for cover in covers}) == len(voices)
    assert max(len(cover.content) for cover in covers) < 2000


# --- designed voices -------------------------------------------------------------------------------------


def design(http: httpx.Client, **asked: Any) -> httpx.Response:
    asked = {"instruction": "A calm old man", "reference_text": "Good evening.", "n": 2, **asked}
    return http.post("/v1/voice-design", json=asked, headers={"model": "voice-design-1"})


def test_a_designed_voice_is_kept_as_it_was_heard(serving: Serving) -> None:
    _, http = serving(credit="1")
    candidates = design(http).json()["candidates"]
    assert [one["index"] for one in candidates] == [0, 1]
    sounds = [base64.b64decode(one["audio_base64"]) for one in candidates]
    assert sounds[0] != sounds[1]
    voice = made(http, sounds[1], voice_design_signatures=candidates[1]["signature"])
    samples, _ = soundfile.read(io.BytesIO(sounds[1]), dtype="int16")
    assert spoken(http, "Good evening.", reference_id=voice["_id"]) == samples.tobytes()
    assert http.get("/wallet/self/api-credit").json()["credit"].startswith("0.989")
    for content, signature in (
        (sounds[0], candidates[1]["signature"]),
        (sounds[1], "1.2:1:ff"),
        (sounds[1], "x"),
    ):
        answer = http.post(
            "/model",
            data={"title": "T", "voice_design_signatures": signature},
            files={"voices": ("upload", content)},
        )
        assert answer.status_code == 400


@pytest.mark.parametrize(
    "asked",
    [
        {"instruction": ""},
        {"instruction": "x" * 2001},
        {"reference_text": "x" * 301},
        {"reference_text": "日本語です"},
        {"n": 0},
        {"n": 5},
        {"n": "2"},
    ],
)
def test_a_design_that_cannot_be_is_a_400(serving: Serving, asked: dict[str, Any]) -> None:
    _, http = serving()
    assert design(http, **asked).status_code == 400


# --- credit ----------------------------------------------------------------------------------------------


def credit(http: httpx.Client) -> Decimal:
    return Decimal(http.get("/wallet/self/api-credit").json()["credit"])


def test_credit_runs_out_as_text_is_spoken(serving: Serving) -> None:
    service, http = serving(credit="0.001")
    spoken(http, model="s2.1-pro-free")
    assert credit(http) == Decimal("0.001")
    live(service, "Grüße.")
    assert credit(http) == Decimal("0.001") - Decimal(15) * len("Grüße.".encode()) / 1_000_000
    live(service, "word " * 20)
    assert credit(http) < 0
    answer = http.post("/v1/tts", json={"text": "a"})
    assert answer.status_code == 402
    assert "managed independently from platform credit" in answer.json()["message"]
    assert design(http).status_code == 402
    spoken(http, model="s2.1-pro-free")
    made(http)


def test_a_session_that_begins_without_credit_is_told_on_its_socket(serving: Serving) -> None:
    service, _ = serving(credit="0.0001")

    async def talk() -> Said:
        async with connect(
            service.url.replace("http", "ws") + PLAIN, additional_headers=service.headers, proxy=None
        ) as socket:
            for _ in range(2):
                with suppress(ConnectionClosed):
                    await socket.send(start(text=WORDS))
                    await socket.send(STOP)
                said = await rest_of(socket)
            return said

    assert "Insufficient API credit" in asyncio.run(talk()).last["error"]


def test_older_words_and_late_deduction(serving: Serving) -> None:
    _, old = serving(credit="0", has_old_words=True)
    assert (
        old.post("/v1/tts", json={"text": "a"}).json()["message"] == "Invalid api key or insufficient balance"
    )
    _, late = serving(credit="0.0001", deducted_after_seconds=60)
    spoken(late)
    assert credit(late) == Decimal("0.0001")


# --- recognition -----------------------------------------------------------------------------------------


@pytest.mark.logs("there is no /v1/asr here")
def test_recognition_is_there_with_a_recogniser_only(serving: Serving) -> None:
    _, without = serving()
    assert without.post("/v1/asr", files={"audio": ("a", ONE)}).status_code == 404
    heard: list[tuple[bytes, str | None]] = []

    def recognise(data: bytes, language: str | None) -> dict[str, Any]:
        heard.append((data, language))
        if not data.startswith(b"RIFF"):
            raise ValueError
        return {"text": "One.", "duration": 3600.0, "segments": [{"text": "One.", "start": 0.0, "end": 1.0}]}

    _, http = serving(recogniser=recognise, credit="0.4")
    first = http.post(
        "/v1/asr", files={"audio": ("a", ONE)}, data={"language": "en", "ignore_timestamps": "false"}
    )
    assert (first.status_code, first.json()["text"], len(first.json()["segments"])) == (200, "One.", 1)
    assert heard == [(ONE, "en")]
    assert http.post("/v1/asr", files={"audio": ("a", b"text")}).status_code == 400
    assert http.post("/v1/asr", data={"language": "en"}).status_code == 400
    second = http.post(
        "/v1/asr", content=packed({"audio": ONE}), headers={"Content-Type": "application/msgpack"}
    )
    assert second.json()["segments"] == []
    assert http.post("/v1/asr", files={"audio": ("a", ONE)}).status_code == 402
