"""Present: captions for an audience. The workspace, the audience's window, the outlets.

`audience_canvas` is the picture that the audience sees, in its window and as the operator's preview;
`audience_drawing` sets and draws its words.
"""
