from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from resonanz.privacy.encrypted import EncryptedField


class Role(models.TextChoices):
    """What a colleague is here to do; `accounts.access` says what each role may."""

    ADMIN = "ADMIN"
    LEAD = "LEAD"
    AGENT = "AGENT"
    ANALYST = "ANALYST"


class UserManager(BaseUserManager["User"]):
    """Users are found and made by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A new colleague; without a password only a sign-in link or a passkey lets them in."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A colleague who signs in. `keys` holds the letters they changed, {act: letter}; `toured_at`: tour ended.

    `notified_by_email`: warnings reach them by e-mail, too, while they are on duty. `reads_employee_names`: the company
    named them as the neutral person who reads what is said about employees by name. `connects_accounts`: they may
    connect accounts of the company although their role does not say so.
    """

    email = models.EmailField()
    name = models.CharField(max_length=120)
    initials = models.CharField(max_length=6, blank=True, default="")
    role = models.CharField(max_length=8, choices=Role, default=Role.AGENT)
    language = models.CharField(max_length=5, blank=True, default="")
    time_zone = models.CharField(max_length=64, blank=True, default="")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    keys_on = models.BooleanField(default=True)
    keys = models.JSONField(default=dict, blank=True)
    toured_at = models.DateTimeField(null=True, blank=True)
    notified_by_email = models.BooleanField(default=True)
    reads_employee_names = models.BooleanField(default=False)
    connects_accounts = models.BooleanField(default=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_user_email_once")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """The name colleagues read."""
        return str(self)


class Area(models.TextChoices):
    """What a company uses Resonanz for; it starts with one and grows."""

    LISTENING = "LISTENING"
    SERVICE = "SERVICE"
    SALES = "SALES"


class Company(models.Model):
    """The company whose installation this is: one row, made by the first start. `areas` are codes of Area.

    `started_at` is when the first start was finished or skipped; until then the start page leads there.
    """

    name = models.CharField(max_length=120, blank=True, default="")
    areas = models.JSONField(default=list)
    started_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="accounts_company_once")]

    def __str__(self) -> str:
        return self.name or "company"


class Brand(models.Model):
    """A name under which the company speaks. What belongs to none of them belongs to the company itself."""

    name = models.CharField(max_length=120, unique=True)

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """People who answer together."""

    name = models.CharField(max_length=120, unique=True)
    members = models.ManyToManyField(User, through="Membership", related_name="teams")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A colleague's place in a team."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    team = models.ForeignKey(Team, on_delete=models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "team"], name="accounts_membership_once")]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}"


class SignInLink(models.Model):
    """A link that signs one colleague in, once, for a short time; only its hash is stored."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    token_hash = models.BinaryField(max_length=32, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"for {self.user_id} until {self.expires_at:%Y-%m-%d %H:%M}"


class NotificationService(models.Model):
    """A service outside that carries notifications: a chat room, a phone. Its address is a secret.

    With a user it is theirs alone; without one it is told whenever anybody on duty is.
    """

    name = models.CharField(max_length=120, unique=True)
    encrypted_address = EncryptedField()
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    reached_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class NotificationState(models.TextChoices):
    """Where it is on its way."""

    WAITING = "WAITING"
    SENT = "SENT"
    FAILED = "FAILED"


class Notification(models.Model):
    """What is told outside the pages: by e-mail to `user`, or through `service`.

    `lines` are [{"code": …, "params": …, "path": …}]: codes and ids, never words of people.
    """

    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    service = models.ForeignKey(NotificationService, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    lines = models.JSONField()
    state = models.CharField(max_length=7, choices=NotificationState, default=NotificationState.WAITING)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    failure_code = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=False) | models.Q(service__isnull=False),
                name="accounts_notification_reaches_someone",
            )
        ]
        indexes = [
            models.Index(
                fields=["next_at", "id"], condition=models.Q(state="WAITING"), name="accounts_notification_waits"
            )
        ]

    def __str__(self) -> str:
        return f"notification {self.pk} {self.state}"


class RecentAttempt(models.Model):
    """How often somebody tried to sign in of late, by network address and account: all web processes count the same.

    The table of Django's database cache, which allauth counts in; nothing else reads or writes it.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.cache_key
