"""One text rendered in one voice: the real conversation with the service, its sound, the words' places."""

from __future__ import annotations

import dataclasses

import pytest

from fishcaption.app.services.rendering.sound import RenderVoice, as_shown, render, render_voice_of, talk_of
from fishcaption.core.errors import InputError
from fishcaption.core.normalization.rules import Replacement, Rules
from fishcaption.core.phrases.bank import Phrase
from fishcaption.core.speech import Rendered, Span, Voice, WordTime
from fishcaption.store.settings import Settings
from tests.app.services.rendering.speaking import FISH, FREE, PAID, speaking
from tests.live_server import said

HEART = Voice("embedded", "heart", "Heart", ("en",))
EMBEDDED = render_voice_of(Settings(voice=HEART))
CHOSEN = render_voice_of(Settings(voice=FISH, model=FREE))


async def rendered(monkeypatch: pytest.MonkeyPatch, text: str, chosen: RenderVoice = CHOSEN) -> Rendered:
    async with speaking(monkeypatch) as made, talk_of(made.system, chosen) as synthesizer_of:
        return await render(synthesizer_of(chosen), text)


async def test_what_is_silent_before_the_first_sound_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A blank is silent in this service's voice. A hundredth of a second is kept."""
    plain = await rendered(monkeypatch, "I need help.")
    late = await rendered(monkeypatch, " " * 20 + "I need help.")
    assert said(plain.pcm) == "I need help."
    assert said(late.pcm).strip() == "I need help."
    kept = (len(late.pcm) - len(plain.pcm)) // 2
    assert kept == CHOSEN.rate // 100
    assert not any(sample not in (0, 32, 0xFF) for sample in late.pcm[: 2 * kept])
    assert [word.span for word in plain.words] == [Span(0, 1), Span(2, 6), Span(7, 11)]
    assert [(word.span.start - 20, word.start_frame - kept) for word in late.words] == [
        (word.span.start, word.start_frame) for word in plain.words
    ]


@pytest.mark.parametrize("text", ["…", "\u8001\u8005\u8003"])
async def test_what_the_voice_cannot_say_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Of a text without words nothing is asked; these Chinese words are silent in this service's voice."""
    async with speaking(monkeypatch) as made, talk_of(made.system, CHOSEN) as synthesizer_of:
        with pytest.raises(InputError, match="nothing in this text"):
            await render(synthesizer_of(CHOSEN), text)


def test_words_are_those_of_what_is_shown() -> None:
    sound = Rendered(
        HEART, 1000, bytes(2000), (WordTime(Span(0, 3), 10, 500), WordTime(Span(4, 7), 500, 900))
    )
    same = Phrase("1", "How are")
    assert as_shown(same.shown, EMBEDDED.said("How are"), sound).words == sound.words
    other = Phrase("1", "Doc and me", "I would like to see my doctor")
    assert as_shown(other.shown, None, sound).words == (
        WordTime(Span(0, 3), 0, 300),
        WordTime(Span(4, 7), 400, 700),
        WordTime(Span(8, 10), 800, 1000),
    )


def test_words_of_what_is_said_otherwise_are_those_that_are_shown() -> None:
    chosen = dataclasses.replace(EMBEDDED, rules=Rules(replacements=(Replacement("Qt", "cute thing"),)))
    given = chosen.said("My Qt is here.")
    assert given.text == "My cute thing is here."
    times = (
        WordTime(Span(0, 2), 0, 100),
        WordTime(Span(3, 7), 100, 200),
        WordTime(Span(8, 13), 200, 300),
        WordTime(Span(14, 16), 300, 400),
    )
    shown = as_shown("My Qt is here.", given, Rendered(HEART, 1000, bytes(1000), times))
    assert shown.words == (
        WordTime(Span(0, 2), 0, 100),
        WordTime(Span(3, 5), 100, 300),
        WordTime(Span(6, 8), 300, 400),
    )


def test_sounds_that_go_beside_the_text_are_in_the_name() -> None:
    """Another pronunciation of a part of a word is another sound; of a word that is not there it is not."""
    entry = Replacement("nuc", "", phoneme="N UW1 K", whole_word=False)
    paid = render_voice_of(Settings(voice=FISH, model=PAID))
    taught = dataclasses.replace(paid, rules=Rules(replacements=(entry,)))
    assert [one.value for one in taught.pronunciations] == ["N UW1 K"]
    assert taught.said("A nucleus.").text == "A nucleus."
    for text, is_same in (("A nucleus.", False), ("A leaf.", True)):
        names = [chosen.name(chosen.said(text)) for chosen in (taught, paid)]
        assert (names[0] == names[1]) == is_same
    assert dataclasses.replace(EMBEDDED, rules=taught.rules).pronunciations == ()


async def test_the_first_word_begins_with_the_first_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service's voice sounds for the mark, and tells of the word behind it."""
    first, second = (await rendered(monkeypatch, "“Good morning.”")).words
    assert (first.span, first.start_frame) == (Span(1, 5), 0)
    assert second.start_frame > first.start_frame
