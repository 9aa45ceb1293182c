"""One text rendered in one voice: who says it, what the voice is given, and the sound with its words.

The sound is kept under a name made of the text as the voice is given it, so that another rule of how things
are said makes it anew.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from fishcaption.core.errors import InputError, Unauthorized
from fishcaption.core.models import no_day
from fishcaption.core.speech import Aligned, Covered, Delivery, Piece, Rendered, Sound, Span, Voice, WordTime
from fishcaption.core.voices.presets import Preset, voice_in
from fishcaption.store.kept_audio.identity import SoundShape
from fishcaption.store.settings import Settings

if TYPE_CHECKING:
    from fishcaption.app.settings import SettingsStore
    from fishcaption.core.normalization.edited_text import Normalized
    from fishcaption.core.normalization.rules import Rules
    from fishcaption.core.protocol.requests import Pronunciation, Reference
    from fishcaption.core.speech import Family
    from fishcaption.core.synthesis_options import SynthesisOptions
    from fishcaption.core.timing.timeline import Timeline
    from fishcaption.reader import Synthesizer
    from fishcaption.speech.system import SpeechSystem


@dataclass(frozen=True, slots=True)
class RenderVoice:
    """The voice that texts are rendered in, and how. ``model`` is Fish Audio's; empty: an embedded voice."""

    voice: Voice
    model: str
    family: Family
    rate: int
    options: SynthesisOptions
    rules: Rules
    day: date | None = None  # when it speaks: prices are of that day
    agreed: str = ""  # see `core.models.usable`
    takes_mark: str = ""  # of the recordings that the voice is imitated from

    @property
    def offer(self) -> str:
        """The value of `Settings.phrases_paid` with which phrases in this voice may be paid for."""
        return f"{self.model}/{self.voice.id}"

    @property
    def language(self) -> str:
        """In which the voice reads, where that is known."""
        return next(iter(self.voice.languages), "")

    @property
    def pronunciations(self) -> tuple[Pronunciation, ...]:
        """The pronunciations that are sent beside the text."""
        return self.rules.sent(language=self.language, voice_id=self.voice.id) if self.model else ()

    def said(self, text: str) -> Normalized:
        """A text as this voice is given it."""
        from fishcaption.core.normalization.normalize import Normalizer

        saying = Normalizer(self.rules, language=self.language, voice_id=self.voice.id, family=self.family)
        return saying.normalize(text)

    @property
    def shape(self) -> SoundShape:
        """Everything but the text that shapes its sound."""
        return SoundShape(
            self.voice, self.model, self.rate, self.options, self.pronunciations, self.takes_mark
        )

    def name(self, said: Normalized) -> str:
        """Under which name the sound of a text is kept that is said so."""
        return self.shape.identity(said.text)

    def price(self, texts: Iterable[str]) -> float:
        """Return the price of having the texts spoken, in dollars."""
        if not self.model:
            return 0.0
        from fishcaption.core.models import price

        return sum(price(self.model, text, on=self.day) for text in texts)


def render_voice_of(
    settings: Settings,
    rules: Rules | None = None,
    *,
    day: date | None = None,
    voice: Voice | None = None,
) -> RenderVoice:
    """Return the voice that speaks by these settings on that day, or another one by the same settings.

    Raises InputError for an unknown model.
    """
    from fishcaption.core.models import model
    from fishcaption.core.normalization.rules import Rules
    from fishcaption.speech.system import family_of, voice_of
    from fishcaption.speech.takes_voice import TakesReferences

    speaker = voice_of(voice or settings.voice)
    rate, used = speaker.kind.rate, rules or Rules()
    options = settings.options
    if not speaker.kind.has_models:
        family = family_of(speaker, settings.model)
        return RenderVoice(speaker, "", family, rate, options, used)
    found = model(settings.model)
    mark = TakesReferences().mark(speaker)
    return RenderVoice(
        speaker, found.name, found.family, rate, options, used, day, settings.model_agreed, mark
    )


class RenderVoices:
    """The voices by the present settings and rules: each is one object until one of these changes."""

    def __init__(self, settings: SettingsStore, today: Callable[[], date | None] = no_day) -> None:
        self._settings = settings
        self._today = today
        self._rules: Rules | None = None
        self._found: dict[Voice | Preset, RenderVoice | None] = {}

    def of(self, who: Voice | Preset | None = None) -> RenderVoice | None:
        """Return this voice or preset, or the chosen voice; None if the model does not exist."""
        wanted = who or self._settings.current.voice
        if wanted not in self._found:
            settings, rules = self._settings.current, self._rules
            if isinstance(wanted, Preset):
                settings, rules = _as_preset(settings, rules, wanted)
            try:
                self._found[wanted] = render_voice_of(
                    settings, rules, day=self._today(), voice=voice_in(wanted)
                )
            except InputError:  # told where it is spoken with
                self._found[wanted] = None
        return self._found[wanted]

    def use_rules(self, rules: Rules) -> bool:
        """Say what is shown by these rules from now on; return whether they are others."""
        is_other = rules != self._rules
        if is_other:
            self._rules = rules
            self.clear()
        return is_other

    def clear(self) -> None:
        """The settings are others."""
        self._found.clear()


