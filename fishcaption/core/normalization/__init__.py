"""Normalization: what is shown becomes what is spoken, with the map between the two.

normalize      the whole of it, piece by piece
script         what of one text was given to a voice: shown, spoken, and the map between them
rehearsal      what a voice would be given, without a voice
markup         expression tags, Markdown and line ends, as each family of voices takes them
markdown, inline, formulas, formula_words, dividers    marks that are not spoken, or spoken as words
verbalize      numbers, dates, money, measures, codes, addresses, emoji, capitals in words
numerals, units, locales    the words of five languages for them
pauses         the silence at the end of what is said
"""
