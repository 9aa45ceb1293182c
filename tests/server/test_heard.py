"""What is written in signs and in capitals is understood by somebody who only hears it: a recogniser."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fishcaption.core.normalization.normalize import Normalizer
from fishcaption.core.normalization.rules import Rules
from fishcaption.server.engines.base import read
from fishcaption.server.engines.hibari import HibariEngine, _load, _phonemes
from tests.listen import in_digits, recognise_each, share_heard, words

RATE = 24_000
SENTENCES = (
    "HE WAS GOING TO TELL THEM WHAT THIS WOULD MEAN FOR MY FAMILY.",
    "WILL YOU PLEASE CALL MOM AND TELL HER THAT I WILL BE LATE?",
    "WE HAVE TO LEAVE NOW, BECAUSE THE LAST TRAIN DOES NOT WAIT FOR US.",
    "I said STOP, and he did NOT stop until the end of the road.",
    "The FBI and NASA keep their files on a USB drive as a PDF.",
    "Your login code is 274 905, and my PIN is 0042.",
    "The booking reference is QX7-R2P and the account number is 30017584.",
    "Please call 1-800-555-0199, or dial 911 if it is urgent.",
    "Our office is at (212) 555-0173, extension 204.",
    "The meeting is on November 5, 2024, at 3:30 pm.",
    "It was built from 1914 to 1918 and sold in 2019-12.",
    "The shop is open Mon–Fri from 9 am to 5 pm and closed on 12/25/2025.",
    "The parcel weighs 2.5 kg, is 30 cm long and costs $4.75.",
    "He ran 10 km at 12 km/h while it was -5 °C outside.",
    "The company made $5.3 billion, which is 12% more than in 2023.",
    "Gravity is 9.81 m/s², and the room has 200 sq ft.",
    "Write to 1600 Main Street, Springfield, IL 62704.",
    "My address is anna@example.com and the page is docs.example.org.",
    "The server is at 192.168.0.12 and runs Python 3.11.7.",
    "We know that 3−1=2, and that 5 × 4 = 20.",
    "Flight BA 2490 leaves at 8:05 from gate 12.",
    "Henry VIII had six wives, as Chapter IV of the book says.",
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "is_letter"),
    [
        ("The code is A seven, B nine.", True),
        ("Two A A", True),
        ("D E eight nine, A one", True),
        ("A seven-year-old child came.", False),
        ("It was a man.", False),
        ("The Making Of A Man", False),
    ],
)
def test_an_a_in_a_code_is_the_letter(text: str, is_letter: bool) -> None:
    model = _load()
    ids, _ = _phonemes(model, text)
    assert (model.vocabulary["ɐ"] in ids) is not is_letter


@pytest.mark.slow
def test_signs_and_capitals_are_understood_by_ear(tmp_path: Path) -> None:
    engine = HibariEngine()
    engine.load()
    spoken = [
        Normalizer(Rules(), language="en", voice_id="", family="embedded").normalize(sentence).text
        for sentence in SENTENCES
    ]
    pause = np.zeros(RATE // 4, np.float32)
    sounds = [
        np.concatenate([pause, engine.render("", read(text, "en"), 1.0).samples, pause]) for text in spoken
    ]
    written = recognise_each(sounds, RATE, tmp_path)
    said, heard = (" ".join(map(in_digits, texts)) for texts in (spoken, written))
    assert len(words(said)) > 200
    assert 1 - share_heard(said, heard) <= 0.08, [*zip(spoken, written, strict=True)]
