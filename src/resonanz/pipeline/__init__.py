"""The pipeline: the way of a batch of events from a network to a case, on one page, and the streams that feed it.

Owns Delivery, UnknownEvent, PutAside and RejectedFile. May use service and below.
"""
