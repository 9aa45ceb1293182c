"""`fishcaption say` and `fishcaption voices`: the engine without a window.

command         the two commands: what was asked for is checked, then done
speech          one run of `say`: an utterance, its events, its files
dry_run         what a voice would be given, told instead of spoken
standard_input  a program's tokens, as they arrive
"""
