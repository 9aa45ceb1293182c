"""Normalization: shown text becomes spoken text, with the map between the two.

normalize        all of it, piece by piece
rules            the user's: which forms are read as a person would read them, and the replacements
replacements     replacements found in a text
edited_text      a piece on its way from shown to spoken, and the map between the two
spoken_map       the map over all pieces of a text
markdown         marks in shown text, as edits
markdown_stream  Markdown that becomes plain text while it is written; inline: its links, code and emphasis
dividers         rows, arrows and bullets
formulas, formula_words   LaTeX and powers in words
verbalize        numbers, dates, money, measures, codes, addresses and emoji in words
numerals, units, locales  the words of five languages for them
pauses           the silence at the end of a spoken text
"""
