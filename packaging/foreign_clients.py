"""Have others' clients speak through `fishcaption serve`, and tell which of them do.

    python packaging/foreign_clients.py [CLIENT...] [--keep FOLDER]

They are installed from PyPI and npm into a temporary folder (or into one that is kept for the next time),
and each is run as its documents say, with its own defaults: the official Python client, new and old,
LiveKit's plugin for Python and for Node, pipecat, and the two clients on npm. The official ones also make a
voice, speak with it, change it and delete it. What comes is 16-bit sound: a client passes if it got more than
half a second of it that is not silent. Needs npm for those on npm.

Exit code: 0 where all that were asked for have spoken, else 1.
"""

from __future__ import annotations

import argparse
import array
import base64
import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
RATE = 24_000
SECONDS = 90.0
"""How long a client may take, its imports included."""
WORDS = "Hello there, can you hear me? This is a sentence of a foreign client."


@dataclass(frozen=True, slots=True)
class Client:
    """``program`` gets URL, KEY and WORDS as arguments, and prints the sound as base64 in its last line."""

    packages: tuple[str, ...]
    program: str
    is_node: bool = False


_PYTHON_END = """
import base64
print(base64.b64encode(b"".join(sound)).decode())
"""
_PYTHON_VOICE = """
import io, math, struct, sys, wave
url, key, words = sys.argv[1:]
def recording(hertz):
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(44100)
        sine = (round(9000 * math.sin(at * hertz * 2 * math.pi / 44100)) for at in range(44100 * 11))
        file.writeframes(b"".join(struct.pack("<h", value) for value in sine))
    return buffer.getvalue()
"""
_NODE_END = """
process.stdout.write(Buffer.concat(sound.map((part) => Buffer.from(part))).toString("base64") + "\\n",
  () => process.exit(0));
"""

