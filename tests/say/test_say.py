"""`fishcaption say` as a user runs it: the real program, the embedded voice's real process, real files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import soundfile

from tests import rig as sound

LONG = "This is the first sentence of a longer story. Here comes another one. And then a third. " * 5


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment of a user who has nothing; its embedded voice ends with the last test."""
    folder = tmp_path_factory.mktemp("home")
    names = ("FISHCAPTION_RUNTIME_DIR", "FISHCAPTION_CONFIG_DIR", "FISHCAPTION_DATA_DIR")
    return {**os.environ, **{name: str(folder / name.lower()) for name in names}}


def run(
    home: dict[str, str], *arguments: str, stdin: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "fishcaption", *arguments],
        env=home,
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        timeout=60,
        check=False,
    )


def start(home: dict[str, str], *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "fishcaption", *arguments],
        env=home,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def event(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    assert process.stdout is not None
    found: dict[str, Any] = json.loads(process.stdout.readline())
    return found


def test_a_text_becomes_a_file(home: dict[str, str], tmp_path: Path) -> None:
    done = run(home, "say", "--wav", str(tmp_path / "out.wav"), "Hello there,", "this is a test.")
    assert (done.returncode, done.stderr) == (0, b"")
    samples, rate = soundfile.read(tmp_path / "out.wav")
    assert rate == 24000
    assert 1.0 < len(samples) / rate < 4.0
    assert 0.1 < abs(samples).max() <= 1.0


WITHOUT_OUTLETS = """
import sys
from fishcaption.cli import main
assert main(["say", "--wav", sys.argv[1], "Hi."]) == 0
assert "fishcaption.captions.outlets" in sys.modules, "the list of outlets"
outlets = ("track", "audience", "outlet_run", "heard_cues", "page.", "obs.", "files.", "senders.zoom")
wanted = ("fishcaption.say.audience", *("fishcaption.captions." + name for name in outlets))
print(*(name for name in sys.modules if name.startswith(wanted)))
"""


@pytest.mark.slow
def test_no_outlet_is_imported_unless_one_is_wanted(home: dict[str, str]) -> None:
    """Whoever says a word without captions does not wait for them."""
    told = subprocess.check_output([sys.executable, "-c", WITHOUT_OUTLETS, os.devnull], env=home, text=True)
    assert told.split() == []


@pytest.mark.slow
def test_captions_stand_where_the_words_sound(home: dict[str, str], tmp_path: Path) -> None:
    wav, srt, vtt = (tmp_path / f"out.{kind}" for kind in ("wav", "srt", "vtt"))
    done = run(
        home, "say", "--wav", str(wav), "--srt", str(srt), "--vtt", str(vtt), "One & two. Then a third thing."
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert "One & two." in srt.read_text("utf-8")
    assert vtt.read_text("utf-8").startswith("WEBVTT")
    assert "One &amp; two." in vtt.read_text("utf-8")
    starts = [line for line in srt.read_text("utf-8").splitlines() if "-->" in line]
    assert starts
    assert starts[0].startswith("00:00:00,")


def test_a_text_and_the_times_of_its_words(home: dict[str, str], tmp_path: Path) -> None:
    wav, txt, words = (tmp_path / f"out.{kind}" for kind in ("wav", "txt", "jsonl"))
    text = "One & two. Then a third thing."
    done = run(home, "say", "--wav", str(wav), "--txt", str(txt), "--words", str(words), text)
    assert (done.returncode, done.stderr) == (0, b"")
    assert " ".join(txt.read_text("utf-8").split()) == text
    cues = [json.loads(line) for line in words.read_text("utf-8").splitlines()]
    told = [word for cue in cues for word in cue["words"]]
    assert " ".join(word["text"] for word in told) == text
    starts = [word["start"] for word in told]
    assert starts == sorted(starts)
    assert 0 <= starts[0] < 0.2
    assert 0.3 < starts[-1] < soundfile.info(wav).duration
    assert all(cue["start"] <= cue["words"][0]["start"] <= cue["end"] for cue in cues)


@pytest.mark.slow
def test_the_speed_is_that_of_the_file_and_of_its_captions(home: dict[str, str], tmp_path: Path) -> None:
    seconds = {}
    for speed in ("1", "2"):
        wav, srt = tmp_path / f"{speed}.wav", tmp_path / f"{speed}.srt"
        text = "Here is one sentence. And here comes another one, which is longer. The end is near."
        done = run(home, "say", "--speed", speed, "--wav", str(wav), "--srt", str(srt), text)
        assert (done.returncode, done.stderr) == (0, b"")
        seconds[speed] = soundfile.info(wav).duration, last_start(srt.read_text("utf-8"))
    assert seconds["2"] == pytest.approx((seconds["1"][0] / 2, seconds["1"][1] / 2), rel=0.1)


@pytest.mark.slow
def test_sound_and_captions_go_to_standard_output(home: dict[str, str]) -> None:
    sound = run(home, "say", "--wav", "-", "Hello there.")
    assert (sound.returncode, sound.stderr) == (0, b"")
    assert sound.stdout[:4] + sound.stdout[8:12] == b"RIFFWAVE"
    assert len(sound.stdout) > 24_000
    captions = run(home, "say", "--wav", os.devnull, "--srt", "-", "Hello there.")
    assert (captions.returncode, captions.stderr) == (0, b"")
    assert captions.stdout.startswith(b"1\n00:00:00,")
    assert b"Hello there." in captions.stdout


def last_start(srt: str) -> float:
    start = [line for line in srt.splitlines() if "-->" in line][-1].split(" --> ")[0]
    hours, minutes, seconds = start.replace(",", ".").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def test_standard_input_is_spoken_as_it_arrives(home: dict[str, str], tmp_path: Path) -> None:
    process = start(home, "say", "--json", "--wav", str(tmp_path / "out.wav"), "-")
    with process:
        assert process.stdin is not None
        process.stdin.write(b"Hello there. And")
        process.stdin.flush()
        heard = ""
        while "Hello there." not in heard:  # it is spoken while the input is open
            told = event(process)
            assert told["event"] == "heard"
            heard += told["text"]
        process.stdin.write(b" goodbye.")
        process.stdin.close()
        assert process.stdout is not None
        heard += "".join(json.loads(line)["text"] for line in process.stdout)
        assert process.wait(20) == 0
    assert heard == "Hello there. And goodbye."


def test_markdown_is_spoken_as_plain_text(home: dict[str, str], tmp_path: Path) -> None:
    done = run(
        home,
        "say",
        "--plain",
        "--json",
        "--wav",
        str(tmp_path / "out.wav"),
        "-",
        stdin=b"# Title\n\nSome **bold** text with a [link](http://example.org).\n",
    )
    assert done.returncode == 0, done.stderr
    heard = "".join(json.loads(line)["text"] for line in done.stdout.splitlines())
    assert "bold text with a link" in heard
    assert "*" not in heard
    assert "http" not in heard


@pytest.mark.slow
@pytest.mark.parametrize(
    "stdin",
    [
        "\ufeffOne \x1b[1mtwo\x1b[0m.\rThree\0 \x1b]0;title\x07four.\r\n".encode(),
        "One two.\nThree four.\n".encode("utf-16-le"),
    ],
)
def test_what_is_no_text_is_neither_spoken_nor_captioned(
    home: dict[str, str], tmp_path: Path, stdin: bytes
) -> None:
    srt = tmp_path / "out.srt"
    wav = str(tmp_path / "out.wav")
    done = run(home, "say", "--json", "--wav", wav, "--srt", str(srt), "-", stdin=stdin)
    assert (done.returncode, done.stderr) == (0, b"")
    heard = "".join(json.loads(line)["text"] for line in done.stdout.splitlines())
    assert heard.split() == ["One", "two.", "Three", "four."]
    lines = [line for line in srt.read_text("utf-8").splitlines() if line and "-->" not in line]
    assert [line for line in lines if not line.isdigit()] == ["One two.", "Three four."]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "told"),
    [
        (["say", ""], None, 2, b"nothing to say"),
        (["say", "   "], None, 2, b"nothing to say"),
        (["say", "--speed", "9", "x"], None, 2, b"0.5 to 3.0"),
        (["say", "--voice", "nobody", "x"], None, 2, b"nobody"),
        (["say", "--device", "No such card", "x"], None, 2, b"No such card"),
        (["say", "--model", "s3", "x"], None, 2, b"s3"),
        (["say", "--wav", "/no/such/folder/x.wav", "Hello"], None, 1, b"/no/such/folder"),
        (["say", "--wav", "-", "--srt", "-", "Hello"], None, 2, b"--wav and --srt"),
        (["say", "--srt", "-", "--json", "Hello"], None, 2, b"--srt and --json"),
        (["say", "--wav", "OUT", "--srt", "/dev/full", "Hello"], None, 1, b"/dev/full"),
        (["say", "--voice", "fish:abc", "--wav", "/dev/null", "x"], None, 4, b"key"),
        (["say", "--wav", "OUT", "\U0001f642\U0001f642"], None, 2, b"nothing"),
        (["say", "--wav", "OUT", "-"], b"", 2, b"nothing"),
        (["say", "--wav", "OUT", "これは日本語です"], None, 4, b"Japanese"),
        (["say", "--wav", "OUT", "-"], b"Caf\xe9 \x00 and \xed\xa0\x80 text.", 0, b""),
        (["voices"], None, 0, b""),
        (["--version"], None, 0, b""),
    ],
)
def test_bad_input_is_told_in_words(
    home: dict[str, str], tmp_path: Path, arguments: list[str], stdin: bytes | None, code: int, told: bytes
) -> None:
    arguments = [str(tmp_path / "out.wav") if a == "OUT" else a for a in arguments]
    done = run(home, *arguments, stdin=stdin)
    assert done.returncode == code, done
    assert told in done.stderr
    assert b"Traceback" not in done.stderr
    assert bool(done.stderr) == (code != 0)


