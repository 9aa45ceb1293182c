"""A voice as the service writes it: ModelEntity, with every field that clients insist on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fishcaption.server.library.catalog import Listed
from fishcaption.server.library.training import Training
from fishcaption.server.signed import cover_path, sample_query

SAMPLE_TEXTS = {
    "en": "Hello. This is how I sound when I read a sentence or two. Shall we begin?",
    "de": "Guten Tag. So klinge ich, wenn ich einen Satz vorlese. Wollen wir anfangen?",
    "es": "Hola. Así sueno cuando leo una frase en voz alta. ¿Empezamos?",
    "fr": "Bonjour. Voici comment je lis une phrase à voix haute. On commence ?",
    "it": "Buongiorno. Ecco come suono quando leggo una frase. Cominciamo?",
}
"""Texts that samples say, by the language of the embedded voice."""


def sample_text(one: Listed) -> str:
    """Return the text of a voice's sample."""
    if one.clone is not None and one.clone.texts:
        return one.clone.texts[0]
    return SAMPLE_TEXTS.get(one.entry.language, SAMPLE_TEXTS["en"])


class Entities:
    """Writes voices. ``key`` signs the addresses of samples and covers, ``sample_seconds`` limits them."""

    def __init__(self, key: str, training: Training, *, sample_seconds: int | None = None) -> None:
        self._key = key
        self._training = training
        self._sample_seconds = sample_seconds

    def entity(self, one: Listed, base_url: str) -> dict[str, Any]:
        """Return the voice as a map; addresses begin with ``base_url``."""
        audios = [] if one.clone is None else [dict(audio) for audio in one.clone.audios]
        return {
            "_id": one.id,
            "type": "tts",
            "title": one.title,
            "description": one.description,
            "cover_image": cover_path(one.id, self._key),
            "train_mode": "fast",
            "state": "trained" if self._training.is_over(one.id) else "training",
            "tags": list(one.tags),
            "samples": self._samples(one, base_url),
            "created_at": one.created,
            "updated_at": one.updated,
            "languages": list(one.languages),
            "visibility": one.visibility,
            "lock_visibility": False,
            "default_text": "",
            "source": None,
            "licensed": one.is_licensed,
            "dmca_taken_down": False,
            "takedown_category": None,
            "pvc_release_state": None,
            "pvc_retire_effective_at": None,
            "quality": {"audios": audios} if one.clone is not None else None,
            "like_count": 0,
            "mark_count": 0,
            "shared_count": 0,
            "task_count": one.tasks,
            "unliked": False,
            "liked": False,
            "marked": False,
            "author": {"_id": one.author_id, "nickname": one.author, "avatar": ""},
        }

    def _samples(self, one: Listed, base_url: str) -> list[dict[str, str]]:
        if (one.clone is not None and not one.clone.has_sample) or not self._training.is_over(one.id):
            return []
        path = f"/sample/{one.id}.wav"
        query = sample_query(path, self._key, self._sample_seconds, datetime.now(UTC))
        audio = f"{base_url}{path}?{query}"
        return [{"title": "Sample", "text": sample_text(one), "task_id": one.id, "audio": audio}]
