"""The parts, built and joined, without a window: voices, sound, engine. The window and `say` share it.

A `SpeechSystem` can be used as soon as it is built: what is said before it is entered is spoken once it is.
Entering starts the processes and the reader; leaving ends them in the order in which sound flows: the reader
first, then the sound, then the conversations with the voices, the embedded voice last.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from fishcaption.core.errors import FishCaptionError, InputError, ModelUnavailable, Unauthorized
from fishcaption.core.models import DEFAULT_MODEL, MODELS, no_day, usable
from fishcaption.core.speech import FISH, Manner, Piece, Voice
from fishcaption.core.synthesis_options import STANDARD_OPTIONS, SynthesisOptions
from fishcaption.core.timing.timeline import SpeechRate
from fishcaption.core.voices.cast import MOST_TOGETHER, Cast, speaker_mark, voiced_parts
from fishcaption.core.voices.presets import Preset
from fishcaption.fish.endpoint import fish_url as fish_url
from fishcaption.reader import Player, Reader, Sink, Turn
from fishcaption.server.process import EmbeddedVoice
from fishcaption.server.voice_registry import default_voice, installed_voices
from fishcaption.speech.takes_voice import TakesReferences
from fishcaption.store.audio_buffer import StoredAudio

if TYPE_CHECKING:
    from fishcaption.core.models import Model
    from fishcaption.core.protocol.requests import Pronunciation
    from fishcaption.core.speech import Family
    from fishcaption.fish.live import Endpoint, Live, Patience
    from fishcaption.store.kept_audio.kept_audio import KeptAudio

# Somebody waits for the word: after three seconds they must know that it does not come, and choose.
RETRY_DELAYS = (0.0, 0.3, 0.8, 1.6)

# Where another voice is ready to take over, one more try at once is all that is worth its time; and a network
# that swallows everything is noticed before a listener turns away. The service itself answers within 1 s.
_SHORT_DELAYS = (0.0,)
_SHORT_TAKE_SECONDS = 3.0
_SHORT_SILENCE_SECONDS = 4.0


class OwnedPlayer(Player, Protocol):
    """A player with a life of its own."""

    async def __aenter__(self) -> Self:
        """Start it."""
        ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it; nothing of it is left."""
        ...


