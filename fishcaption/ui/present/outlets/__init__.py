"""The outlets in the Present workspace.

`panel` has a row for each, `lights` one line for all; `dialog` sets one up by the form of its kind,
`address_dialog` shows where readers find it, as a QR code, too.
"""
