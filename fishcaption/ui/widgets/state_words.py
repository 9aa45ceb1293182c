"""The state and the voice in words, for the window and for screen readers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fishcaption.core.speech import Fate, Snapshot, State, Voice

if TYPE_CHECKING:
    from fishcaption.ui.account_ports import CreditReport
    from fishcaption.ui.ports import ModelOffer


def voice_words(voice: Voice, tr: Callable[[str], str]) -> str:
    """Return the voice's name, and where it is made."""
    if not voice.kind.is_remote:
        return (
            tr("{name}, on this computer").format(name=voice.name)
            if voice.name
            else tr("Voice on this computer")
        )
    words = tr("{name}, {provider}")
    return words.format(name=voice.name or tr("Default voice"), provider=voice.kind.name)


def state_words(snapshot: Snapshot, tr: Callable[[str], str]) -> str:
    """Return the reader's state in a sentence."""
    voice = snapshot.voice
    name = voice_words(voice, tr) if voice is not None else tr("no voice")
    player = snapshot.player
    match snapshot.state:
        case State.CONNECTING | State.SPEAKING if player.is_waiting:
            return tr("Waiting for the sound device: nothing can be heard. Esc stops.")
        case State.SPEAKING if player.silent:
            return tr("No sound: the text is only shown, and nobody hears it.")
        case State.CONNECTING if voice is not None and voice.kind.is_remote:
            return tr("Connecting to {provider}…").format(provider=voice.kind.name)
        case State.CONNECTING:
            return tr("Preparing the voice…")
        case State.SPEAKING:
            return tr("Speaking: {name}.").format(name=name)
        case State.PAUSED:
            return tr("Paused. Resume continues, Esc stops.")
        case State.FAILED:
            return tr("The text was not spoken to the end. See the message above.")
    if snapshot.current is not None and snapshot.current.fate is Fate.CUT:
        return tr("Stopped.")
    if snapshot.current is not None and snapshot.current.fate is Fate.SHOWN:
        words = tr("Ready: {name}. The last text was shown, not heard: there was no sound.")
        return words.format(name=name)
    if snapshot.current is not None and snapshot.current.live:
        return tr("Speaking as you type: {name}.").format(name=name)
    return tr("Ready: {name}.").format(name=name)


def credit_words(report: CreditReport, tr: Callable[[str], str]) -> str:
    """Return the API credit, with the time of asking, and the web plan, which is often taken for it."""
    words = tr("API credit: {dollars}, asked at {time}.").format(
        dollars=dollar_words(report.credit), time=f"{report.asked_at:%H:%M}"
    )
    if report.plan is None:
        return words
    plan = tr("Web plan: {name}, {left} credits left; it does not pay for speech here.")
    return f"{words} {plan.format(name=report.plan.name, left=f'{report.plan.credits_left:,.0f}')}"


def dollar_words(dollars: float) -> str:
    """Return an amount in dollars; of less than a cent, with more digits."""
    digits = 2 if abs(dollars) >= 0.01 or not dollars else 4
    return f"{'−' if dollars < 0 else ''}${abs(dollars):.{digits}f}"


def cost_words(offer: ModelOffer, tr: Callable[[str], str]) -> str:
    """Return what the model costs, as people can use it."""
    if not offer.cents:
        return tr("free")
    if offer.is_at_most:
        return tr("up to {cents:.1f} ¢ a thousand letters").format(cents=offer.cents)
    return tr("{cents:.1f} ¢ a thousand letters").format(cents=offer.cents)
