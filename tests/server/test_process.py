"""The app's side: one process for all that speak, found, shared, started again, ended with its last user."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

import httpx
import psutil
import pytest

from fishcaption import __version__
from fishcaption.core.errors import VoiceProcessError
from fishcaption.core.secrecy import PROOF_HEADER
from fishcaption.server import process as module
from fishcaption.server.process import EmbeddedVoice
from tests.server.conftest import ROOT, Served, end_shared, say, servers

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
async def place(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Path]:
    """A runtime folder of the test's own; after the test no server is left in it."""
    folder = tmp_path / "run"
    yield folder
    if request.node.get_closest_marker("slow"):  # it has the time to see that they end by themselves
        for server in servers(folder):
            server.wait(15)
    end_shared(folder)


async def model_list(url: str, key: str) -> int:
    async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
        return (await http.get(f"{url}/model", headers={"Authorization": f"Bearer {key}"})).status_code


async def ended(folder: Path) -> None:
    """Wait until no server serves for this folder."""
    async with asyncio.timeout(20):
        for server in servers(folder):
            await asyncio.to_thread(server.wait, 20)


async def another(voice: EmbeddedVoice, before: tuple[str, str] | None) -> tuple[str, str]:
    """The endpoint, once it is not that one any more."""
    async with asyncio.timeout(10):
        while (now := await voice.endpoint()) == before:  # noqa: ASYNC110  # a loss is seen by asking
            await asyncio.sleep(0.01)
    return now


def modes(*paths: Path) -> tuple[int, ...]:
    return tuple(stat.S_IMODE(path.stat().st_mode) for path in paths)


def told_in(folder: Path) -> list[Path]:
    return list(folder.glob("*.json"))


async def test_it_starts_speaks_and_ends_after_its_user(place: Path) -> None:
    async with EmbeddedVoice(runtime_dir=place) as voice:
        url, key = await voice.endpoint()
        async with Served(url).socket(headers={"Authorization": f"Bearer {key}"}) as socket:
            said = await say(socket, "Hello.")
        assert said.last["reason"] == "stop"
        assert len(servers(place)) == 1
    await ended(place)
    assert told_in(place) == []


@pytest.mark.slow
async def test_the_app_s_own_server_keeps_no_voices_of_clients(place: Path) -> None:
    async with (
        EmbeddedVoice(runtime_dir=place) as voice,
        httpx.AsyncClient(trust_env=False, timeout=30) as http,
    ):
        url, key = await voice.endpoint()
        headers = {"Authorization": f"Bearer {key}"}
        files = {"voices": ("upload", b"RIFF")}
        answer = await http.post(f"{url}/model", headers=headers, data={"title": "Mine"}, files=files)
        assert answer.status_code == 403
        own = await http.get(f"{url}/model", headers=headers, params={"self": "true"})
        assert own.json()["items"] == []


async def test_starting_returns_at_once_and_the_endpoint_is_soon_there(place: Path) -> None:
    async with EmbeddedVoice(runtime_dir=place) as voice:
        loop = asyncio.get_running_loop()
        before = loop.time()
        voice.start()
        assert loop.time() - before < 0.01
        await voice.endpoint()
        again = loop.time()
        await voice.endpoint()
        assert loop.time() - again < 0.01


@pytest.mark.slow
async def test_two_users_share_one_process_and_it_stays_until_both_are_gone(place: Path) -> None:
    async with EmbeddedVoice(runtime_dir=place) as first:
        async with EmbeddedVoice(runtime_dir=place) as second:
            assert await first.endpoint() == await second.endpoint()
        url, key = await first.endpoint()
        await asyncio.to_thread(_stays, servers(place)[0], 1.5)
        assert await model_list(url, key) == 200
    await ended(place)


def _stays(process: psutil.Process, seconds: float) -> None:
    with pytest.raises(psutil.TimeoutExpired):
        process.wait(seconds)


@pytest.mark.slow
async def test_many_who_start_at_the_same_moment_start_one(place: Path) -> None:
    voices = [EmbeddedVoice(runtime_dir=place) for _ in range(4)]
    async with voices[0], voices[1], voices[2], voices[3]:
        endpoints = await asyncio.gather(*(voice.endpoint() for voice in voices))
        assert len(set(endpoints)) == 1
        assert len(servers(place)) == 1


