"""One voice fetched to this computer: it goes on where it was cut, is verified, and is whole or not there.

A file is gathered beside its place, so that the next try asks for the rest only (RFC 9110, section 14). Its
size and checksum are those of our own list, whoever sends it. Redirections are followed over encrypted
connections only, as the places of such files lead to stores of others; no key is sent anywhere.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import re
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, Self
from urllib.parse import quote, urlsplit

from fishcaption import __version__
from fishcaption.core.errors import ConnectionLost, Forbidden, InputError, ProtocolError, StorageError
from fishcaption.core.voices.downloads import POCKET_ARCHIVE, POCKET_BYTES, Offer, RemoteFile
from fishcaption.server.offline import folder

if TYPE_CHECKING:
    import ssl

    import httpx

PIPER_VARIABLE: Final = "FISHCAPTION_PIPER_URL"
"""The environment variable that names another place of Piper's files."""
POCKET_VARIABLE: Final = "FISHCAPTION_POCKET_URL"

# The tag is the list's; voices that came later are at the head. The checksums are ours for both.
_PIPER: Final = (
    "https://huggingface.co/rhasspy/piper-voices/resolve/v1.0.0",
    "https://huggingface.co/rhasspy/piper-voices/resolve/main",
)
_POCKET: Final = ("https://github.com/k2-fsa/sherpa-onnx/releases/download/tts-models",)
_HERE: Final = ("127.0.0.1", "localhost", "::1")

_SPARE_BYTES: Final = 64 << 20  # that stay free on the disk
_LONGEST_LICENCE: Final = 64 << 10
_BLOCK: Final = 1 << 20  # that are written at once
_TRIES: Final = 4  # each goes on where the last was cut
_MOST_POCKET: Final = 256 << 20  # bytes of an archive whose size is not in our list
_MOST_UNPACKED: Final = 1 << 30
_MOST_FILES: Final = 1000
_RANGE: Final = re.compile(r"bytes (\d{1,18})-\d{1,18}/(?:\d{1,18}|\*)")


class _Cut(Exception):
    """The connection ended before the file did."""


class VoiceFiles:
    """Fetches voices. An async context manager; leaving it closes the connections."""

    def __init__(self, tls: Callable[[], ssl.SSLContext], *, timeout_seconds: float = 30.0) -> None:
        self._make_tls = tls
        self._timeout_seconds = timeout_seconds
        self._clients: dict[bool, httpx.AsyncClient] = {}  # by whether it is for this machine

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        while self._clients:
            await self._clients.popitem()[1].aclose()

    async def licence(self, offer: Offer) -> str:
        """Return the text of a voice's licence. Raises FishCaptionError as `fetch` does."""
        if offer.licence is None:
            return offer.licence_words
        if offer.licence.bytes > _LONGEST_LICENCE:
            raise _strange()
        gathered = folder.parts(offer.id)
        await self._fetch_file(offer, offer.licence, gathered, _ignore)
        try:
            content = await asyncio.to_thread(folder.small_file, gathered / offer.licence.name)
        except OSError as error:
            raise _not_written(error) from error
        return content.decode("utf-8", "replace")

    async def fetch(self, offer: Offer, on_bytes: Callable[[int], None]) -> None:
        """Fetch a voice and put it in its place. ``on_bytes`` gets the number of bytes that are here.

        Cancelled, or after an error, what was fetched stays, and the next call goes on from there. Raises
        ConnectionLost, Forbidden (the file is not there any more), ProtocolError (what came is another
        file; nothing of it is kept), StorageError (the disk is full).
        """
        gathered, done = folder.parts(offer.id), 0
        await asyncio.to_thread(_check_room, offer)
        for file in offer.files:
            before = done

            def tell(count: int, before: int = before) -> None:
                on_bytes(before + count)

            done += await self._fetch_file(offer, file, gathered, tell)
        await asyncio.to_thread(_install, offer, gathered)

    async def _fetch_file(
        self, offer: Offer, file: RemoteFile, gathered: Path, on_bytes: Callable[[int], None]
    ) -> int:
        """Have a verified file in the folder; return its size."""
        whole = gathered / file.name
        if whole.is_file():
            return await asyncio.to_thread(lambda: whole.stat().st_size)
        places, last = list(_places(offer)), -1
        tries = _TRIES
        while True:
            part = await asyncio.to_thread(_Part, gathered, file)
            try:
                await self._once(f"{places[0]}/{quote(file.path)}", part, on_bytes)
                await asyncio.to_thread(part.finish)
                return part.size
            except Forbidden:
                if len(places) == 1:
                    raise
                places.pop(0)
            except _Cut as error:
                # a try that brought something does not count
                tries -= part.size <= last
                last = max(last, part.size)
                if tries <= 0:
                    raise ConnectionLost(
                        f"The download was cut: {part.size / 1e6:.1f} MB are here.",
                        hint="Check the network. The next try goes on from there.",
                    ) from error
            finally:
                await asyncio.to_thread(part.close)

    async def _once(self, url: str, part: _Part, on_bytes: Callable[[int], None]) -> None:
        """Ask for the rest of a file once. Raises _Cut if it ends early."""
        import httpx

        if part.is_complete:
            return
        on_bytes(part.size)
        client = await self._client(url)
        headers = {"Accept-Encoding": "identity"}
        if part.size:
            headers["Range"] = f"bytes={part.size}-"
        request = client.build_request("GET", url, headers=headers)
        try:
            answer = await client.send(request, stream=True, follow_redirects=True)
            try:
                await _take(answer, part, on_bytes)
            finally:
                await answer.aclose()
        except httpx.TooManyRedirects as error:
            raise _strange() from error
        except (httpx.HTTPError, OSError) as error:
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise _not_written(error) from error
            raise _Cut from error

    async def _client(self, url: str) -> httpx.AsyncClient:
        is_here = urlsplit(url).hostname in _HERE
        if is_here not in self._clients:
            self._clients[is_here] = await asyncio.to_thread(self._made, is_here)
        return self._clients[is_here]

    def _made(self, is_here: bool) -> httpx.AsyncClient:
        import httpx

        async def check(request: httpx.Request) -> None:
            host_is_here = request.url.host in _HERE
            if host_is_here != is_here or (not is_here and request.url.scheme != "https"):
                raise _strange()

        try:
            return httpx.AsyncClient(
                verify=False if is_here else self._make_tls(),
                trust_env=not is_here,
                timeout=self._timeout_seconds,
                headers={"User-Agent": f"fishcaption/{__version__}"},
                event_hooks={"request": [check]},
                max_redirects=5,
            )
        except (ImportError, ValueError) as error:
            raise InputError(
                "The system's proxy settings cannot be used.",
                hint="Set the address of an HTTP proxy, or none.",
            ) from error


