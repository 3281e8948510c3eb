from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, HashIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q

from resonanz.networks.models import Channel
from resonanz.privacy.models import KeptRecord


def said(*, through: str = "") -> Func:
    """What a post says, as words without their endings: English by its own rules, everything else by the German ones.

    `through` leads to the post from another table ("post__"). The index says it in the same words as who searches.
    """
    by_language = "CASE WHEN %(expressions)s = 'en' THEN 'english'::regconfig ELSE 'german' END"
    return Func(
        Func(F(f"{through}language"), template=by_language),
        F(f"{through}text"),
        function="to_tsvector",
        output_field=SearchVectorField(),
    )


class Topic(models.Model):
    """Something we listen for, as a query (docs/topics.md)."""

    name = models.CharField(max_length=120, unique=True)
    query = models.TextField()
    opens_cases = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Speaker(models.TextChoices):
    """Who said it, as far as intake knows."""

    OUTSIDER = "OUTSIDER"
    OWN = "OWN"
    STAFF = "STAFF"


class Kind(models.TextChoices):
    """What sort of utterance a post is; the values of networks.contract.PostKind."""

    POST = "POST"
    COMMENT = "COMMENT"
    REVIEW = "REVIEW"
    MESSAGE = "MESSAGE"
    ARTICLE = "ARTICLE"


class Visible(models.TextChoices):
    """Who could read it on its network; the values of networks.contract.Visibility."""

    PUBLIC = "PUBLIC"
    PRIVATE = "PRIVATE"


class Intent(models.TextChoices):
    """What somebody wants with a post, as far as triage can tell."""

    COMPLAINT = "COMPLAINT"
    QUESTION = "QUESTION"
    PRAISE = "PRAISE"
    OTHER = "OTHER"


class Post(KeptRecord):
    """Anything said, stored once. `is_context`: only kept because a case needs it, and leaves with that case."""

    network = models.CharField(max_length=32)
    origin = models.CharField(max_length=255, blank=True, default="")
    native_id = models.CharField(max_length=512)
    kind = models.CharField(max_length=8, choices=Kind)
    visibility = models.CharField(max_length=8, choices=Visible)
    speaker = models.CharField(max_length=8, choices=Speaker)
    is_context = models.BooleanField(default=False)
    author_native_id = models.CharField(max_length=512, blank=True, default="")
    author_handle = models.CharField(max_length=255, blank=True, default="")
    author_name = models.CharField(max_length=200, blank=True, default="")
    text = models.TextField(blank=True, default="")
    language = models.CharField(max_length=8, blank=True, default="")
    url = models.CharField(max_length=2000, blank=True, default="")
    parent_native_id = models.CharField(max_length=512, blank=True, default="")
    root_native_id = models.CharField(max_length=512)
    posted_at = models.DateTimeField()
    received_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    likes = models.IntegerField(null=True, blank=True)
    shares = models.IntegerField(null=True, blank=True)
    replies = models.IntegerField(null=True, blank=True)
    views = models.IntegerField(null=True, blank=True)
    rating = models.PositiveSmallIntegerField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)
    topics = models.ManyToManyField(Topic, through="PostTopic", related_name="posts")
    channels = models.ManyToManyField(Channel, through="PostChannel", related_name="posts")

    class Meta(KeptRecord.Meta):
        abstract = False
        constraints = [
            *KeptRecord.Meta.constraints,
            models.UniqueConstraint(fields=["network", "origin", "native_id"], name="listening_post_once"),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__range=(1, 5)), name="listening_post_rating_of_five"
            ),
        ]
        indexes = [
            *KeptRecord.Meta.indexes,
            models.Index(fields=["network", "origin", "root_native_id"], name="listening_post_thread"),
            models.Index(fields=["network", "origin", "author_native_id"], name="listening_post_author"),
            # Lists and numbers of what was said; `posts.said` has the same condition, so counting reads no rows.
            models.Index(
                fields=["-posted_at", "-id"],
                condition=Q(is_context=False, speaker="OUTSIDER", visibility="PUBLIC"),
                name="listening_post_said",
            ),
            models.Index(fields=["-posted_at", "-id"], name="listening_post_newest_first"),
            GinIndex(said(), name="listening_post_words"),
            # A link that somebody brings: do we know what stands there? Addresses may be longer than a B-tree takes.
            HashIndex(fields=["url"], condition=~Q(url=""), name="listening_post_address"),
        ]

    def __str__(self) -> str:
        return f"post {self.pk} on {self.network}"


