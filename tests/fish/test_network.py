"""The live voice over what lies between: encryption, proxies, and Qt's loop in place of asyncio's."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import ssl
from collections.abc import AsyncIterator, Coroutine
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from fishcaption.core.errors import ConnectionLost, InputError
from fishcaption.core.secrecy import PROOF_SCHEME
from fishcaption.fish.endpoint import system_tls
from fishcaption.fish.library import Library
from fishcaption.fish.live import Endpoint, Live
from tests.fish.test_live import (
    HASTY,
    KEY,
    QUICK,
    RATE,
    SENTENCES,
    VOICE,
    Ear,
    Hands,
    pieces,
    stop,
    talking,
    until,
)
from tests.live_server import Fault, LiveServer, Manner

HOST = "fish.test"
ONCE = replace(HASTY, retry_delays=())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of our own for this machine and `HOST`, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName(HOST), x509.IPAddress(ip_address("127.0.0.1"))])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    path.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return path


def serving(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


@contextlib.asynccontextmanager
async def proxy(port: int, *, status: str = "200 OK", seen: list[str]) -> AsyncIterator[str]:
    """A proxy that leads every tunnel to the port on this machine."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            seen.append((await reader.readuntil(b"\r\n\r\n")).decode().splitlines()[0])
            writer.write(f"HTTP/1.1 {status}\r\n\r\n".encode())
            if status.startswith("200"):
                there, back = await asyncio.open_connection("127.0.0.1", port)
                async with asyncio.TaskGroup() as ways:
                    ways.create_task(copy(reader, back))
                    ways.create_task(copy(there, writer))
        writer.close()

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        server.close()
    # the tunnels' tasks end with their connections
    await asyncio.sleep(0.02)


def only(url: str) -> Any:
    async def endpoint() -> Endpoint:
        return Endpoint(url, KEY)

    return endpoint


async def test_an_encrypted_service_is_heard(certificate: Path) -> None:
    """The whole way, with a recovery, under TLS."""
    ear = Ear()
    async with LiveServer(QUICK, Fault("reset", 3), tls=serving(certificate)) as server:
        async with Live(only(server.url), patience=HASTY, tls=lambda: trusting(certificate)) as live:
            await live.synthesizer(VOICE, rate=RATE).speak(pieces(SENTENCES), ear)
        assert server.url.startswith("https://")
    assert ear.text.endswith(SENTENCES[-1])


