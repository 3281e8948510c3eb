"""All settings, all from the environment (docs/operate/configure.md); a wrong value stops the start."""

from __future__ import annotations

import secrets as random_bytes
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from csp.constants import NONE, SELF
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from resonanz.config import mail, stream
from resonanz.config.static_version import static_version
from resonanz.core import env, secrets

ROOM_FOLDER = Path(__file__).resolve().parent.parent

DEBUG = False
TESTING = env.flag("RESONANZ_TESTING")
BASE_URL = env.text("RESONANZ_BASE_URL", "http://localhost:8000").rstrip("/")
# Where networks reach us, if a machine at the edge takes their webhooks.
WEBHOOK_URL = env.text("RESONANZ_WEBHOOK_URL", BASE_URL).rstrip("/")
_host = urlsplit(BASE_URL).hostname or "localhost"
_secure = BASE_URL.startswith("https://")
ALLOWED_HOSTS = [_host, *(["127.0.0.1"] if _host == "localhost" else []), *env.words("RESONANZ_ALSO_KNOWN_AS")]
CSRF_TRUSTED_ORIGINS = [BASE_URL]


# Statements bear no words of anybody, and are planned once where one plan fits (docs/decisions/0029).
_OPTIONS = {
    "application_name": "resonanz", "connect_timeout": 10, "server_side_binding": True, "prepare_threshold": 5,
}  # fmt: skip


def _database(url: str) -> dict[str, Any]:
    """A Django database of a libpq URL; without one, commands that need no database still run."""
    try:
        found = {name: str(value) for name, value in conninfo_to_dict(url).items()} if url else {}
    except ProgrammingError:  # its words repeat the address, password included
        problem = "is not an address of PostgreSQL; it looks like postgresql://user:password@host:5432/name"
        raise env.WrongSetting(name="DATABASE_URL", problem=problem) from None
    host, port = found.pop("host", ""), found.pop("port", "")
    name, user, password = found.pop("dbname", "resonanz"), found.pop("user", ""), found.pop("password", "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": user,
        "PASSWORD": password,
        "HOST": host,
        "PORT": port,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": _OPTIONS | found,
    }


def _time_zone(setting: str, default: str) -> str:
    """The name of a time zone that this machine knows; without it no page could tell a time."""
    name = env.text(setting, default)
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise env.WrongSetting(
            name=setting, problem=f"must be a time zone such as Europe/Berlin, not {name!r}"
        ) from error


_database_url = env.text("DATABASE_URL", "")
DATABASES = {"default": _database(_database_url)}
# Tools such as mypy and makemigrations load this file without a product around it; they must not make a key file.
SECRET_KEY = secrets.keyed_hash("django").hex() if _database_url else random_bytes.token_hex(32)

# The first is where allauth counts who tries to sign in too often: all processes have to know.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_recentattempt",
        "OPTIONS": {"MAX_ENTRIES": 20_000},  # of Django's 300, tries from many addresses would push each other out
    },
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "resonanz.privacy",
    "resonanz.accounts",
    "resonanz.networks",
    "resonanz.people",
    "resonanz.listening",
    "resonanz.triage",
    "resonanz.guidelines",
    "resonanz.duties",
    "resonanz.service",
    "resonanz.pipeline",
    "resonanz.web",
    "resonanz.ops",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_cotton",
    "django_htmx",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "resonanz.web.static_files.StaticFilesMiddleware",
    # Pages repeat what was searched beside a secret, the CSRF token; it is masked anew on each page, and Django adds
    # bytes at random, so the length of a compressed page tells nothing (BREACH).
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "resonanz.web.middleware.LanguageMiddleware",
    "resonanz.web.middleware.TimeZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "resonanz.web.middleware.PermissionMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOM_FOLDER / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "resonanz.web.context.navigation",
            ],
        },
    }
]
ROOT_URLCONF = "resonanz.config.urls"
WSGI_APPLICATION = "resonanz.config.asgi.pages"
PROCRASTINATE_IMPORT_PATHS = ["resonanz.ops.schedule"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "resonanz.web.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _secure

_mail = mail.server(env.text("RESONANZ_MAIL_URL", ""))
MAIL_IS_READY = _mail is not None
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _mail else 'dummy'}.EmailBackend"
if _mail is not None:
    EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
    EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.tls == "always", _mail.tls == "starttls"
    DEFAULT_FROM_EMAIL = env.text("RESONANZ_MAIL_FROM")
EMAIL_TIMEOUT = 10

LANGUAGE_CODE = "en"
LANGUAGES = [("de", "Deutsch"), ("en", "English")]
# The second one holds what was compiled where the checkout may not be written.
LOCALE_PATHS = [ROOM_FOLDER / "web" / "locale", Path(sys.prefix) / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_TIME_ZONE = _time_zone("RESONANZ_TIME_ZONE", "Europe/Berlin")
COMPANY_LANGUAGES = env.words("RESONANZ_LANGUAGES", "de,en")

STREAM_SERVERS = stream.servers(env.words("RESONANZ_STREAM"))
PRACTICE_URL = env.text("RESONANZ_PRACTICE_URL", "")
DEMO = env.flag("RESONANZ_DEMO", default=False)
NAMED_EMPLOYEES_DAYS = env.number("RESONANZ_NAMED_EMPLOYEES_DAYS", 90, least=1)
OUTBOX_LEASE_SECONDS = env.number("RESONANZ_OUTBOX_LEASE_SECONDS", 60, least=2)

# Pictures stay in memory until they are drawn anew: what a camera added must not lie in a file for a moment.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024 + 512 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 8

_static_version = static_version(
    folders=[ROOM_FOLDER / "web" / "static"], packages=["django-htmx", "django-allauth", "vl-convert-python"]
)
STATIC_URL = f"/static/{_static_version}/"
# What the installation makes beside the packages: the script that draws charts.
STATICFILES_DIRS = [folder for folder in [Path(sys.prefix) / "static"] if folder.is_dir()]

SESSION_COOKIE_SECURE = _secure
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_SECURE = _secure
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
# Only an operator knows that a proxy stands before us and sets this header itself; else anybody could send it.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("RESONANZ_BEHIND_PROXY") else None
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Words of people must never reach a log: no query parameters, no request bodies, constant messages only.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("RESONANZ_LOG_LEVEL", "INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.db.backends": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        "procrastinate": {"level": "WARNING"},
        "stevedore": {"level": "WARNING"},
        "apprise": {"level": "CRITICAL"},  # its warnings name addresses, and those hold tokens
    },
}
