"""Text: its characters, words and sentences, and how a text changes.

characters     silent characters are dropped, decorated ones become plain
incoming       bytes of a program, a file or a clipboard become characters
unwrap         joins the lines that a page layout has broken
html           the words of a piece of HTML
tags           expression tags: one private-use character each
segmentation   sentences and words
sentence_ends  whether a full stop ends a sentence, in five languages
open_forms     whether the end of a text may be the beginning of a form ("5" of "5 km")
folding        text without case and accents, to be searched
edits          where a changed text differs from what it was
capitals       words in capitals: abbreviations, or words to be spoken as words
months         the names of the months, in five languages
readings       stretches of a text, each with what is spoken in its place
"""