CLIENT = """
import asyncio, sys
from pathlib import Path
from fishcaption.server.process import EmbeddedVoice
async def main():
    async with EmbeddedVoice(runtime_dir=Path(sys.argv[1])) as voice:
        print(*await voice.endpoint(), flush=True)
        await asyncio.to_thread(sys.stdin.read)
asyncio.run(main())
"""


def client(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CLIENT, str(folder)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)


@pytest.mark.slow
async def test_two_programs_share_it_and_the_killed_one_does_not_take_it_along(place: Path) -> None:
    first, second = client(place), client(place)
    assert first.stdout is not None
    assert second.stdout is not None
    assert second.stdin is not None
    with first, second:
        there = await asyncio.to_thread(first.stdout.readline)
        assert there == await asyncio.to_thread(second.stdout.readline)
        url, key = there.split()
        first.kill()
        first.wait()
        (server,) = servers(place)
        await asyncio.to_thread(_stays, server, 2.0)
        assert await model_list(url, key) == 200
        second.kill()
        second.wait()
    await ended(place)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="file modes are POSIX's")
async def test_only_this_user_can_read_where_it_is_and_its_log_and_it_gets_no_key_but_its_own(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FISH_API_KEY", "the-service-s-key")
    monkeypatch.setenv("XDG_STATE_HOME", str(place.parent / "state"))
    monkeypatch.setenv("HOME", str(place.parent))
    log = module.log_file()
    log.parent.mkdir(mode=0o755, parents=True)  # as earlier versions made them
    log.touch(0o644)
    async with EmbeddedVoice(runtime_dir=place) as voice:
        url, key = await voice.endpoint()
        (file,) = told_in(place)
        assert modes(place, file) == (0o700, 0o600)
        assert modes(log.parent, log) == (0o700, 0o600)
        assert json.loads(file.read_text()) == {"url": url, "key": key}
        (server,) = servers(place)
        assert key not in " ".join(server.cmdline())
        assert key not in "".join(server.environ().values())
        assert "the-service-s-key" not in server.environ().values()


# --- another user -----------------------------------------------------------------------------------------


class Squatter:
    """Another program on a port that was the voice's: it agrees to everything, and keeps what it is told."""

    def __init__(self, *answers: bytes) -> None:
        self._answers = answers
        self.told = b""
        self.visits = 0
        self._gone = asyncio.Condition()
        self._left = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visits += 1
        try:
            while said := await reader.read(65536):
                self.told += said
                for answer in self._answers:
                    writer.write(answer)
        except ConnectionError:
            pass
        finally:
            writer.close()
            async with self._gone:
                self._left += 1
                self._gone.notify_all()

    @asynccontextmanager
    async def on(self, port: int) -> AsyncIterator[int]:
        async with await asyncio.start_server(self.talk, "127.0.0.1", port, reuse_address=True) as server:
            yield server.sockets[0].getsockname()[1]
        async with self._gone:
            await self._gone.wait_for(lambda: self._left == self.visits)


HELD = b"HTTP/1.1 200 OK\r\n%s\r\nheld\n"


@pytest.mark.slow
async def test_who_has_the_dead_voice_s_port_is_told_no_key(place: Path) -> None:
    squatter = Squatter(HELD % b"")
    async with squatter.on(0) as port:
        tell(place, json.dumps({"url": f"http://127.0.0.1:{port}", "key": "the-secret"}))
        async with EmbeddedVoice(runtime_dir=place) as voice:
            url, key = await voice.endpoint()
            assert (url, key) != (f"http://127.0.0.1:{port}", "the-secret")
            assert await model_list(url, key) == 200
    assert squatter.visits == 1
    assert b"the-secret" not in squatter.told


@pytest.mark.parametrize(
    "answers",
    [
        (HELD % b"",),
        (HELD % (PROOF_HEADER.encode() + b": " + b"0" * 64 + b"\r\n"),),
        (HELD % (PROOF_HEADER.encode() + b": \xff\r\n"),),
        (b"HTTP/1.1 200 OK\r\n",) * 1000,
        (b"\x00\xff",),
        (b"",),
    ],
)
async def test_nobody_gives_a_lease_who_does_not_prove_the_key(answers: tuple[bytes, ...]) -> None:
    squatter = Squatter(*answers)
    async with squatter.on(0) as port:
        connection = await asyncio.to_thread(socket.create_connection, ("127.0.0.1", port))
        with connection:
            began = monotonic()
            assert not await asyncio.to_thread(module._ask, connection, "the-secret", began + 0.5)
            assert monotonic() - began < 5
    assert b"the-secret" not in squatter.told


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="XDG is of the other systems")
def test_a_folder_of_somebody_else_s_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who made it first in /tmp is not our business, nor whose session's folder the environment names."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv(module.RUNTIME_DIR_VARIABLE, raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ours = tmp_path / "state" / "fishcaption" / "run"
    (tmp_path / f"fishcaption-{os.getuid()}").symlink_to("/usr")
    assert module._place(None).parent == ours
    assert modes(ours) == (0o700,)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/proc/1")
    assert module._place(None).parent == ours
    with pytest.raises(VoiceProcessError, match="belongs to somebody else"):
        module._place(tmp_path / f"fishcaption-{os.getuid()}")


