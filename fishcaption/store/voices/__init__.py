"""Voices on disk: what was seen of the libraries, favourites, and what the user has made of them.

seen          the database: voices that were seen, favourites, the voices that were used last
entry_json    an entry of a library as JSON
kept_files    covers and samples that were fetched, bounded by bytes
own_voices    the user's own voices at a service: whose account, made of what
cast_file     the voices of speakers and of scripts
"""
