"""Normalization: what is shown becomes what is spoken, with the map between the two.

normalize      the whole of it, piece by piece
rules          the user's: what is read as a person would read it, and the replacements
replacements   replacements found in a text
edited_text    a piece on its way from shown to spoken, and the map between the two
spoken_map     what one text was given to a voice as, and the map between the shown and the spoken text
markup         expression tags, Markdown and line ends, as each family of voices takes them
markdown, inline, formulas, formula_words, dividers    marks that are not spoken, or spoken as words
verbalize      numbers, dates, money, measures, codes, addresses, emoji, capitals in words
numerals, units, locales    the words of five languages for them
pauses         the silence at the end of what is said
"""
