"""Own voices in words: their states, what is being done, how the service judges the recordings."""

from __future__ import annotations

from collections.abc import Callable

from fishcaption.core.voices.catalog import VoiceState
from fishcaption.core.voices.cloning import (
    MOST_CLIPS,
    MOST_REFERENCE_SECONDS,
    ClipQuality,
    CloneProgress,
    Step,
)
from fishcaption.ui.voice_ports import Collected, OwnVoice

Translate = Callable[[str], str]


def state_of(voice: OwnVoice, tr: Translate) -> str:
    """Return a voice's state, and what can be done about it."""
    if voice.is_of_other:
        if voice.key:
            return tr("Belongs to another account: use the key “{key}”").format(key=voice.key)
        return tr("Belongs to another account: use its key to speak with it")
    words = {
        VoiceState.READY: tr("Ready"),
        VoiceState.TRAINING: tr("Is still being made"),
        VoiceState.FAILED: tr("Could not be made: delete it, and try other recordings"),
        VoiceState.TAKEN_DOWN: tr("Taken down by Fish Audio"),
        VoiceState.RETIRING: tr("Ready, but it will be gone some day"),
        VoiceState.RETIRED: tr("Gone: Fish Audio has retired it"),
        VoiceState.NOT_SPEECH: tr("Cannot speak"),
        VoiceState.GONE: tr("Not at Fish Audio any more: it was deleted elsewhere"),
    }
    return words[voice.state]


def progress_words(title: str, progress: CloneProgress, tr: Translate) -> str:
    """Return what is being done for the new voice."""
    words = {
        Step.READING: tr("“{title}”: reading the recordings…"),
        Step.LOOKING: tr("“{title}”: asking Fish Audio which voices are there…"),
        Step.SENDING: tr("“{title}”: sending the recordings, {percent} %"),
        Step.WAITING: tr("“{title}”: all is sent. Fish Audio makes the voice…"),
        Step.TRAINING: tr(
            "“{title}”: Fish Audio trains the voice. That may take some minutes. You can close this window."
        ),
    }
    return words[progress.step].format(title=title, percent=round(100 * progress.part))


def length_words(seconds: float, tr: Translate) -> str:
    """Return a length as people say it."""
    if seconds < 90:
        return tr("{seconds} s").format(seconds=round(seconds))
    return tr("{minutes} min {seconds} s").format(minutes=int(seconds // 60), seconds=int(seconds % 60))


def collected_words(found: Collected, tr: Translate) -> str:
    """Return a collection's name with how much there is in it."""
    return tr("{name}: {takes} recordings, {length}").format(
        name=found.name, takes=found.takes, length=length_words(found.seconds, tr)
    )


def facts(found: Collected, is_sent_each_time: bool, tr: Translate) -> list[str]:
    """Return sentences about a collection: who has agreed, what is missing, what would be better."""
    said = []
    if found.speaker:
        said.append(tr("The voice of {name}, who has agreed.").format(name=found.speaker))
    else:
        said.append(
            tr("Nobody has said yet whose voice this is. Say it where you record: it is needed for a voice.")
        )
    if is_sent_each_time and not found.sent_each_time:
        said.append(
            tr(
                "None of them can be sent with each text: it needs its words, and {seconds} s at most."
            ).format(seconds=round(MOST_REFERENCE_SECONDS))
        )
        return said
    if is_sent_each_time:
        said.append(
            tr("{count} of them are sent with each text: those with words, the best 10 to 30 s long.").format(
                count=found.sent_each_time
            )
        )
        return said
    if found.without_text:
        said.append(
            tr("Recordings without words: {count}. Fish Audio then listens to all of them itself.").format(
                count=found.without_text
            )
        )
    if found.takes > MOST_CLIPS:
        said.append(tr("The first {count} are sent: a voice has no more.").format(count=MOST_CLIPS))
    if found.seconds < 10:
        said.append(tr("That is little: a voice is better with 30 seconds or more."))
    return said


def quality_words(quality: tuple[ClipQuality, ...], tr: Translate) -> str:
    """Return the service's judgement: a sentence, and a line for each that is not good; empty: none."""
    judged = [one for one in quality if one.passed is not None]
    if not judged:
        return ""
    good = sum(one.passed is True for one in judged)
    if good == len(judged):
        head = tr("Fish Audio finds all {count} recordings good.").format(count=good)
    else:
        head = tr("Fish Audio finds {good} of {count} recordings good.").format(good=good, count=len(judged))
        head += " " + tr("The voice can be used all the same. Better recordings make it more like you.")
    lines = [head]
    for one in judged:
        if one.passed:
            continue
        words = one.reason or tr("not good, without a reason")
        length = f" ({length_words(one.seconds, tr)})" if one.seconds else ""
        lines.append(f"{one.name}{length}: {words}")
    return "\n".join(lines)


def dollars(price: float, tr: Translate) -> str:
    """Return a price as people can use it."""
    if not price:
        return tr("free")
    return f"${price:.2f}" if price >= 0.01 else tr("under 1 cent")
