"""`fishcaption say` and `fishcaption voices`: the engine without a window.

command         the two commands: they check their arguments and run
speech          one run of `say`: an utterance, its events, its files
dry_run         the text that a voice would get, printed instead of spoken
standard_input  a program's tokens, as they arrive
outlet_options  the options of its outlets for an audience, made of the registry
audience        these outlets while it speaks, run as the window runs its own
"""
