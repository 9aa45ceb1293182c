"""Senders: outlets that send captions to meetings, streams and programs of others over HTTP.

    zoom, youtube, teams, streamtext, vmix   one service each: its requests, its answers, its sentences
    own_server                               any other, by a template of the user's
    sender                                   the part that is the same for all: queue, tries, numbers, lag
    kinds                                    their entries: what the form says and asks for
    template                                 a template's fields, escaped for the place where they stand
    web                                      one request: bounded in time and size

Each is a class with an entry in `kinds`. Addresses hold tokens: they are secrets,
and no sentence and no log has one.
"""
