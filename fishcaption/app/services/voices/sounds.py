"""The sound of a voice before it is chosen: its sample, or the user's own text.

It is played as a signal: speech pauses for it and goes on behind it, and it is in no transcript and no
caption. One thing is played at a time; Stop ends it as everything else.
"""

from __future__ import annotations

import asyncio
import struct
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from fishcaption.app.services.rendering.sound import RenderVoice, render, render_voice_of, talk_of
from fishcaption.audio.decoding.decoder import Decoder
from fishcaption.core.errors import FishCaptionError, Forbidden, InputError
from fishcaption.core.speech import Rendered, Voice
from fishcaption.core.text.segmentation import segments, speakable
from fishcaption.core.voices.catalog import VoiceEntry
from fishcaption.fish.endpoint import billing_day
from fishcaption.fish.ungrouped import Ungrouped
from fishcaption.store.places import cache_dir
from fishcaption.store.voices.kept_files import KeptFiles
from fishcaption.ui.voice_ports import Hearing

if TYPE_CHECKING:
    from fishcaption.app.lazy_reader import LazyReader, LazySpeech
    from fishcaption.core.normalization.rules import Rules
    from fishcaption.fish.downloads import Downloads
    from fishcaption.tasks import ServiceTasks
    from fishcaption.ui.voice_ports import OnHearing

_KEPT_BYTES = 128 << 20
_IN_MEMORY = 8  # sounds
_RATE = struct.Struct("<I")  # before the sound, in a kept file
_RATES = (8_000, 192_000)
_INTRODUCTION = "Hello. This is how I sound when I read you a sentence."