async def _take(answer: httpx.Response, part: _Part, on_bytes: Callable[[int], None]) -> None:
    """Write an answer's body to the end of the part. Raises _Cut, or says what is wrong with the answer."""
    import httpx

    begins_at = _begins_at(answer, part.size)
    await asyncio.to_thread(part.begin, begins_at)
    if begins_at < 0:
        raise _Cut
    block = bytearray()
    refused: BaseException | None = None
    try:
        async for some in answer.aiter_raw():
            if refused is None:
                block += some
            if len(block) >= _BLOCK:
                # What is raised here is kept until the answer has ended: to leave the loop is to leave the
                # library's generators unfinished.
                try:
                    await asyncio.to_thread(part.add, bytes(block))
                except (asyncio.CancelledError, ProtocolError, StorageError) as error:
                    refused = error
                    await answer.aclose()
                block.clear()
                on_bytes(part.size)
    except (httpx.HTTPError, httpx.StreamError) as error:
        if refused is None:
            await asyncio.to_thread(part.add, bytes(block))
            raise _Cut from error
    if refused is not None:
        raise refused
    await asyncio.to_thread(part.add, bytes(block))
    on_bytes(part.size)
    if part.is_short:
        raise _Cut


def _begins_at(answer: httpx.Response, here: int) -> int:
    """Return the place of the file at which an answer begins. Raises what its status means."""
    status = answer.status_code
    if answer.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise _strange()
    if status == 200:
        return 0
    if status == 206:
        told = _RANGE.fullmatch(answer.headers.get("content-range", ""))
        if told is None or int(told[1]) != here:
            raise _strange()
        return here
    if status == 416:  # there is no rest: what is here is none of this file
        return -1
    if status in (401, 403, 404, 410):
        raise Forbidden(
            "The files of this voice are not there any more.",
            hint="A newer version of fishcaption may know where they are.",
        )
    if status == 429 or status >= 500:
        raise ConnectionLost(
            f"The place of this voice's files does not serve them now (status {status}).",
            hint="Try again in some minutes.",
        )
    raise _strange()


