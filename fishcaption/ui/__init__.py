"""The window. Widgets draw snapshots and give commands: no async def, no exec(), no business rule.

`window` lays out what stands in `editor`, `transcript` and `controls`; `composer` knows what Enter, typing
and Stop mean between them and the reader. The `large_type` view, the `voice_picker` and the `dialogs` are
imported when they are opened. What the window needs of the rest of the program is declared in `ports`;
`longtext` is where Qt's positions become ours.
"""
