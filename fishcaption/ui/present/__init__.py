"""Present: captions for an audience. The workspace, the audience's window, the outlets.

    script service ─► workspace ─► script.panel
           ▲              └──────► show_panel ─► preview, clock_row, outlets.panel
           └─ show_commands ◄─ keys of a remote, the transport's buttons

- `workspace` shows what the services say; `show_commands` does all commands. `show_actions` lists them with
  their keys, from the start of the program on.
- `show_panel` has what the audience sees (`preview`), the times (`clock_row`), and the outlets.
- `captioner` gives what is typed in Speak to the audience while a person speaks.
- `audience_control` has the commands for the audience's window, which `audience_window` keeps on its screen;
  `audience_screens` finds that screen again, `audience_style_dialog` changes the looks.
- `audience_canvas` is the picture that the audience sees, in its window and as the operator's preview;
  `audience_drawing` sets and draws its words. `audience_fonts` names scripts that there is no font for.
"""
