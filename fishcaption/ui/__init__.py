"""The window. Widgets draw snapshots and give commands: no async def, no exec(), no business rule.

`window` lays out what stands in `editor`, `transcript` and `controls`; `composer` knows what Enter, typing
and Stop mean between them and the reader. Every command is an `actions.Action`: it has its keys there, which
the user can change, and its place in the palette. What the window needs of the rest of the program is
declared in `ports`, or beside the widgets of a feature; `longtext` is where Qt's positions become ours.

What was written elsewhere is shown as text, never as markup: labels and tool tips are of `labels`.

Before the window is painted nothing is imported that is not painted. `furnish` brings phrases, the windows of
calls, completion and expression right after; `keeping` what is held and what was said; `queue` what waits;
`opening` imports dialogs when they are asked for.
"""
