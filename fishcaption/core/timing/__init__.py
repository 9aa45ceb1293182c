"""Timing: when text is given to the voice, and which word sounds at which frame.

flush_policy   where unfinished text may be cut, and when it is sent
feed           the text of one utterance on its way to the voice
alignment      finds the words of the text that the service's word times belong to
timeline       the word that sounds at a frame, and the frame at which a word sounds
heard_times    the time at which each frame was heard
"""
