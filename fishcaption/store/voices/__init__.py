"""Voices on disk: what was seen of the libraries, favourites, and what the user has made of them."""
