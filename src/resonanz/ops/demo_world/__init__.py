"""The demo world: a made-up company, what was said about it, and how it is played on the practice network.

The lines are data (README.md says how they are written); `lines` reads them, `moments` gives them their time,
`company` sets the scene, `history` plays the past, `living` the present. Only `living` runs without Django.
"""