async def test_the_systems_certificates_are_what_is_trusted(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A company's own authority, where the system has it; and nobody else."""
    async with LiveServer(QUICK, tls=serving(certificate)) as server:
        async with Live(only(server.url), patience=ONCE) as live:
            with pytest.raises(ConnectionLost, match="prove who it is"):
                await live.synthesizer(VOICE, rate=RATE).speak(pieces(SENTENCES), Ear())
        async with Library(only(server.url)) as library:
            with pytest.raises(ConnectionLost):
                await library.check_key()
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        ear = Ear()
        async with Live(only(server.url), patience=ONCE, tls=system_tls) as live:
            await live.synthesizer(VOICE, rate=RATE).speak(pieces(SENTENCES), ear)
        assert ear.text == "".join(SENTENCES)


async def test_stop_is_at_once_under_encryption(certificate: Path) -> None:
    """No closing handshake of any layer is waited for."""
    manner = replace(QUICK, pace=1.0, frame_seconds=0.01)
    async with LiveServer(manner, tls=serving(certificate)) as server:
        tls = trusting(certificate)
        async with (
            Live(only(server.url), patience=HASTY, tls=lambda: tls) as live,
            asyncio.TaskGroup() as tasks,
        ):
            ear = Ear()
            speaking = tasks.create_task(live.synthesizer(VOICE, rate=RATE).speak(pieces(SENTENCES), ear))
            await ear.heard.wait()
            await stop(speaking)
            # and while it connects
            speaking = tasks.create_task(live.synthesizer(VOICE, rate=RATE).speak(pieces(SENTENCES), ear))
            await asyncio.sleep(0.002)
            await stop(speaking)
        await until(lambda: not server.open_connections)


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_the_systems_proxy_is_used(
    scheme: str, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through a tunnel, encrypted or not; the name is the proxy's to find."""
    seen: list[str] = []
    tls = serving(certificate) if scheme == "https" else None
    async with LiveServer(QUICK, tls=tls) as server:
        port = int(server.url.rpartition(":")[2])
        async with proxy(port, seen=seen) as address:
            for name in ("http_proxy", "https_proxy"):
                monkeypatch.setenv(name, address)
            ear = Ear()
            url = f"{scheme}://{HOST}:{port}"
            async with Live(only(url), patience=ONCE, tls=lambda: trusting(certificate)) as live:
                await live.synthesizer(VOICE, rate=RATE).speak(pieces(SENTENCES), ear)
            await until(lambda: not server.open_connections)
    assert ear.text == "".join(SENTENCES)
    assert seen[0] == f"CONNECT {HOST}:{port} HTTP/1.1"


async def test_a_proxy_that_refuses_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """As what it is, without its address: there may be a password in it."""
    async with proxy(9, status="407 Proxy Authentication Required", seen=[]) as address:
        secret = address.replace("http://", "http://me:a-password@")
        monkeypatch.setenv("https_proxy", secret)
        async with Live(only(f"https://{HOST}"), patience=ONCE) as live:
            with pytest.raises(ConnectionLost, match="proxy") as caught:
                await live.synthesizer(VOICE, rate=RATE).speak(pieces(SENTENCES), Ear())
    assert "a-password" not in f"{caught.value} {caught.value.hint}"


async def test_a_proxy_that_we_cannot_use_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """SOCKS needs a package that few need."""
    monkeypatch.setenv("https_proxy", "socks5://127.0.0.1:9")
    async with Live(only(f"https://{HOST}"), patience=ONCE) as live:
        with pytest.raises(InputError, match="SOCKS"):
            await live.synthesizer(VOICE, rate=RATE).speak(pieces(SENTENCES), Ear())


def under_qt(main: Coroutine[Any, Any, None], qapp: QApplication) -> None:
    with asyncio.Runner(loop_factory=lambda: QEventLoop(qapp)) as runner:
        runner.run(main)


def test_it_speaks_in_qts_loop(qapp: QApplication) -> None:
    """The same utterances, with losses, rests and stops, where windows live."""

    async def main() -> None:
        manner = replace(QUICK, frame_seconds=0.02)
        hasty = replace(HASTY, idle_seconds=0.2)
        async with LiveServer(manner, Fault("reset", 5)) as server, talking(server, hasty) as live:
            voice = live.synthesizer(VOICE, rate=RATE)
            for _ in range(3):
                ear = Ear()
                await voice.speak(pieces(SENTENCES), ear)
                assert ear.text.endswith(SENTENCES[-1])
            server.be(pace=1.0)
            server.drop_all()
            for moment in (0.0, 0.01, 0.05):
                async with asyncio.TaskGroup() as tasks:
                    speaking = tasks.create_task(voice.speak(pieces(SENTENCES), Ear()))
                    await asyncio.sleep(moment)
                    await stop(speaking)
            server.be(pace=float("inf"))
            server.drop_all()
            hands, ear = Hands(), Ear()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(voice.speak(hands, ear))
                for number, sentence in enumerate(SENTENCES[:2]):
                    finished = sum(talk.finishes for talk in server.talks)
                    hands.give(sentence)
                    # mypy does not infer a lambda that has a default
                    await until(lambda count=finished: sum(talk.finishes for talk in server.talks) > count)  # type: ignore[misc]
                    assert ear.text == "".join(SENTENCES[: number + 1])
                hands.give(None)

    under_qt(main(), qapp)


@pytest.mark.parametrize("manner", [QUICK, replace(QUICK, key="another key")])
async def test_who_has_not_proved_a_shared_key_is_told_neither_it_nor_the_text(manner: Manner) -> None:
    """On this machine anybody may have taken the voice's port since it was found there."""
    async with LiveServer(manner) as server, talking(server, ONCE, shares_key=True) as live:
        with pytest.raises(ConnectionLost, match="Another program answers"):
            await live.synthesizer(VOICE, rate=RATE).speak(pieces(SENTENCES), Ear())
        assert not any(talk.text or talk.requests for talk in server.talks)
        assert not any(KEY in str(talk.headers) for talk in server.talks)
        assert all(talk.headers["Authorization"].startswith(PROOF_SCHEME) for talk in server.talks)