def tell(folder: Path, told: str) -> Path:
    folder.mkdir()
    file = folder / f"voice-{__version__}.json"
    file.write_text(told)
    return file


@pytest.mark.slow
async def test_a_file_about_a_server_that_is_gone_is_no_trouble(place: Path) -> None:
    tell(place, '{"url": "http://127.0.0.1:1", "key": "k"}')
    async with EmbeddedVoice(runtime_dir=place) as voice:
        assert await model_list(*await voice.endpoint()) == 200


@pytest.mark.parametrize(
    "told",
    [
        "",
        "no json",
        "[]",
        "\x00",
        '{"url": 5, "key": "k"}',
        '{"url": "http://h:1"}',
        '{"url": "http://127.0.0.1:99999", "key": "k"}',
        '{"url": "http://127.0.0.1:0", "key": "k"}',
        '{"url": "http://127.0.0.1:1", "key": "schlüssel"}',
        '{"url": "http://127.0.0.1:1", "key": "a\\r\\nb"}',
        '{"url": "http://127.0.0.1:1", "key": ""}',
        '{"url": "http://192.168.0.7:1", "key": "k"}',
        "[" * 4000,
        "9" * 5000,
    ],
)
def test_a_broken_file_tells_nothing(tmp_path: Path, told: str) -> None:
    assert module._read(tell(tmp_path / "run", told)) is None


@pytest.mark.slow
async def test_a_killed_server_is_noticed_at_once_and_started_again(place: Path) -> None:
    async with EmbeddedVoice(runtime_dir=place) as voice:
        before = await voice.endpoint()
        (server,) = servers(place)
        server.kill()
        server.wait(5)
        assert await model_list(*await another(voice, before)) == 200


@pytest.mark.slow
async def test_a_server_that_keeps_dying_is_given_up_with_a_word_of_it(place: Path) -> None:
    async with EmbeddedVoice(runtime_dir=place, restarts=1, within_seconds=3) as voice:
        before: tuple[str, str] | None = None
        for _ in range(2):
            before = await another(voice, before)
            (server,) = servers(place)
            server.kill()
            server.wait(5)
        with pytest.raises(VoiceProcessError, match="stopped 2 times within 3 seconds") as caught:
            await another(voice, before)
        assert "voice.log" in caught.value.hint
        with pytest.raises(VoiceProcessError):
            await voice.endpoint()


@pytest.mark.slow
async def test_after_a_while_it_is_tried_again(place: Path) -> None:
    async with EmbeddedVoice(runtime_dir=place, restarts=0, within_seconds=0.5) as voice:
        before = await voice.endpoint()
        (server,) = servers(place)
        server.kill()
        server.wait(5)
        with pytest.raises(VoiceProcessError):
            await another(voice, before)
        await asyncio.sleep(0.6)
        assert await model_list(*await voice.endpoint()) == 200


