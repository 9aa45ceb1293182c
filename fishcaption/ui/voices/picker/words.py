"""A voice of a library in words, for the screen and for screen readers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from PySide6.QtCore import QLocale

from fishcaption.core.voices.catalog import VoiceEntry, VoiceState

Tr = Callable[[str], str]

_SHOWN_TAGS = 4
_SHOWN_LANGUAGES = 4


@cache
def language_words(code: str) -> str:
    """Return the English name of a language, or its code if it has none."""
    locale = QLocale(code)
    if locale.language() == QLocale.Language.C:
        return code
    return QLocale.languageToString(locale.language())


def languages_words(entry: VoiceEntry) -> str:
    """Return the first languages of a voice."""
    named = [language_words(code) for code in entry.voice.languages[:_SHOWN_LANGUAGES]]
    return ", ".join(dict.fromkeys(named)) + ("…" if len(entry.voice.languages) > _SHOWN_LANGUAGES else "")


def about_words(entry: VoiceEntry) -> str:
    """Return languages, first tags and author on one line."""
    tags = ", ".join(entry.tags[:_SHOWN_TAGS])
    return " · ".join(part for part in (languages_words(entry), tags, entry.author) if part)


def state_words(entry: VoiceEntry, tr: Tr) -> str:
    """Return the few words that say why a voice cannot be used, or not for long; empty for a usual one."""
    match entry.state:
        case VoiceState.READY:
            return ""
        case VoiceState.TRAINING:
            return tr("in training")
        case VoiceState.FAILED:
            return tr("training failed")
        case VoiceState.TAKEN_DOWN:
            return tr("taken down")
        case VoiceState.RETIRING if entry.retires_on is not None:
            return tr("goes on {date}").format(date=_date_words(entry))
        case VoiceState.RETIRING:
            return tr("goes soon")
        case VoiceState.RETIRED:
            return tr("retired")
        case VoiceState.NOT_SPEECH:
            return tr("not for speech")
        case VoiceState.GONE:
            return tr("gone")


def reason_words(entry: VoiceEntry, tr: Tr) -> str:
    """Return a sentence on why a voice cannot be used, or not for long; empty for a usual one."""
    match entry.state:
        case VoiceState.READY:
            return ""
        case VoiceState.TRAINING:
            return tr("This voice is still in training. It can be used when that is done.")
        case VoiceState.FAILED:
            return tr("The training of this voice failed. It cannot be used.")
        case VoiceState.TAKEN_DOWN:
            return tr("This voice was taken down by Fish Audio. It cannot be used.")
        case VoiceState.RETIRING if entry.retires_on is not None:
            words = tr("This voice can be used until {date}. Then Fish Audio takes it away.")
            return words.format(date=_date_words(entry))
        case VoiceState.RETIRING:
            return tr("Fish Audio will take this voice away soon.")
        case VoiceState.RETIRED:
            return tr("Fish Audio has taken this voice away. It cannot be used.")
        case VoiceState.NOT_SPEECH:
            return tr("This model changes recordings and does not read text. It cannot be used here.")
        case VoiceState.GONE:
            return tr("This voice is no longer at Fish Audio. It may have been deleted or made private.")


def _date_words(entry: VoiceEntry) -> str:
    day = entry.retires_on
    return f"{day.day} {day:%B %Y}" if day is not None else ""
