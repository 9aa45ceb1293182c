"""The engine: commands in, snapshots out. It owns every task of speaking and names none who does the work.

It declares the plugs it needs: a `Synthesizer` (text to sound), a `Player` (sound to the ear) and a
`AudioBuffer` (sound that can be read again). Two halves meet in the kept audio: *production* asks the voices
for sound as far ahead as the window allows; the *pump* moves sound from the kept audio to the player. So
Back, Repeat and speed never touch a conversation with a voice, and a slow network never touches what is
already here.

    utterance   what one act gave to the voice
    take        one conversation with one voice about an utterance's text from `start` on, and its sound; an
                utterance has one, and one more for each time it had to be taken up again
    line        the takes still to be heard, in order; the first is at the ear
    clip        a stretch of one take inside the player; jumping about makes new clips

An edit of what was given and not heard *cuts* a take: its text ends at the first changed word, its sound
where that word would have begun, and a new take says the rest. What was asked for before that place still
comes, so no word is lost, and none is said twice.

Positions in an utterance are code points of what is shown; a take's `script` knows what is spoken instead,
and its timeline knows only that. Everything told of where we are is a function of one number, what the player
was *heard* to play. Commands are plain functions, called on the loop's thread; they return at once.
"""

from fishcaption.reader.engine import Reader
from fishcaption.reader.plugs import AudioBuffer, Player, Sink, Synthesizer

__all__ = ["AudioBuffer", "Player", "Reader", "Sink", "Synthesizer"]
