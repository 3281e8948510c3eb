from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower


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
    """A colleague who signs in. `keys` holds the letters they changed, {act: letter}; `toured_at`: tour ended."""

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