class _Part:
    """A file that is being gathered: how much is here, and the checksums of that. Its methods block."""

    def __init__(self, gathered: Path, file: RemoteFile) -> None:
        self._file = file
        self._whole = gathered / file.name
        self._path = gathered / f"{file.name}.part"
        self._most = file.bytes or _MOST_POCKET
        self._open: IO[bytes] | None = None
        self.size = 0
        self._start_over()
        try:
            gathered.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._open = self._path.open("ab+")
            self._open.seek(0)
            while self.size <= self._most and (block := self._open.read(_BLOCK)):
                self._count(block)
            if self.size > self._most:
                self._open.truncate(0)
                self._start_over()
        except OSError as error:
            self.close()
            raise _not_written(error) from error

    @property
    def is_complete(self) -> bool:
        """True if all bytes are here, or (where their number is not known) the checksum is right."""
        if self._file.bytes:
            return self.size == self._file.bytes
        return self._digest.hexdigest() == self._file.checksum

    @property
    def is_short(self) -> bool:
        """True if bytes are known to be missing."""
        return self.size < self._file.bytes

    def begin(self, at: int) -> None:
        """Write from this place on: the end, or the beginning. -1: begin anew. Raises StorageError."""
        if at == self.size and at >= 0:
            return
        assert self._open is not None
        try:
            self._open.truncate(0)
        except OSError as error:
            raise _not_written(error) from error
        self._start_over()

    def add(self, block: bytes) -> None:
        """Write it. Raises StorageError; ProtocolError if there is more than the file has."""
        assert self._open is not None
        if self.size + len(block) > self._most:
            self._drop()
            raise _strange()
        try:
            self._open.write(block)
            self._open.flush()
        except OSError as error:
            raise _not_written(error) from error
        self._count(block)

    def finish(self) -> None:
        """Verify it and give it its name. Raises ProtocolError for another file, which is deleted."""
        assert self._open is not None
        if self._digest.hexdigest() != self._file.checksum:
            self._drop()
            raise ProtocolError(
                f"The file {self._file.name} that came is not the one in our list: its checksum differs.",
                hint="Nothing of it is kept. Try again later, or from another network.",
            )
        try:
            os.fsync(self._open.fileno())
            self.close()
            self._path.replace(self._whole)
        except OSError as error:
            raise _not_written(error) from error

    def close(self) -> None:
        """Close the file; what is in it stays."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _count(self, block: bytes) -> None:
        self._digest.update(block)
        self.size += len(block)

    def _start_over(self) -> None:
        self.size = 0
        self._digest = hashlib.new(self._file.algorithm, usedforsecurity=False)

    def _drop(self) -> None:
        self.close()
        self._path.unlink(missing_ok=True)


def gathered_bytes(offer: Offer) -> int:
    """Return how many bytes of a voice were fetched and are not in their place yet. Blocks a little."""
    gathered, count = folder.parts(offer.id), 0
    for file in offer.files:
        for name in (file.name, f"{file.name}.part"):
            try:
                count += (gathered / name).stat().st_size
                break
            except OSError:
                continue
    return count


def _places(offer: Offer) -> tuple[str, ...]:
    variable, usual = (PIPER_VARIABLE, _PIPER) if offer.engine == "piper" else (POCKET_VARIABLE, _POCKET)
    named = os.environ.get(variable, "")
    return (named.rstrip("/"),) if named else usual


def _check_room(offer: Offer) -> None:
    """Raise StorageError if the disk has no room for it."""
    there = folder.root()
    try:
        there.mkdir(mode=0o700, parents=True, exist_ok=True)
        free = shutil.disk_usage(there).free
    except OSError as error:
        raise _not_written(error) from error
    wanted = offer.bytes or 3 * POCKET_BYTES
    needed = wanted - gathered_bytes(offer) + _SPARE_BYTES
    if needed > free:
        raise StorageError(
            f"The disk has no room for this voice: it needs {needed / 1e6:,.0f} MB, "
            f"{free / 1e6:,.0f} MB are free.",
            hint="Free some space, and try again.",
        )


def _install(offer: Offer, gathered: Path) -> None:
    try:
        whole = _unpacked(gathered) if offer.engine == "pocket" else gathered
        folder.write_checksums(whole)
        folder.put_in_place(whole, folder.place(offer.engine, offer.id))
        if whole != gathered:
            shutil.rmtree(gathered, ignore_errors=True)
    except OSError as error:
        raise _not_written(error) from error


def _unpacked(gathered: Path) -> Path:
    """Unpack the archive of Pocket TTS; return the folder with its files. Raises OSError, ProtocolError."""
    target = gathered / "unpacked"
    shutil.rmtree(target, ignore_errors=True)
    size = count = 0
    try:
        with tarfile.open(gathered / f"{POCKET_ARCHIVE}.tar.bz2", "r:bz2") as archive:
            for member in archive:
                size, count = size + member.size, count + 1
                if size > _MOST_UNPACKED or count > _MOST_FILES:
                    raise _strange()
                archive.extract(member, target, filter="data")
    except (tarfile.TarError, EOFError) as error:
        raise _strange() from error
    found = target / POCKET_ARCHIVE
    if not found.is_dir():
        raise _strange()
    return found


def _strange() -> ProtocolError:
    return ProtocolError(
        "What came is not the file of this voice.",
        hint="If you are behind a proxy or a sign-in page, that may be what answered. Nothing of it is kept.",
    )


def _not_written(error: OSError) -> StorageError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageError(
            "The disk is full: the voice could not be saved.",
            hint="Free some space. The next try goes on where this one ended.",
        )
    return StorageError(
        f"The voice could not be saved: {error.strerror or error}.",
        hint=f"Check that {folder.root()} may be written to.",
    )


def _ignore(_count: Any) -> None:
    """Nobody looks at it."""
