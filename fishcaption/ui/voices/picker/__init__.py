"""The voice picker: one list of all voices, the user's own first.

dialog     the window: search field, filters, list, what can be done with a voice
filters    what narrows the search, and its order
questions  what is asked of the service, page by page; an answer to an old question is never shown
table      the voices in their sections, as a table for Qt
view       the list as it is drawn, and its keys; `covers`: the small pictures, a few at a time
words      what a voice is, in words
"""
