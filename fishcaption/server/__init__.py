"""The embedded voice behind Fish's protocol, in a process of its own. `voice_registry` lists the engines.

`app` joins the routes: `live` (the sockets), `speech`, and `rest`. A `session` makes text into sound with the
engines' `pool`; `library` has the voices, also those that clients have made. `terms` are what it accepts
and costs, and switches that only tests set. `gate` and `web_server` stand before it all, `serve` is the
command, and `process` is the app's side.
"""