@pytest.fixture(scope="module")
def service(home: dict[str, str]) -> Iterator[str]:
    """Fish Audio's API on this machine; its address. The key is `good-key`."""
    with start(home, "serve", "--port", "0", "--key", "good-key", "--any-voice") as server:
        assert server.stdout is not None
        yield server.stdout.readline().decode().strip()
        server.send_signal(signal.SIGINT)
        assert server.wait(10) == 0


@pytest.mark.slow
def test_a_fish_voice_speaks_through_the_service(home: dict[str, str], service: str, tmp_path: Path) -> None:
    home = {**home, "FISHCAPTION_FISH_URL": service, "FISH_API_KEY": "good-key"}
    wav = tmp_path / "out.wav"
    done = run(home, "say", "--voice", "fish:any", "--wav", str(wav), "Hello over the wire.")
    assert (done.returncode, done.stderr) == (0, b"")
    samples, rate = soundfile.read(wav)
    assert rate == 44100
    assert 0.5 < len(samples) / rate < 4.0


def test_a_wrong_key_is_told(home: dict[str, str], service: str, tmp_path: Path) -> None:
    home = {**home, "FISHCAPTION_FISH_URL": service, "FISH_API_KEY": "bad-key"}
    done = run(home, "say", "--voice", "fish:any", "--wav", str(tmp_path / "out.wav"), "Hello")
    assert done.returncode == 4
    assert b"key" in done.stderr
    assert b"bad-key" not in done.stderr


