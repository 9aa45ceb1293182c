"""Documents: files of people's texts, whatever program wrote them. One file a format.

scripts      a file becomes a script for the Present workspace
text_files   plain text in any usual encoding
archives     parts of Office files (ZIP with XML), within bounds on number, size, depth and ratio
docx         Word documents
pptx         the notes of PowerPoint presentations

Every file may be hostile or broken. Reading one takes a bounded time and memory, and ends in a script or in
an error that says what the user can do. It blocks: whoever calls it does so in a thread. Text comes out
without controls and tags. Formats that are text are read by `core.script`.
"""