class SpeechSystem:
    """One player, one reader, and every voice there is.

    ``key`` is Fish Audio's. None while the keyring is still being read: speaking waits for it. Empty: there
    is no key.
    ``speech_rates`` are an earlier system's: how fast each voice speaks, before its first word.
    ``embedded`` is the embedded voice's process, where one was begun before; it is entered and left here.
    ``on_stood_in`` is called when an embedded voice has taken over: see `use_stand_in`.
    ``today`` is asked whenever a model speaks: what it costs may have changed over night.
    ``kept`` has what was said before, and gets what is said anew; None: all is said live.
    """

    def __init__(
        self,
        player: OwnedPlayer,
        *,
        key: str | None = "",
        speech_rates: Mapping[str, tuple[float, ...]] | None = None,
        embedded: EmbeddedVoice | None = None,
        today: Callable[[], date | None] = no_day,
        kept: KeptAudio | None = None,
    ) -> None:
        self.player = player
        self.kept = kept
        self._key = ""
        self._why_no_key: FishCaptionError | None = None
        self._is_key_known = asyncio.Event()
        if key is not None:
            self.key = key
        self.today = today
        self.embedded = embedded or EmbeddedVoice()
        self._learned = dict(speech_rates or {})
        self._rates: dict[str, SpeechRate] = {}
        self.reader = Reader(player, make_buffer=StoredAudio, rate_of_voice=self._rate_of)
        self.on_stood_in: Callable[[FishCaptionError], None] = _ignore
        self._talks: dict[str, Live] = {}
        self.on_sent: Callable[[str, int], None] = _ignore_sent
        """Called with a model of Fish Audio's and the bytes of text that it was sent."""
        self.check_spending: Callable[[str], None] = _no_limit
        """Raises LimitReached if a model of Fish Audio's must not speak, by a limit of the user's."""
        self.takes = TakesReferences()
        self._chosen: _ChosenVoice | None = None
        self._has_stand_in = False
        self._absence: FishCaptionError | None = None  # why somebody stands in
        self.reader.use_stand_ins(self._stand_in, self._stood_in)
        self._stack = AsyncExitStack()  # everything that was entered
        self._reading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self._stack.__aenter__()
        await self._stack.enter_async_context(self.embedded)
        self.embedded.start()
        from fishcaption.fish.live import Live, Patience  # the network's modules: not before the first paint

        patience = Patience(retry_delays=RETRY_DELAYS)
        for name in ("", *MODELS):  # a socket keeps its model for life, so each has its own
            live = Live(partial(self.endpoint, name), patience=patience, on_sent=partial(self.sent, name))
            self._talks[name] = await self._stack.enter_async_context(live)
        await self._stack.enter_async_context(self.player)
        tasks = await self._stack.enter_async_context(asyncio.TaskGroup())
        self._reading = tasks.create_task(self.reader.run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._reading is not None:
            self._reading.cancel()
        await self._stack.__aexit__(kind, error, trace)

    @property
    def key(self) -> str:
        """Fish Audio's key; empty while there is none."""
        return self._key

    @key.setter
    def key(self, key: str) -> None:
        self._key, self._why_no_key = key, None
        self._is_key_known.set()

    def go_without_key(self, why: FishCaptionError) -> None:
        """Nobody waits for the key any longer; who speaks with it is told why, until it is set after all."""
        self._why_no_key = why
        self._is_key_known.set()

    async def found_key(self) -> str:
        """The key, once it is known whether there is one. Raises Unauthorized where there is none."""
        await self._is_key_known.wait()
        if self._key:
            return self._key
        if self._why_no_key is not None:
            raise Unauthorized(
                f"A Fish Audio voice needs a key. {self._why_no_key}", hint=self._why_no_key.hint
            )
        raise Unauthorized(
            "A Fish Audio voice needs a key.", hint="Enter your key, or choose an embedded voice."
        )

    @property
    def speech_rates(self) -> Mapping[str, tuple[float, ...]]:
        """The speech rate of each voice that was ever heard, as plain values for a file."""
        return self._learned | {name: rate.learned for name, rate in self._rates.items()}

    def choose(
        self,
        voice: Voice,
        model_name: str,
        options: SynthesisOptions = STANDARD_OPTIONS,
        *,
        agreed: str = "",
    ) -> None:
        """Speak with this voice from the next utterance on, in the first of its languages.

        ``agreed``: see `core.models.usable`. A model that may not be used without asking is refused when it
        is to speak: the utterance fails with ModelUnavailable.
        """
        self._chosen = _ChosenVoice(self, voice, voice.kind.rate, model_name, options, agreed)
        self._use()

    def warm(self) -> None:
        """Make ready for the next word: the device open, a socket to the voice in use. Once entered."""
        self.player.warm()
        if self._chosen is None:
            return
        if self._absence is None:
            self._chosen.warm()
        if self._has_stand_in and self._chosen.voice.kind.is_remote:
            self.talk("").warm()

    def turns(
        self,
        text: str,
        cast: Cast,
        manner_of: Callable[[Preset], Manner] = lambda preset: Manner(preset.style),
        *,
        manner: Manner | None = None,
    ) -> list[Turn]:
        """Return the turns of a text that several voices say, by the names in it and by its scripts.

        ``manner_of`` tells how a preset speaks. Empty: the chosen voice says all of it; with a ``manner``,
        which is that of the chosen voice, it has a turn for that, too. Turns of Fish Audio's voices that
        follow each other are one conversation where the model takes several speakers. Raises InputError
        where no voice is chosen.
        """
        if self._chosen is None:
            raise InputError("No voice is chosen.", hint="Choose a voice first.")
        parts = voiced_parts(text, cast)
        if manner is None and all(part.voice is None for part in parts) and len(parts) < 2:
            return []
        turns: list[Turn] = []
        for part in parts:
            own = manner_of(part.voice) if isinstance(part.voice, Preset) else Manner()
            if part.voice is None and manner is not None:
                own = manner
            chosen = self._chosen.by(part.voice)
            absent = self._absence is not None and chosen.voice.kind.is_remote
            found = self._stand_in(chosen.voice) if absent else None
            voice, family = found or (chosen, family_of(chosen.voice, chosen.model))
            turns.append(Turn(part.start, part.end, voice, family, manner=own))
        return _together(turns)

    # -- where a service cannot be reached ---------------------------------------------------------

    @property
    def has_stand_in(self) -> bool:
        """True if an embedded voice takes over where a service cannot be reached."""
        return self._has_stand_in

    def use_stand_in(self, is_used: bool) -> None:
        """Have an embedded voice take over where a service's voice cannot be reached, or nobody.

        It goes on in mid-text (see `reader.recovery`), calls `on_stood_in` with the reason, and speaks in the
        place of every service's voice until `go_back`.
        """
        if is_used != self._has_stand_in:
            self._has_stand_in = is_used
            if not is_used:
                self.go_back()

    @property
    def absence(self) -> FishCaptionError | None:
        """The reason why an embedded voice speaks instead of a service's; None: none does."""
        return self._absence

    def go_back(self) -> None:
        """Speak with the chosen voice again, from the next utterance on."""
        if self._absence is not None:
            self._absence = None
            self._use()

    async def reach(self) -> None:
        """Look whether the chosen voice's service can be reached, without having it say anything.

        Raises FishCaptionError where it cannot.
        """
        if self._chosen is not None:
            await self._chosen.reach()

    def stand_in_of(self, voice: Voice) -> Voice:
        """Return the embedded voice that stands in for this one: one of its language if there is one."""
        wanted = next(iter(voice.languages), "")[:2]
        embedded = [entry.voice for entry in installed_voices()]
        alike = (one for one in embedded if wanted and wanted in (code[:2] for code in one.languages))
        return next(alike, embedded[0])

    def _stand_in(self, voice: Voice) -> tuple[_ChosenVoice, Family] | None:
        if not self._has_stand_in:
            return None
        other = self.stand_in_of(voice)
        chosen = _ChosenVoice(self, other, other.kind.rate, "", STANDARD_OPTIONS, "")
        return chosen, family_of(other, "")

    def _stood_in(self, error: FishCaptionError) -> None:
        self._absence = error
        self._use()
        self.on_stood_in(error)

    def _use(self) -> None:
        """Have the reader speak with the chosen voice, or with who stands in for it."""
        chosen = self._chosen
        if chosen is None:
            return
        is_absent = self._absence is not None and chosen.voice.kind.is_remote
        stand_in = self._stand_in(chosen.voice) if is_absent else None
        self.reader.use(*(stand_in or (chosen, family_of(chosen.voice, chosen.model))))

    def talk(self, model_name: str) -> Live:
        """The conversations with a model of Fish Audio's, or (empty) with the embedded voice."""
        return self._talks[model_name]

    async def endpoint(self, model_name: str) -> Endpoint:
        """Return the address and key of a model of Fish Audio's, or (empty) of the embedded voice."""
        from fishcaption.fish.endpoint import Endpoint

        if model_name:
            return Endpoint(fish_url(), self.key, model_name)
        url, key = await self.embedded.endpoint()
        return Endpoint(url, key, DEFAULT_MODEL, shares_key=True)

    def sent(self, model_name: str, sent_bytes: int) -> None:
        """Take note of text that was sent to a model of Fish Audio's; empty is the embedded voice."""
        if model_name:
            self.on_sent(model_name, sent_bytes)

    def find_voice(self, wanted: str) -> Voice:
        """See `find_voice`."""
        return find_voice(wanted)

    def _rate_of(self, voice: Voice) -> SpeechRate:
        name = f"{voice.provider}:{voice.id}"
        if name not in self._rates:
            self._rates[name] = SpeechRate(tuple(self._learned.get(name, ())))
        return self._rates[name]


@dataclass(frozen=True, slots=True)
class _ChosenVoice:
    """A `reader.Synthesizer` that finds its conversation when it first speaks: choosing one costs nothing."""

    speech: SpeechSystem
    voice: Voice
    rate: int
    model: str  # Fish Audio's
    options: SynthesisOptions
    agreed: str
    speakers: tuple[str, ...] = ()  # ids of the voices of a text that has several

    def warm(self) -> None:
        """Have a socket ready, where one may be used."""
        kind = self.voice.kind
        if not kind.has_models:
            self.speech.talk("").warm()
        elif (self.speech.key or not kind.needs_key) and self._is_usable():
            self.speech.talk(self.model).warm()

    async def speak(self, pieces: AsyncIterator[Piece], sink: Sink) -> None:
        """See `reader.Synthesizer.speak`."""
        kept, mark = self.speech.kept, ""
        if self.voice.takes:
            mark = await asyncio.to_thread(self.speech.takes.mark, self.voice)
        # of several speakers only the conversation knows who says a sentence: none is kept by its words
        if kept is None or self.speakers or (self.voice.takes and not mark):
            await self._speak_live(pieces, sink)
            return
        from fishcaption.speech.kept_voice import KeptVoice
        from fishcaption.store.kept_audio.identity import SoundShape

        model = self.model if self.voice.kind.has_models else ""
        shape = SoundShape(self.voice, model, self.rate, self.options, self._pronunciations(), mark)
        await KeptVoice(shape, kept, self._speak_live).speak(pieces, sink)

    async def _speak_live(self, pieces: AsyncIterator[Piece], sink: Sink) -> None:
        if self.voice.kind.needs_key:
            await self.speech.found_key()
        name = ""
        if self.voice.kind.has_models:
            name = self._usable().name
            self.speech.check_spending(name)
        voice = self.speech.talk(name).synthesizer(
            self.voice,
            rate=self.rate,
            options=self.options,
            references=await self.speech.takes.of(self.voice) if self.voice.takes else (),
            pronunciations=self._pronunciations(),
            speakers=self.speakers,
            patience=_short_patience() if name and self.speech.has_stand_in else None,
        )
        await voice.speak(pieces, sink)

    def by(self, who: Voice | Preset | None) -> _ChosenVoice:
        """Return another voice with the same model and options, or a preset's; None: this one."""
        if who is None:
            return self
        if not isinstance(who, Preset):
            return replace(self, voice=who, rate=who.kind.rate)
        voice = voice_of(who.voice)
        other = replace(self, voice=voice, rate=voice.kind.rate)
        return replace(other, model=who.model, options=who.options) if voice.kind.has_models else other

    async def reach(self) -> None:
        """Look whether its service can be reached. Raises FishCaptionError where it cannot."""
        if self.voice.kind.needs_key:
            await self.speech.found_key()
        await self.speech.talk(self._usable().name if self.voice.kind.has_models else "").reach()

    def _pronunciations(self) -> tuple[Pronunciation, ...]:
        """Return the pronunciations that are sent beside the text."""
        if not self.voice.kind.has_models:
            return ()
        language = next(iter(self.voice.languages), "")
        return self.speech.reader.rules.sent(language=language, voice_id=self.voice.id)

    def _usable(self) -> Model:
        return usable(self.model, on=self.speech.today(), agreed=self.agreed)

    def _is_usable(self) -> bool:
        try:
            self._usable()
        except ModelUnavailable:
            return False
        return True


def _ignore_sent(model_name: str, sent_bytes: int) -> None:
    """Nobody counts."""


def _no_limit(model_name: str) -> None:
    """Nobody has set one."""


def _together(turns: Sequence[Turn]) -> list[Turn]:
    """Return the turns, with those joined that one conversation can say."""
    found: list[Turn] = []
    group: list[Turn] = []
    before = end = 0  # the ends of the turn before the group, and of the last one
    for turn in turns:
        voices = {one.synthesizer.voice for one in (*group, turn)}
        can_join = _has_speakers(turn) and turn.start > end
        fits = can_join and len(voices) <= MOST_TOGETHER and (not group or _is_asked_alike(group[0], turn))
        if not fits or not group:
            found += _joined(group, before)
            group, before = [], end
        if can_join:
            group.append(turn)
        else:
            found.append(turn)
        end = turn.end
    return found + _joined(group, before)


def _has_speakers(turn: Turn) -> bool:
    """Return whether one conversation can say this turn and others."""
    chosen = turn.synthesizer
    is_ours = isinstance(chosen, _ChosenVoice) and chosen.voice.kind.has_models
    return is_ours and turn.family == "s2" and bool(chosen.voice.id) and not chosen.voice.takes


def _is_asked_alike(one: Turn, other: Turn) -> bool:
    """Return whether the same conversation is asked for, but for the voice."""
    first, second = one.synthesizer, other.synthesizer
    assert isinstance(first, _ChosenVoice)
    assert isinstance(second, _ChosenVoice)
    same = (first.model, first.options) == (second.model, second.options)
    return same and one.manner == other.manner


def _joined(turns: Sequence[Turn], end: int) -> list[Turn]:
    """Return one turn for several speakers; ``end`` is that of the turn before them."""
    voices = list(dict.fromkeys(turn.synthesizer.voice for turn in turns))
    if len(voices) < 2:
        return list(turns)
    first = turns[0].synthesizer
    assert isinstance(first, _ChosenVoice)
    names = ", ".join(voice.name for voice in voices)
    together = replace(
        first, voice=replace(first.voice, name=names), speakers=tuple(voice.id for voice in voices)
    )
    marks = []
    for turn in turns:
        marks.append((end, turn.start, speaker_mark(voices.index(turn.synthesizer.voice))))
        end = turn.end
    start = marks[0][0]
    return [Turn(start, end, together, turns[0].family, tuple(marks), tuple(turns), turns[0].manner)]


def _short_patience() -> Patience:
    from fishcaption.fish.live import Patience  # the network's modules: not before the first paint

    return Patience(
        retry_delays=_SHORT_DELAYS,
        take_seconds=_SHORT_TAKE_SECONDS,
        first_audio_seconds=_SHORT_SILENCE_SECONDS,
        between_audio_seconds=_SHORT_SILENCE_SECONDS,
    )


def _ignore(error: FishCaptionError) -> None:
    """Nobody asks."""


_NAMED_VOICES = 8  # in a hint


def find_voice(wanted: str) -> Voice:
    """The voice of a name or id as a user writes it: an embedded one's, or `fish:ID`, or a Fish id.

    Empty is the embedded default. Raises InputError that names the embedded voices where there is none.
    """
    if not wanted:
        return default_voice()
    embedded = [entry.voice for entry in installed_voices()]
    for voice in embedded:
        if wanted.casefold() in (voice.id.casefold(), voice.name.casefold()):
            return voice
    number = wanted.removeprefix(FISH.prefix)
    if number != wanted or (len(number) == 32 and all(c in "0123456789abcdef" for c in number)):
        return Voice(FISH.provider, number, number)
    names = ", ".join(voice.id for voice in embedded[:_NAMED_VOICES])
    more = " …" if len(embedded) > _NAMED_VOICES else ""
    raise InputError(
        f"There is no voice “{wanted}”.", hint=f"Embedded voices: {names}{more}. Fish Audio's: fish:ID."
    )


def voice_of(chosen: Voice) -> Voice:
    """Return the voice that speaks where the settings have this one: without an id the provider's default.

    The embedded default has a name and an id; the service's is told by having none.
    """
    return chosen if chosen.id or chosen.kind.has_unnamed_default else find_voice("")


def family_of(voice: Voice, model_name: str) -> Family:
    """Return which marks it acts on when it speaks with this model; an unknown one is taken for today's."""
    return voice.kind.family or MODELS.get(model_name, MODELS[DEFAULT_MODEL]).family