async def test_what_does_not_start_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    async with EmbeddedVoice(runtime_dir=place) as voice:
        with pytest.raises(VoiceProcessError, match="cannot be started"):
            await voice.endpoint()


async def test_what_ends_before_it_serves_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHOME", "/no/such/home")
    async with EmbeddedVoice(runtime_dir=place) as voice:
        with pytest.raises(VoiceProcessError, match="does not start") as caught:
            await voice.endpoint()
    assert "doctor" in caught.value.hint


@pytest.mark.slow
async def test_why_it_does_not_start_stands_in_its_log(
    place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It has told its address by then: whoever starts it lets it speak its last words."""
    broken = tmp_path / "broken"
    broken.mkdir()
    reason = "libsomething.so.9: cannot open shared object file"
    (broken / "starlette.py").write_text(f"raise ImportError({reason!r})")
    monkeypatch.setenv("PYTHONPATH", str(broken))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    async with EmbeddedVoice(runtime_dir=place) as voice:
        with pytest.raises(VoiceProcessError, match="does not start"):
            await voice.endpoint()
    assert reason in module.log_file().read_text("utf-8")


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    async with EmbeddedVoice(runtime_dir=tmp_path / "file" / "run") as voice:
        with pytest.raises(VoiceProcessError, match="cannot be started") as caught:
            await voice.endpoint()
    assert module.RUNTIME_DIR_VARIABLE in caught.value.hint


async def test_leaving_while_it_starts_leaves_nothing(place: Path) -> None:
    async with EmbeddedVoice(runtime_dir=place) as voice:
        voice.start()
        await asyncio.sleep(0.02)
    await asyncio.sleep(0)
    await ended(place)


async def test_leaving_without_having_needed_it_starts_nothing(place: Path) -> None:
    async with EmbeddedVoice(runtime_dir=place):
        pass
    assert servers(place) == []
    assert told_in(place) == []


async def test_an_error_of_its_user_s_passes_through_unchanged(place: Path) -> None:
    with pytest.raises(KeyError):
        async with EmbeddedVoice(runtime_dir=place):
            raise KeyError


async def test_its_voices_are_known_without_it() -> None:
    voices = EmbeddedVoice().voices()
    assert voices[0].id == "heart"
    assert {voice.provider for voice in voices} == {"embedded"}


def test_the_variable_names_the_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(module.RUNTIME_DIR_VARIABLE, str(tmp_path / "here"))
    assert module._runtime_dir() == tmp_path / "here"


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="XDG is of the other systems")
def test_without_a_runtime_folder_of_the_system_s_there_is_one_in_the_temporary_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    assert module._runtime_dir().name == f"fishcaption-{os.getuid()}"


def test_the_app_s_side_imports_nothing_slow() -> None:
    script = (
        "import sys, fishcaption.server.process; "
        "print(*sorted({'numpy', 'starlette', 'uvicorn', 'websockets', 'httpx', 'onnxruntime', 'soundfile'} "
        "& set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.strip() == ""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="process groups are POSIX's")
async def test_ctrl_c_in_the_terminal_is_not_the_server_s(place: Path) -> None:
    async with EmbeddedVoice(runtime_dir=place) as voice:
        await voice.endpoint()
        (server,) = servers(place)
        assert os.getpgid(server.pid) != os.getpgid(0)
        os.kill(server.pid, signal.SIGTERM)
        server.wait(5)


@pytest.mark.slow
async def test_what_was_begun_before_there_was_a_loop_is_taken(place: Path) -> None:
    def begun() -> EmbeddedVoice:
        voice = EmbeddedVoice(runtime_dir=place)
        voice.start_ahead()
        return voice

    async with await asyncio.to_thread(begun) as voice:
        first = await voice.endpoint()
        async with EmbeddedVoice(runtime_dir=place) as other:
            assert await other.endpoint() == first


async def test_what_was_begun_and_failed_is_told_when_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    voice = EmbeddedVoice(runtime_dir=tmp_path / "file" / "run")
    voice.start_ahead()
    async with voice:
        with pytest.raises(VoiceProcessError, match="cannot be started"):
            await voice.endpoint()
