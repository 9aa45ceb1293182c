"""The window. Widgets draw snapshots and give commands: no async def, no exec(), no business rule.

    shell      the window around a workspace; `shell.registry` lists workspaces, features and dialogs
    speak      the workspace in which text is typed and heard; `speak.composer` joins its parts
    present    the workspace in which a script is spoken to an audience; it is loaded when it is first chosen
    editor     the text editor of the workspace and of the quick box
    phrases, history, calls    features: loaded after the first paint
    voices, settings           dialogs: loaded when they are opened
    widgets    parts that several of these use; `widgets.longtext` converts Qt's positions
    platform   X11, Wayland, Windows and macOS, for what Qt does not offer

Every command is a `commands.Action`: it has its keys there, which the user can change, and its place in the
palette. `ports` says what the window needs of the rest of the program; `feature` and `workspace` say what the
shell knows of its parts. `lazy_track` is the window's caption track, which all show; `alarm` wakes it.

Text from elsewhere is shown as text, never as markup: all labels and tool tips go through `widgets.labels`.
"""