@pytest.mark.slow
def test_a_service_that_cannot_be_reached_is_told(home: dict[str, str], tmp_path: Path) -> None:
    home = {**home, "FISHCAPTION_FISH_URL": "http://127.0.0.1:9", "FISH_API_KEY": "good-key"}
    done = run(home, "say", "--json", "--voice", "fish:any", "--wav", str(tmp_path / "out.wav"), "Hello")
    assert done.returncode == 4
    told = json.loads(done.stdout)
    assert (told["event"], told["text"]) == ("failed", "Hello")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kept", "arguments", "code", "words"),
    [
        ({"model": "s9-pro"}, [], 4, b"no model called 's9-pro'"),
        ({"model": "s1-mini"}, [], 4, b"no model called 's1-mini'"),
        ({"model": "s9-pro"}, ["--model", "s2.1-pro-free"], 0, b""),
        ({"model": "s9-pro"}, ["--model", "s9-pro"], 2, b"no model called 's9-pro'"),
        ({"model": "s9-pro"}, ["--voice", "heart"], 0, b""),
        ({"model": "<b>s9</b>"}, [], 4, b"no model called '<b>s9</b>'"),
    ],
)
def test_a_model_there_is_not_is_told_with_what_to_do(
    home: dict[str, str],
    service: str,
    tmp_path: Path,
    kept: dict[str, str],
    arguments: list[str],
    code: int,
    words: bytes,
) -> None:
    """It is never replaced by a paid one, and a voice on this computer does not ask for it."""
    voice = {"provider": "fish", "id": "any", "name": "any", "languages": []}
    (tmp_path / "settings.json").write_text(json.dumps({"voice": voice} | kept), "utf-8")
    home = {
        **home,
        "FISHCAPTION_FISH_URL": service,
        "FISH_API_KEY": "good-key",
        "FISHCAPTION_CONFIG_DIR": str(tmp_path),
    }
    done = run(home, "say", *arguments, "--wav", str(tmp_path / "out.wav"), "Hello.")
    assert done.returncode == code, done
    assert words in done.stderr
    if code == 4:
        assert b"--model" in done.stderr
        assert b"--voice heart" in done.stderr
        assert b"s2.1-pro-free (free)" in done.stderr


@pytest.mark.slow
def test_a_costly_text_is_refused_until_it_is_wanted(
    home: dict[str, str], service: str, tmp_path: Path
) -> None:
    home = {**home, "FISHCAPTION_FISH_URL": service, "FISH_API_KEY": "good-key"}
    call = ["say", "--voice", "fish:any", "--model", "s2.1-pro", "--wav", str(tmp_path / "out.wav"), "-"]
    done = run(home, *call, stdin=b"word " * 5000)
    assert done.returncode == 2
    assert b"--yes" in done.stderr


