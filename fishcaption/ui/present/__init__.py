"""Present: captions for an audience. The workspace, the audience's window, the outlets.

`audience_control` has the commands for the audience's window, which `audience_window` keeps on its screen;
`audience_screens` finds that screen again. `audience_canvas` is the picture that the audience sees, in its
window and as the operator's preview; `audience_drawing` sets and draws its words. `audience_style_dialog`
changes its looks.
"""
