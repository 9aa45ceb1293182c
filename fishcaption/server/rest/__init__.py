"""The REST side of the server: voices, their samples and covers, the account, designed voices, recognition.

`answers` has what all share. Each other file is one subject with its routes; `server.app` joins them. What
the requests look like is from the service's documents and from what its clients really send.
"""