@pytest.mark.skipif(bool(sound.missing()), reason="needs the private sound server")
class TestSound:
    @pytest.fixture
    def speakers(self, tmp_path: Path) -> Iterator[sound.Rig]:
        with sound.Rig(tmp_path / "rig", sinks=[sound.Sink("Speakers", 24000)]) as speakers:
            yield speakers

    @pytest.mark.slow
    def test_what_is_said_is_heard(self, home: dict[str, str], speakers: sound.Rig, tmp_path: Path) -> None:
        home = {**home, **speakers.environment}
        with speakers.listen("Speakers") as recording:
            wav = tmp_path / "out.wav"
            done = run(home, "say", "--wav", str(wav), "--device", "Speakers", "Now you can hear me.")
            assert (done.returncode, done.stderr) == (0, b"")
            played = recording.samples()
        written, _ = soundfile.read(wav, dtype="float32")
        begin = int(abs(played).argmax()) - int(abs(written).argmax())
        assert (played[begin : begin + len(written)] == written).all()

    @pytest.mark.slow
    def test_ctrl_c_is_silent_at_once(self, home: dict[str, str], speakers: sound.Rig) -> None:
        home = {**home, **speakers.environment}
        with speakers.listen("Speakers") as recording, start(home, "say", "--json", LONG) as process:
            recording.wait_for_sound(timeout=20)
            process.send_signal(signal.SIGINT)
            stopped = recording.frames
            assert process.wait(20) == 130
            assert process.stdout is not None
            assert json.loads(process.stdout.readlines()[-1])["event"] == "cut"
            late = recording.samples(stopped + int(0.25 * recording.rate))
        assert not late.any()

    @pytest.mark.slow
    def test_captions_have_the_silences_of_a_stream(
        self, home: dict[str, str], speakers: sound.Rig, tmp_path: Path
    ) -> None:
        home = {**home, **speakers.environment}
        wav, srt = tmp_path / "out.wav", tmp_path / "out.srt"
        files = ("--wav", str(wav), "--device", "Speakers", "--srt", str(srt), "--speed", "1.5")
        with speakers.listen("Speakers") as recording, start(home, "say", "--json", *files, "-") as process:
            assert process.stdin is not None
            process.stdin.write(b"Here is the first sentence.\n")
            process.stdin.flush()
            heard = ""
            while "sentence." not in heard:
                heard += event(process)["text"]
            recording.wait_frames(recording.frames + 2 * recording.rate)
            process.stdin.write(b"Here is the second one, which came later.\n")
            process.stdin.close()
            assert process.wait(30) == 0
            played = recording.samples()
        loud = abs(played).nonzero()[0]
        ends = (loud[1:] - loud[:-1]).argmax()
        second = (loud[ends + 1] - loud[0]) / recording.rate
        assert loud[ends + 1] - loud[ends] > 1.5 * recording.rate
        assert last_start(srt.read_text("utf-8")) == pytest.approx(second, abs=0.15)
        written, rate = soundfile.read(wav)
        assert len(written) / rate == pytest.approx((loud[-1] - loud[0]) / recording.rate, abs=0.3)

    @pytest.mark.slow
    @pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP])
    def test_what_was_heard_before_a_signal_is_in_the_files(
        self,
        home: dict[str, str],
        speakers: sound.Rig,
        tmp_path: Path,
        ending: signal.Signals,
        request: pytest.FixtureRequest,
    ) -> None:
        home = {**home, **speakers.environment}
        wav, srt = tmp_path / "out.wav", tmp_path / "out.srt"
        files = ("--wav", str(wav), "--device", "Speakers", "--srt", str(srt))
        before = signal.signal(ending, signal.SIG_DFL)  # these tests may run under nohup
        request.addfinalizer(partial(signal.signal, ending, before))
        with speakers.listen("Speakers") as recording, start(home, "say", *files, LONG) as process:
            begin = recording.wait_for_sound(timeout=20)
            recording.wait_frames(begin + 3 * recording.rate)
            process.send_signal(ending)
            assert process.wait(20) == 128 + ending
            loud = abs(recording.samples()).nonzero()[0]
        assert "This is the first sentence" in srt.read_text("utf-8")
        heard_seconds = (loud[-1] - loud[0]) / recording.rate
        assert soundfile.info(wav).duration == pytest.approx(heard_seconds, abs=0.3)

    @pytest.mark.slow
    def test_no_sound_device_is_exit_code_3(self, home: dict[str, str], tmp_path: Path) -> None:
        (tmp_path / "asound.conf").write_text("")
        done = run({**home, "ALSA_CONFIG_PATH": str(tmp_path / "asound.conf")}, "say", "Hello")
        assert done.returncode == 3, done
        assert b"Traceback" not in done.stderr