class PostChannel(models.Model):
    """Through which channel a post came, and whether it was addressed to us there."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE)
    addressed = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "channel"], name="listening_post_channel_once")]

    def __str__(self) -> str:
        return f"post {self.post_id} through {self.channel_id}"


class PostTopic(models.Model):
    """That a post touches a topic."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE)
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "topic"], name="listening_post_topic_once")]

    def __str__(self) -> str:
        return f"post {self.post_id} on {self.topic_id}"


class MediaKind(models.TextChoices):
    """What sort of thing stands beside the words; the values of networks.contract.MediaKind."""

    IMAGE = "IMAGE"
    VIDEO = "VIDEO"
    AUDIO = "AUDIO"
    DOCUMENT = "DOCUMENT"


class PostMedia(models.Model):
    """A picture, film, sound or document beside a post: where it stands, and what its author says it shows.

    The thing itself is never kept. `preview_url` is that of a small picture of it, where the network has one. Without a
    `url` it is a picture of the post itself, which a colleague brought (`Screenshot`).
    """

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="media")
    place = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=MediaKind)
    url = models.CharField(max_length=2000)
    preview_url = models.CharField(max_length=2000, blank=True, default="")
    alt = models.CharField(max_length=1500, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "place"], name="listening_media_place_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.place} of {self.post_id}"

    @property
    def is_screenshot(self) -> bool:
        """Whether it is kept here."""
        return not self.url


class PostQuote(models.Model):
    """What a post carries below its own words: another post of the same network and origin, as far as it may be kept.

    Without an id it is gone, or nobody may keep it: that something was quoted is all that is left.
    """

    post = models.OneToOneField(Post, on_delete=models.CASCADE, related_name="quote")
    native_id = models.CharField(max_length=512, blank=True, default="")
    url = models.CharField(max_length=2000, blank=True, default="")
    author_native_id = models.CharField(max_length=512, blank=True, default="")
    author_handle = models.CharField(max_length=255, blank=True, default="")
    author_name = models.CharField(max_length=200, blank=True, default="")
    text = models.TextField(blank=True, default="")
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["native_id"], condition=~Q(native_id=""), name="listening_quoted_post"),
            models.Index(
                fields=["author_native_id"], condition=~Q(author_native_id=""), name="listening_quoted_author"
            ),
        ]

    def __str__(self) -> str:
        return f"what {self.post_id} quotes"


MOST_SCREENSHOT = 4 * 1024 * 1024


class Screenshot(models.Model):
    """A picture of what somebody said where no interface reaches, drawn anew when a colleague brought it."""

    media = models.OneToOneField(PostMedia, on_delete=models.CASCADE, related_name="screenshot")
    content_type = models.CharField(max_length=20)
    data = models.BinaryField()
    size = models.PositiveIntegerField()
    brought_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(size__gt=0, size__lte=MOST_SCREENSHOT), name="listening_screenshot_is_bounded"
            ),
        ]

    def __str__(self) -> str:
        return f"screenshot {self.media_id}"


class EarlierWording(models.Model):
    """What a post said before its author changed it; kept only while a case on it is open."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="earlier_wordings")
    text = models.TextField()
    replaced_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "replaced_at"], name="listening_wording_once")]

    def __str__(self) -> str:
        return f"earlier wording of {self.post_id}"