class VoiceSounds:
    """Plays samples and tried texts through the reader. ``look_up`` asks for a voice anew."""

    def __init__(
        self,
        speech: LazySpeech,
        reader: LazyReader,
        tasks: ServiceTasks,
        *,
        rules: Callable[[], Rules],
        download: Callable[[], Downloads],
        look_up: Callable[[Voice], Awaitable[VoiceEntry]],
    ) -> None:
        self._speech = speech
        self._reader = reader
        self._tasks = tasks
        self._rules = rules
        self._download = download
        self._look_up = look_up
        self._kept = KeptFiles(cache_dir() / "voice-samples", _KEPT_BYTES)
        self._ready: OrderedDict[str, Rendered] = OrderedDict()
        self._decoder = Decoder()
        self._task: asyncio.Task[None] | None = None
        self._on_change: OnHearing | None = None
        self._is_sounding = False

    def close(self) -> None:
        """End what is played, and the process that decodes."""
        self.hush()
        self._ready.clear()
        self._decoder.close()
        self._decoder = Decoder()  # it starts its process when there is something to decode

    def warm(self) -> None:
        """Have the process that decodes ready, as a sample may be asked for soon."""
        decoder = self._decoder  # this one: it may be closed, and another in its place, before its turn comes
        self._tasks.start(lambda: asyncio.to_thread(decoder.warm))

    def hear(self, entry: VoiceEntry, on_change: OnHearing) -> None:
        """See `ui.voice_ports.VoiceService.hear`."""
        ready = self._ready.get(_name(entry))
        if ready is not None:  # no task stands between the key and the sound
            self.hush()
            self._on_change = on_change
            asyncio.get_running_loop().call_soon(self._play_ready, ready, on_change)
            return
        self._begin(lambda: self._hear(entry), on_change)

    def try_text(self, entry: VoiceEntry, text: str, on_change: OnHearing) -> None:
        """See `ui.voice_ports.VoiceService.try_text`."""
        self._begin(lambda: self._say(entry.voice, text), on_change)

    def price_of(self, voice: Voice, text: str) -> float:
        """Return what it may cost to have this voice say the text, in dollars; 0 with an unknown model."""
        try:
            chosen = self._render_voice(voice)
        except InputError:  # told where it is spoken with
            return 0.0
        return chosen.price((chosen.said(text).text,))

    def hush(self) -> None:
        """End what is played or prepared."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
        if self._is_sounding:
            self._reader.end_signal()
        on_change, self._on_change = self._on_change, None
        if on_change is not None:
            on_change(Hearing.ENDED)

    # -- inside ------------------------------------------------------------------------------------

    def _begin(self, work: Callable[[], Awaitable[None]], on_change: OnHearing) -> None:
        self.hush()
        self._on_change = on_change

        async def begin() -> None:
            last: Hearing | FishCaptionError = Hearing.ENDED
            on_change(Hearing.PREPARING)
            try:
                await work()
            except FishCaptionError as error:
                last = error
            self._end(on_change, last)

        self._task = self._tasks.start(begin, on_bug=lambda: self._end(on_change, Hearing.ENDED))

    def _end(self, on_change: OnHearing, last: Hearing | FishCaptionError) -> None:
        if self._on_change is on_change:
            self._on_change = self._task = None
            on_change(last)

    def _play_ready(self, rendered: Rendered, on_change: OnHearing) -> None:
        if self._on_change is on_change:
            self._signal(rendered, lambda _is_heard: self._end(on_change, Hearing.ENDED))

    async def _hear(self, entry: VoiceEntry) -> None:
        self._speech.warm()  # the device is open by the time that there is a sound
        name = _name(entry)
        rendered = await asyncio.to_thread(self._from_disk, name, entry.voice)
        if rendered is None:
            rendered = await self._fetched(entry)
            if rendered is None:
                rendered = await self._introduced(entry)
            content = _RATE.pack(rendered.rate) + rendered.pcm
            await asyncio.to_thread(self._kept.put, name, content)
        self._ready[name] = rendered
        while len(self._ready) > _IN_MEMORY:
            self._ready.popitem(last=False)
        await self._played(rendered)

    async def _fetched(self, entry: VoiceEntry) -> Rendered | None:
        """Return the library's sample of a voice; None if there is none.

        Lists may have none although the voice has, and an address may have expired: it is asked for once.
        """
        if not entry.voice.kind.is_remote:
            return None
        self.warm()
        content = None
        if entry.samples:
            try:
                content = await self._download().sample(entry.samples[0].url)
            except Forbidden:
                content = None
        if content is None:
            entry = await self._look_up(entry.voice)
            if not entry.state.can_speak:
                raise Forbidden("This voice is no longer there.", hint="Choose another voice.")
            if not entry.samples:
                return None
            content = await self._download().sample(entry.samples[0].url)
        sound = await asyncio.to_thread(self._decoder.decode, content)
        return Rendered(entry.voice, sound.rate, sound.pcm)

    async def _introduced(self, entry: VoiceEntry) -> Rendered:
        """Return a sentence in a voice without a sample, where that costs nothing."""
        if entry.voice.kind.is_remote:
            raise InputError("This voice has no sample.", hint="Try it with your own text: “Like this”.")
        chosen = self._render_voice(entry.voice)
        async with talk_of(self._speech.system, chosen, billing_day) as synthesizer_of:
            return await render(synthesizer_of(chosen), _INTRODUCTION)

    async def _say(self, voice: Voice, text: str) -> None:
        """Say a text sentence by sentence: the next one is made while one is heard."""
        self._speech.warm()  # the device is open by the time that there is a sound
        chosen = self._render_voice(voice)
        language = chosen.language or "en"
        said = [one for one in segments(chosen.said(text).text, language) if speakable(one)]
        if not said:
            raise InputError("There is nothing in this text that the voice can say.")
        async with Ungrouped():
            await self._say_in_turn(chosen, said)

    async def _say_in_turn(self, chosen: RenderVoice, said: list[str]) -> None:
        async with talk_of(self._speech.system, chosen, billing_day) as synthesizer_of:
            synthesizer = synthesizer_of(chosen)
            rendered = await render(synthesizer, said[0])
            for following in (*said[1:], ""):
                async with asyncio.TaskGroup() as both:
                    playing = both.create_task(self._played(rendered))
                    made = both.create_task(render(synthesizer, following)) if following else None
                    if not await playing:
                        if made is not None:
                            made.cancel()
                        return
                if made is not None:
                    rendered = made.result()

    async def _played(self, rendered: Rendered) -> bool:
        """Play a sound; return whether it was heard to its end, and not stopped."""
        ended: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def end(is_heard: bool) -> None:
            if not ended.done():
                ended.set_result(is_heard)

        self._signal(rendered, end)
        return await ended

    def _signal(self, rendered: Rendered, on_end: Callable[[bool], None]) -> None:
        def end(is_heard: bool) -> None:
            self._is_sounding = False
            on_end(is_heard)

        self._reader.signal(rendered, end)
        self._is_sounding = True
        if self._on_change is not None:
            self._on_change(Hearing.SOUNDING)

    def _render_voice(self, voice: Voice) -> RenderVoice:
        return render_voice_of(self._speech.settings.current, self._rules(), day=billing_day(), voice=voice)

    def _from_disk(self, name: str, voice: Voice) -> Rendered | None:
        content = self._kept.get(name)
        if content is None or len(content) < _RATE.size + 2 or len(content) % 2:
            return None
        (rate,) = _RATE.unpack_from(content)
        return Rendered(voice, rate, content[_RATE.size :]) if _RATES[0] <= rate <= _RATES[1] else None


def _name(entry: VoiceEntry) -> str:
    return f"{entry.provider}/{entry.id}"
