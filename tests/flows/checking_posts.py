"""As a process of its own: says of stored posts what stdin tells, {"label": code, "said": {text: true or false}}.

Through the public function that pages use; those that somebody checked already are left alone.
"""

from __future__ import annotations

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "resonanz.config.settings")

import django

django.setup()

from resonanz.accounts.models import User  # noqa: E402 (models need the setup above)
from resonanz.listening.models import Post  # noqa: E402
from resonanz.triage import feedback  # noqa: E402

asked = json.load(sys.stdin)
user = User.objects.order_by("pk")[0]
posts = Post.objects.filter(text__in=asked["said"]).exclude(feedback__label=asked["label"]).order_by("pk")
for post in posts:
    value = str(asked["said"][post.text]).lower()
    feedback.give(post_id=post.pk, label=asked["label"], value=value, by=user)
sys.stdout.write(str(len(posts)))
