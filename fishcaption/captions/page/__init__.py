"""The audience's page: captions in a browser, from a web server in a process of its own.

    Display ─► outlet ─► messages ─► process ─(lines on its standard input)─► main ─► server ─► readers
    command ◄─ outlet ◄──────────── process ◄(events on its standard output)─ main ◄─ server ◄─ operator

- `outlet` is the outlet in the app: it starts the process, and tells address, readers and trouble.
- `process` is the child process as the app sees it: bounded lines in, bounded events out.
- `messages` makes what readers are sent, from displays; pure.
- `main` is the child process, and `server` the web server in it.
- `access` decides who is let in to what, and how many; pure.
- `control` holds what the operator's page shows and commands; pure.
- `options` is the page's configuration, and its secrets; pure.
- `site` puts the page together, from the files in `resources/audience`.
- `connection` is one connection of a browser, counted from its first byte.
- `qr` draws an address as a QR code.

The app never serves strangers: in its own loop, 1,000 readers made Stop 70 ms late.
"""
