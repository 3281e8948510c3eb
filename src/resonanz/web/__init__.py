"""The HTML face: pages, forms, components, words. Turns a request into one call of a room.

Owns no tables. May use pipeline and below; never api, its neighbour.
"""