CLIENTS = {
    "official Python": Client(
        ("fish-audio-sdk==1.3.0",),
        """
import sys
from fishaudio import FishAudio
from fishaudio.types import TTSConfig
url, key, words = sys.argv[1:]
client = FishAudio(api_key=key, base_url=url)
assert client.voices.list().items
assert client.account.get_credits()
assert client.account.get_package()
text = (word + " " for word in words.split())
sound = list(client.tts.stream_websocket(text, config=TTSConfig(format="pcm", sample_rate=24000)))
"""
        + _PYTHON_END,
    ),
    "official Python, voices": Client(
        ("fish-audio-sdk==1.3.0",),
        _PYTHON_VOICE
        + """
from fishaudio import FishAudio
from fishaudio.exceptions import NotFoundError
from fishaudio.types import TTSConfig
client = FishAudio(api_key=key, base_url=url)
config = TTSConfig(format="pcm", sample_rate=24000)
made = client.voices.create(
    title="A voice", voices=[recording(200), recording(300)], texts=["One, two.", "Three."], tags=["a", "b"],
    description="Made by the official client",
)
assert made.state == "trained" and made.tags == ["a", "b"] and made.visibility == "private"
assert [voice.id for voice in client.voices.list(self_only=True).items] == [made.id]
client.voices.update(made.id, title="Another", tags=["c"])
client.voices.update(made.id, description="Changed", cover_image=bytes.fromhex("89504e470d0a1a0a"))
changed = client.voices.get(made.id)
assert (changed.title, changed.tags, changed.description) == ("Another", ["c"], "Changed")
sound = [client.tts.convert(text=words, reference_id=made.id, config=config)]
assert sound[0] != client.tts.convert(text=words, config=config), "it speaks as any other voice"
client.voices.delete(made.id)
try:
    client.voices.get(made.id)
except NotFoundError:
    pass
else:
    raise SystemExit("it is still there")
"""
        + _PYTHON_END,
    ),
    "official Python, old": Client(
        ("fish-audio-sdk==1.3.0",),
        """
import sys
from fish_audio_sdk import TTSRequest, WebSocketSession
url, key, words = sys.argv[1:]
request = TTSRequest(text="", format="pcm", sample_rate=24000)
with WebSocketSession(key, base_url=url) as session:
    sound = list(session.tts(request, (word + " " for word in words.split())))
"""
        + _PYTHON_END,
    ),
    "LiveKit Python": Client(
        ("livekit-plugins-fishaudio==1.8.9",),
        """
import asyncio, sys
import aiohttp
from livekit.plugins import fishaudio
url, key, words = sys.argv[1:]
async def main():
    sound = []
    async with aiohttp.ClientSession() as http:
        tts = fishaudio.TTS(
            api_key=key, base_url=url, output_format="pcm", sample_rate=24000, http_session=http
        )
        for _ in range(2):  # the second on the same socket
            async with tts.stream() as stream:
                for word in words.split():
                    stream.push_text(word + " ")
                stream.end_input()
                async for event in stream:
                    sound.append(bytes(event.frame.data))
        await tts.aclose()
    return sound
sound = asyncio.run(main())
"""
        + _PYTHON_END,
    ),
    "pipecat": Client(
        ("pipecat-ai[fish]==1.14.0",),
        """
import asyncio, sys
from pipecat.frames.frames import EndFrame, TTSAudioRawFrame, TTSSpeakFrame, TTSStoppedFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.runner import PipelineRunner
from pipecat.pipeline.task import PipelineParams, PipelineTask
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.fish.tts import FishAudioTTSService
url, key, words = sys.argv[1:]
sound = []
class Ear(FrameProcessor):
    async def process_frame(self, frame, direction):
        await super().process_frame(frame, direction)
        if isinstance(frame, TTSAudioRawFrame):
            sound.append(frame.audio)
        if isinstance(frame, TTSStoppedFrame):
            await task.queue_frame(EndFrame())
        await self.push_frame(frame, direction)
tts = FishAudioTTSService(api_key=key, sample_rate=24000)
tts._base_url = url.replace("http", "ws") + "/v1/tts/live"
task = PipelineTask(Pipeline([tts, Ear()]), params=PipelineParams(audio_out_sample_rate=24000))
async def main():
    await task.queue_frame(TTSSpeakFrame(words))
    await PipelineRunner(handle_sigint=False).run(task)
asyncio.run(main())
"""
        + _PYTHON_END,
    ),
    "LiveKit Node": Client(
        ("@livekit/agents-plugin-fishaudio@1.5.5", "@livekit/agents@1.5.5"),
        """
import { initializeLogger } from "@livekit/agents";
import { TTS } from "@livekit/agents-plugin-fishaudio";
const [url, key, words] = process.argv.slice(2);
initializeLogger({ pretty: false, level: "error" });
const tts = new TTS({ apiKey: key, baseURL: url, sampleRate: 24000 });
const sound = [];
const stream = tts.stream();
for (const word of words.split(" ")) stream.pushText(word + " ");
stream.endInput();
for await (const event of stream) {
  if (typeof event === "symbol") continue;
  const data = event.frame.data;
  sound.push(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
}
"""
        + _NODE_END,
        is_node=True,
    ),
    "npm fish-audio": Client(
        ("fish-audio@0.1.0",),
        """
import { FishAudioClient, RealtimeEvents } from "fish-audio";
const [url, key, words] = process.argv.slice(2);
const client = new FishAudioClient({ apiKey: key, baseUrl: url });
async function* text() { for (const word of words.split(" ")) yield word + " "; }
const sound = [];
const connection = await client.textToSpeech.convertRealtime(
  { text: "", format: "pcm", sample_rate: 24000 }, text());
await new Promise((resolve, reject) => {
  connection.on(RealtimeEvents.AUDIO_CHUNK, (chunk) => sound.push(chunk));
  connection.on(RealtimeEvents.ERROR, reject);
  connection.on(RealtimeEvents.CLOSE, resolve);
});
"""
        + _NODE_END,
        is_node=True,
    ),
    "npm fish-audio, voices": Client(
        ("fish-audio@0.1.0",),
        """
import assert from "node:assert";
import { FishAudioClient } from "fish-audio";
const [url, key, words] = process.argv.slice(2);
const client = new FishAudioClient({ apiKey: key, baseUrl: url });
const recording = (hertz) => {
  const wave = (at) => 9000 * Math.sin(at * hertz * 2 * Math.PI / 44100);
  const samples = Int16Array.from({ length: 44100 * 11 }, (_, at) => wave(at));
  const head = Buffer.alloc(44);
  for (const [at, name] of [[0, "RIFF"], [8, "WAVEfmt "], [36, "data"]]) head.write(name, at, "latin1");
  for (const [at, value] of [[16, 16], [20, 0x10001], [32, 0x100002]]) head.writeUInt32LE(value, at);
  head.writeUInt32LE(36 + samples.byteLength, 4);
  head.writeUInt32LE(44100, 24);
  head.writeUInt32LE(88200, 28);
  head.writeUInt32LE(samples.byteLength, 40);
  return new File([head, samples], `${hertz}.wav`);
};
const made = await client.voices.ivc.create({
  title: "A voice", voices: [recording(200), recording(300)], texts: ["One.", "Two."], tags: ["a", "b"],
  visibility: "private", enhance_audio_quality: false,
});
assert.deepEqual([made.state, made.tags, made.visibility], ["trained", ["a", "b"], "private"]);
assert.equal(made.quality.audios.length, 2);
await client.voices.update(made._id, { title: "Another", tags: ["c"] });
const changed = await client.voices.get(made._id);
assert.deepEqual([changed.title, changed.tags], ["Another", ["c"]]);
const spoken = async (id) => Buffer.from(await new Response(await client.textToSpeech.convert(
  { text: words, format: "pcm", sample_rate: 24000, reference_id: id })).arrayBuffer());
const sound = [await spoken(made._id)];
assert(!sound[0].equals(await spoken("heart")), "it speaks as any other voice");
await client.voices.delete(made._id);
await assert.rejects(() => client.voices.get(made._id));
"""
        + _NODE_END,
        is_node=True,
    ),
    "npm fish-audio-sdk": Client(
        ("fish-audio-sdk@2025.11.29",),
        """
import sdk from "fish-audio-sdk";
const { TTSRequest, WebSocketSession } = sdk;
const [url, key, words] = process.argv.slice(2);
async function* text() { for (const word of words.split(" ")) yield word + " "; }
const session = new WebSocketSession(key, url.replace("http", "ws"));
const sound = [];
const request = new TTSRequest("", { format: "pcm", sampleRate: 24000, sample_rate: 24000 });
// It loses what comes while it does not wait for it, `finish` too: so it is over when nothing more comes.
let last = Date.now();
const over = new Promise((resolve) => setInterval(() => Date.now() - last > 5000 && resolve(), 100));
const heard = (async () => {
  for await (const chunk of session.tts(request, text())) { sound.push(chunk); last = Date.now(); }
})();
await Promise.race([heard, over]);
"""
        + _NODE_END,
        is_node=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Result:
    """How it went: ``told`` is the reason where it has not spoken."""

    seconds: float
    sound_seconds: float
    told: str = ""


def main() -> int:
    """Install, serve, run, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("clients", nargs="*", metavar="CLIENT", help=", ".join(CLIENTS))
    parser.add_argument("--keep", type=Path, help="install here, and find it here the next time")
    options = parser.parse_args()
    if unknown := set(options.clients) - set(CLIENTS):
        parser.error(f"no such client: {', '.join(sorted(unknown))}")
    wanted = options.clients or list(CLIENTS)
    results: dict[str, Result] = {}
    with contextlib.ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="clients-")))
        url, key = stack.enter_context(_served())
        for name in wanted:
            sys.stderr.write(f"{name} …\n")
            results[name] = _tried(CLIENTS[name], folder.resolve(), (url, key, WORDS))
    lines = ["| client | packages | spoken | took | |", "|---|---|---:|---:|---|"]
    for name, result in results.items():
        packages = ", ".join(CLIENTS[name].packages)
        verdict = f"**{result.told}**" if result.told else "ok"
        lines.append(
            f"| {name} | {packages} | {result.sound_seconds:.1f} s | {result.seconds:.1f} s | {verdict} |"
        )
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if any(result.told for result in results.values()) else 0


@contextlib.contextmanager
def _served() -> Iterator[tuple[str, str]]:
    """`fishcaption serve`, as its documents say: these clients have voices of their own."""
    key = secrets.token_hex(8)
    command = [sys.executable, "-m", "fishcaption.server", "--port", "0", "--any-voice"]
    environment = {**os.environ, "FISHCAPTION_SERVE_KEY": key}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip(), key
        finally:
            server.terminate()


def _tried(client: Client, folder: Path, arguments: Sequence[str]) -> Result:
    began = perf_counter()
    try:
        command = (_node if client.is_node else _python)(client, folder)
        began = perf_counter()
        done = subprocess.run(
            [*command, *arguments], cwd=folder, capture_output=True, text=True, timeout=SECONDS
        )
    except (OSError, subprocess.SubprocessError) as error:
        return Result(perf_counter() - began, 0.0, f"{type(error).__name__}: {error}"[:200])
    took = perf_counter() - began
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        last = (done.stderr.strip().splitlines() or ["it printed nothing"])[-1]
        return Result(took, 0.0, f"exit code {done.returncode}: {last}"[:200])
    samples = array.array("h", base64.b64decode(lines[-1]))
    seconds = len(samples) / RATE
    is_heard = seconds > 0.5 and max(map(abs, samples)) > 1000
    return Result(took, seconds, "" if is_heard else "nothing is heard")


def _python(client: Client, folder: Path) -> list[str]:
    """The command that runs a Python client, once its environment is there; one for all would not resolve."""
    home = folder / client.packages[0].partition("==")[0].partition("[")[0]
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (home / "complete").exists():
        venv.create(home, with_pip=True, clear=True)
        install = [
            str(python),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            *client.packages,
        ]
        subprocess.run(install, check=True, stdout=sys.stderr)
        (home / "complete").touch()
    return [str(python), "-c", client.program]


def _node(client: Client, folder: Path) -> list[str]:
    """The same of a Node client."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        raise FileNotFoundError("npm is not installed")
    home = folder / "npm" / client.packages[0].strip("@").replace("/", "-")
    if not (home / "complete").exists():
        home.mkdir(parents=True, exist_ok=True)
        (home / "package.json").write_text('{"private": true}', "utf-8")
        install = [npm, "install", "--no-fund", "--no-audit", "--loglevel=error", *client.packages]
        subprocess.run(install, cwd=home, check=True, stdout=sys.stderr)
        (home / "complete").touch()
    (home / "client.mjs").write_text(client.program, "utf-8")
    return [node, str(home / "client.mjs")]


if __name__ == "__main__":
    sys.exit(main())
