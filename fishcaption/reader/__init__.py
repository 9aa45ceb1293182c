"""The reader, the engine: commands in, snapshots out. It owns every task of speaking and names no provider.

It declares the plugs it needs: a `Synthesizer` (text to audio), a `Player` (audio to the ear) and an
`AudioBuffer` (audio that can be read again). `Reader` is a facade: its commands are plain functions, called
on the event loop's thread, that return at once.

    utterance       text given to the voice by one act; it has a number and an end
    synthesis run   one conversation with one voice about an utterance's text from `start` on, and its audio;
                    an utterance has one, and one more for each time its text had to be taken up again; where
                    several voices say it in turn, one for each turn
    playlist        the runs still to be heard, in order; the first is at the ear
    clip            a stretch of one run inside the player; jumping about makes new clips

The parts, and what each of them alone writes:

    run_factory     the voice in use, the rules and the patience that new runs are made with
    playlist        the order of the runs; changed by the queue only
    utterances      which utterances are remembered; their ends; how much audio is remembered
    playback        the pump, the player, clips, the ear's position, pause, signals; how far all was heard
    production      the conversations with voices; whether a run has begun, and whether it is complete
    queue           adds, moves, skips and ends what is to be heard, and tells playback and production
    edits           cuts what was given and not heard at a changed word, and has the rest said anew
    recovery        the last failure, what it left unspoken, another try, who takes over
    navigation      Back, Forward, Repeat; without a state of its own
    views           snapshots, views of utterances, times of words; writes nothing
    notifications   the subscribers, and what they are still to be told
    crash_boundary  the one handler of every exception

Each part is given those above it and knows none below. Where news has to go down (a run was heard, a voice
has failed), the facade connects the part that knows with the part that acts.

Production and playback meet in the run's audio: production appends to it, as far ahead as the window allows,
and the pump moves it into the player. So Back, Repeat and speed never touch a conversation with a voice, and
a slow network never touches the audio that is here. All that is told of where we are is a function of one
number: what the player was *heard* to play. Positions in an utterance are code points of the text that is
shown; a run's `spoken_map` knows what is spoken instead, and its timeline knows only that.

Why this cut: queue, production, playback and views were not enough. Edits, failures and navigation are each
a story over all of them, and would have made the queue the next large class. And playback and production have
to read the order (`Playlist`) without knowing who changes it, or the three would know each other in a circle.
"""

from fishcaption.reader.plugs import AudioBuffer, Player, Sink, Synthesizer, Turn
from fishcaption.reader.reader import Reader

__all__ = ["AudioBuffer", "Player", "Reader", "Sink", "Synthesizer", "Turn"]
