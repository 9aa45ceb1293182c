"""Time: when text is given to the voice, and which word sounds at which frame.

flush_policy   where unfinished text may be cut, and when it is sent
feed           the text of one utterance on its way to the voice
alignment      which words of the text the service's word times belong to
timeline       which word sounds at which frame, and the other way round
heard_times    when each frame was heard, as looks at the ear have shown it
cues           captions as an audience sees them
"""
