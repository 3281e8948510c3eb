from __future__ import annotations

from django.db import models
from django.db.models import Q

from resonanz.service.models.outgoing import Outgoing

MOST_BYTES = 4 * 1024 * 1024
MOST_ALT = 1_500


class Attachment(models.Model):
    """A picture that leaves with an answer, as it was drawn anew when it came in: without what a camera adds.

    `alt` is what it shows, for who does not see it. `digest` is that of the bytes, so that a signature can be for
    them. `native_id`: under which the network keeps it since `uploaded_at`, until the answer refers to it.
    """

    outgoing = models.ForeignKey(Outgoing, on_delete=models.CASCADE, related_name="attachments")
    place = models.PositiveSmallIntegerField()
    content_type = models.CharField(max_length=20)
    data = models.BinaryField()
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    alt = models.CharField(max_length=MOST_ALT, blank=True, default="")
    added_at = models.DateTimeField()
    native_id = models.CharField(max_length=512, blank=True, default="")
    is_ready_there = models.BooleanField(default=False)
    uploaded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["outgoing", "place"], name="service_attachment_place_once"),
            models.CheckConstraint(condition=Q(size__gt=0, size__lte=MOST_BYTES), name="service_attachment_is_bounded"),
            models.CheckConstraint(
                condition=Q(native_id="", uploaded_at__isnull=True, is_ready_there=False)
                | (~Q(native_id="") & Q(uploaded_at__isnull=False)),
                name="service_attachment_uploaded_when",
            ),
        ]

    def __str__(self) -> str:
        return f"picture {self.place} of {self.outgoing_id}"
