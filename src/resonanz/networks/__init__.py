"""Networks: the contract they all keep, one file per network, the register of them, and the channels we hold there.

Owns Channel, Application and Registration. May use core, privacy, accounts. Connectors are plain Python without Django:
they get an Account and yield events; a network's address, field or quirk stands in its own file and nowhere else.
"""