def _as_preset(settings: Settings, rules: Rules | None, preset: Preset) -> tuple[Settings, Rules]:
    """Return these settings and rules with those of the preset."""
    from fishcaption.core.normalization.rules import Rules

    return (
        replace(settings, **preset.changes()),
        replace(rules or Rules(), style=preset.style),
    )


class NothingSaid(InputError):
    """The voice had nothing to say for a text: another voice may have, another try has not."""


async def render(synthesizer: Synthesizer, text: str) -> Rendered:
    """Have a voice say the text; words are of this text. Raises NothingSaid, or another error of our tree.

    Silence before the first sound is cut off (`without_lead`): a key that is pressed is heard.
    """
    from fishcaption.core.timing.timeline import SpeechRate, Timeline
    from fishcaption.speech.kept_voice import KeptVoice, without_lead

    timeline = Timeline(synthesizer.rate, SpeechRate())
    pcm = bytearray()

    async def sink(delivery: Delivery) -> None:
        match delivery:
            case Sound(sound):
                pcm.extend(sound)
                timeline.sound(len(sound) // 2)
            case Aligned(words):
                timeline.align(words)
            case Covered(end, frame):
                timeline.cover(end, frame)

    language = next(iter(synthesizer.voice.languages), "en")
    async with aclosing(_pieces(text, language, timeline)) as pieces:
        await synthesizer.speak(pieces, sink)
    timeline.finish()
    words = tuple(timeline.word_times())
    rendered = without_lead(Rendered(synthesizer.voice, synthesizer.rate, bytes(pcm), words))
    if rendered is None:
        raise NothingSaid("There was nothing in this text that the voice can say.")
    if isinstance(synthesizer, KeptVoice):
        synthesizer.keep_said()
    return rendered


async def _pieces(text: str, language: str, timeline: Timeline) -> AsyncGenerator[Piece, None]:
    from fishcaption.core.timing.feed import Feed
    from fishcaption.core.timing.flush_policy import Kind

    feed = Feed(Kind.CERTAIN, language)
    feed.push(text, 0.0)
    feed.close(0.0)
    while (piece := feed.take(0.0, 0.0)) is not None:
        timeline.text(piece.text)
        yield piece


def as_shown(shown: str, said: Normalized | None, rendered: Rendered) -> Rendered:
    """The sound with its words as places of what is shown.

    ``said`` is the shown text as the voice is given it. None: something else is said; then each shown word
    has the share of the sound that it has of the text.
    """
    if said is not None:
        words: list[WordTime] = []
        for word in rendered.words:
            start, end = said.shown_span(word.span.start, word.span.end)
            if words and words[-1].span == Span(start, end):  # several words are said for it
                words[-1] = words[-1]._replace(end_frame=word.end_frame)
            elif start < end:
                words.append(WordTime(Span(start, end), word.start_frame, word.end_frame))
        return rendered._replace(words=tuple(words))
    from fishcaption.core.text.segmentation import words as words_of

    frames, length = len(rendered.pcm) // 2, len(shown)
    shared = [
        WordTime(span, frames * span.start // length, frames * span.end // length) for span in words_of(shown)
    ]
    return rendered._replace(words=tuple(shared))


@asynccontextmanager
async def talk_of(
    speech: SpeechSystem, chosen: RenderVoice, today: Callable[[], date | None] = no_day
) -> AsyncIterator[Callable[[RenderVoice], Synthesizer]]:
    """A conversation beside those of live speech, for this voice and all others of its model.

    It takes no socket that live speech has ready. What is kept of a text is not asked for.
    """
    from fishcaption.core.models import usable
    from fishcaption.fish.live import Live, Patience
    from fishcaption.speech.kept_voice import KeptVoice
    from fishcaption.speech.takes_voice import TakesVoice

    if chosen.model and not speech.key:
        raise Unauthorized("A Fish Audio voice needs a key.", hint="Enter your key.")
    if chosen.model:
        usable(chosen.model, on=today(), agreed=chosen.agreed)
        speech.check_spending(chosen.model)
    patience = Patience(retry_delays=(0.5,))
    sent = partial(speech.sent, chosen.model)
    async with Live(partial(speech.endpoint, chosen.model), patience=patience, on_sent=sent) as live:

        def synthesizer(one: RenderVoice) -> Synthesizer:
            def with_takes(references: tuple[Reference, ...]) -> Synthesizer:
                return live.synthesizer(
                    one.voice,
                    rate=one.rate,
                    options=one.options,
                    references=references,
                    pronunciations=one.pronunciations,
                )

            voice: Synthesizer
            if one.voice.takes:
                voice = TakesVoice(one.voice, one.rate, speech.takes, with_takes)
            else:
                voice = with_takes(())
            if speech.kept is None:
                return voice
            return KeptVoice(one.shape, speech.kept, voice.speak, puts_off=True)

        yield synthesizer
