"""What is shown is read as a person would read it, and every spoken point leads back to what is shown."""

from __future__ import annotations

from fishcaption.core.saying import Rules, Saying
from fishcaption.core.tags import TAGS

WHISPER = TAGS[0].char


def test_tags_are_given_in_the_voice_s_form_and_brackets_are_read() -> None:
    said = Saying(Rules(), language="en", voice_id="", family="s2").say(f"Hi {WHISPER}there [12]!")
    assert said.text == "Hi [whispering] there (12)!"
    assert said.spans == ((0, 3, 0, 3), (3, 4, 3, 16), (4, 15, 16, 27))
    assert said.shown_span(16, 21) == (4, 9)
    assert Saying(Rules(), language="en", voice_id="", family="s1").say(f"{WHISPER}Hi (x)").text == (
        "(whispering) Hi [x]"
    )
