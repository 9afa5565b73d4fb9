"""The settings of every process, from the environment (the list is in README.md).

Production and staging refuse to start on an insecure or missing value and name each of them.
"""

import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from isme import addresses, databases, mail_url, shared_counts, storage_url
from isme.env import Environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()

# --- Where we are -----------------------------------------------------------------------------

ISME_ENV = env.choice("ISME_ENV", "production", ("local", "staging", "production"))
LOCAL = ISME_ENV == "local"
DEBUG = env.flag("DEBUG")
DEMO = env.flag("DEMO")
ISME_DEMO_PASSWORD = env.text("ISME_DEMO_PASSWORD", "isme-demo-2026", secret=True)
VAR = Path(env.text("ISME_VAR", str(BASE_DIR / "var")))
# deploy/upgrade names a release in this file: its processes inherit one environment for years.
_release = BASE_DIR / "RELEASE"
RELEASE = env.text("ISME_RELEASE", _release.read_text().strip() if _release.exists() else "dev")
SECRET_KEY = env.text("SECRET_KEY", "local-only-" * 6 if LOCAL else "", secret=True)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost 127.0.0.1 [::1]" if LOCAL else "")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
TRUSTED_PROXY_HOPS = env.number("TRUSTED_PROXY_HOPS", 0)
CAMPUS_NETWORKS = env.networks("CAMPUS_NETWORKS")
TRUSTED_NETWORKS = env.networks("TRUSTED_NETWORKS", "127.0.0.0/8 ::1/128")
SERVER_TIMING = env.flag("SERVER_TIMING")
# Whoever has it can read every backup; kept off the machine too. Without one, SECRET_KEY serves.
BACKUP_KEY = env.text("BACKUP_KEY", secret=True)

MIN_SECRET_LENGTH = 50
if not LOCAL:
    env.require(len(SECRET_KEY) >= MIN_SECRET_LENGTH, "SECRET_KEY needs 50 characters or more.")
    env.require(ALLOWED_HOSTS, "ALLOWED_HOSTS must name the hosts that are served.")
    env.require("*" not in ALLOWED_HOSTS, "ALLOWED_HOSTS must not be '*'.")
    env.require(not DEBUG, "DEBUG must be 0 outside ISME_ENV=local.")
if ISME_ENV == "production":
    env.require(not DEMO, "DEMO must be 0 in production: demo accounts share a known password.")
for name in ("DATABASE_URL", "REDIS_CACHE_URL", "REDIS_DURABLE_URL"):
    env.require(LOCAL or env.text(name), f"{name} is missing.")

# --- Applications -----------------------------------------------------------------------------

INSTALLED_APPS = [
    "actstream",
    "dashboard",
    "forum",
    "academics",
    "notifications",
    "accounts",
    "isme.lib",
    "accounts.admin_config.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "isme.lib.static_files.Collected",
    "django_htmx",
]

# The order is part of the design: isme/decisions/0001-one-exchange-per-request.md.
MIDDLEWARE = [
    "isme.lib.observe.ObserveMiddleware",
    "isme.lib.middleware.SecurityHeadersMiddleware",
    *(["whitenoise.middleware.WhiteNoiseMiddleware"] if LOCAL else []),
    *(["django.middleware.gzip.GZipMiddleware"] if LOCAL else []),
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.middleware.SnapshotSessionMiddleware",
    "accounts.middleware.SnapshotUserMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.acting.ActingMiddleware",
    "isme.lib.middleware.FormAddressMiddleware",
    "isme.lib.middleware.PossibleKeysMiddleware",
]
if DEBUG:
    MIDDLEWARE.append("isme.lib.query_report.QueryReportMiddleware")

ROOT_URLCONF = "isme.urls"
WSGI_APPLICATION = "isme.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "builtins": ["isme.lib.include"],
            "libraries": {"i18n": "isme.lib.words"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "isme.lib.page.frame",
            ],
            "loaders": [
                "django.template.loaders.filesystem.Loader",
                "django.template.loaders.app_directories.Loader",
            ],
        },
    },
]
_loaders = TEMPLATES[0]["OPTIONS"]["loaders"]
if not DEBUG:
    TEMPLATES[0]["OPTIONS"]["loaders"] = [("django.template.loaders.cached.Loader", _loaders)]

# --- Database: reliability promises 7, 8 and 10 ------------------------------------------------

DATABASE_URL = env.text("DATABASE_URL", f"sqlite:///{VAR / 'db.sqlite3'}")
# A page must not hang on a sick database; a report or a worker may take longer.
IS_WEB = Path(sys.argv[0]).name == "gunicorn"
DATABASE_READ_SECONDS = 5 if IS_WEB else 60
DATABASES: dict[str, Any] = {
    "default": databases.primary(DATABASE_URL, read_seconds=DATABASE_READ_SECONDS, is_web=IS_WEB)
}
env.require(
    LOCAL or DATABASE_URL.startswith("mysql"),
    "DATABASE_URL must be a mysql:// address outside ISME_ENV=local.",
)
# What may come late is read there (isme/lib/replica.py).
DATABASE_REPLICA_URL = env.text("DATABASE_REPLICA_URL", "")
env.require(
    not DATABASE_REPLICA_URL or {DATABASE_REPLICA_URL[:8], DATABASE_URL[:8]} == {"mysql://"},
    "DATABASE_REPLICA_URL must be a mysql:// address, and so must DATABASE_URL beside it.",
)
if DATABASE_REPLICA_URL.startswith("mysql://"):
    DATABASES["replica"] = databases.replica(DATABASE_REPLICA_URL, is_web=IS_WEB)
    DATABASE_ROUTERS = ["isme.lib.replica.Router"]
    MIDDLEWARE.append("isme.lib.replica.ReplicaMiddleware")

# --- Redis: two roles (request-path; F3, F7) ----------------------------------------------------


def _redis_address(name: str, default: str) -> str:
    url = env.text(name, default)
    complaint = addresses.complaint(url)
    env.require(not complaint, f"{name} {complaint}")
    return default if complaint else url  # the start is refused below, with all that is wrong


REDIS_CACHE_URL = _redis_address("REDIS_CACHE_URL", f"unix://{VAR / 'run' / 'cache.sock'}")
REDIS_DURABLE_URL = _redis_address("REDIS_DURABLE_URL", f"unix://{VAR / 'run' / 'durable.sock'}")
env.require(
    not addresses.same_server(REDIS_CACHE_URL, REDIS_DURABLE_URL),
    "REDIS_CACHE_URL and REDIS_DURABLE_URL must differ: one may evict, the other must not.",
)
REDIS_CONNECT_SECONDS = 0.1
REDIS_READ_SECONDS = 0.15


def _redis_cache(url: str) -> dict[str, Any]:
    return addresses.cache_of(
        url, connect_seconds=REDIS_CONNECT_SECONDS, read_seconds=REDIS_READ_SECONDS
    )


CACHES = {"default": _redis_cache(REDIS_CACHE_URL), "durable": _redis_cache(REDIS_DURABLE_URL)}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True

# --- Background work: F8 and section 3 of the reliability notes ----------------------------------

CELERY_BROKER_URL, _broker_options = addresses.broker_of(REDIS_DURABLE_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "critical"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 150
CELERY_TASK_SOFT_TIME_LIMIT = 120
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 250_000  # KiB
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 360,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "health_check_interval": 10,
    "socket_keepalive": True,
    # A worker waits for its messages; the web rings through isme.lib.bell, with its own limits.
    "socket_timeout": 5,
    "socket_connect_timeout": 5,
    **_broker_options,
}

RATELIMIT_USE_CACHE = "durable"

# --- Mail ------------------------------------------------------------------------------------------
# A laptop and a load test keep their mails as files in var/mail.
EMAIL_URL = env.text("EMAIL_URL", "" if ISME_ENV == "production" else f"file://{VAR / 'mail'}")
_complaint = mail_url.complaint(EMAIL_URL, real=ISME_ENV == "production")
env.require(not _complaint, f"EMAIL_URL {_complaint}")
globals().update(mail_url.settings_of(EMAIL_URL))
EMAIL_TIMEOUT = 10
# What links in mails begin with; never taken from a request, whose Host anybody may forge.
_first_host = next(iter(ALLOWED_HOSTS), "").lstrip(".")
PUBLIC_URL = env.text(
    "PUBLIC_URL",
    f"http://{env.text('HOST', '127.0.0.1')}:{env.number('PORT', 8000)}"
    if LOCAL
    else f"https://{_first_host}",
).rstrip("/")
PUBLIC_HOST = urlsplit(PUBLIC_URL).hostname or "localhost"
env.require(LOCAL or PUBLIC_URL.startswith("https://"), "PUBLIC_URL must start with https://.")
AUDIT_HEAD_TO = env.text("AUDIT_HEAD_TO", "")  # a mailbox off this machine, each hour
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("EMAIL_FROM", f"ISME <no-reply@{PUBLIC_HOST}>")

# --- Other ways of telling people: off while not set up ---------------------------------------------

# The private half of the VAPID key: 32 bytes in base64url. Endpoints elsewhere are refused.
WEBPUSH_PRIVATE_KEY = env.text("WEBPUSH_PRIVATE_KEY", secret=True)
WEBPUSH_HOSTS = env.words(
    "WEBPUSH_HOSTS",
    "fcm.googleapis.com push.services.mozilla.com notify.windows.com web.push.apple.com",
)
WEBPUSH_PLAIN_HTTP = False
WHATSAPP_URL = env.text("WHATSAPP_URL").rstrip("/")
WHATSAPP_TOKEN = env.text("WHATSAPP_TOKEN", secret=True)
WHATSAPP_SECRET = env.text("WHATSAPP_SECRET", secret=True)
env.require(
    not WHATSAPP_URL or LOCAL or WHATSAPP_URL.startswith("https://"),
    "WHATSAPP_URL must start with https://.",
)
env.require(
    not WHATSAPP_URL or (WHATSAPP_TOKEN and WHATSAPP_SECRET),
    "WHATSAPP_URL needs WHATSAPP_TOKEN and WHATSAPP_SECRET.",
)

# --- People and sessions (request-path) -----------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/dashboard/"
PASSWORD_CHANGE_URL = "/accounts/password/change/"  # noqa: S105 (an address)
PASSWORD_RESET_URL = "/accounts/password/reset/"  # noqa: S105 (an address)
EMAIL_CONFIRM_URL = "/accounts/email/confirm/"
AUTHENTICATION_BACKENDS: list[str] = []  # one way in: accounts.services.sign_in
PASSWORD_HASHERS = [
    "accounts.hashers.Argon2Hasher",
    "accounts.hashers.Argon2OverPBKDF2",
    "accounts.hashers.Argon2OverBcrypt",
    "accounts.hashers.Argon2OverMD5",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# Characters (NIST 800-63B-4): nothing about their kinds, and no change at fixed times.
PASSWORD_LEAST_STAFF = env.number("PASSWORD_LEAST_STAFF", 15)
PASSWORD_LEAST_STAFF_WITH_SECOND_FACTOR = 8
PASSWORD_LEAST_STUDENT = env.number("PASSWORD_LEAST_STUDENT", 10)
PASSWORD_MOST = 1024
# Demo accounts share a known password, so a second one would be for show.
SECOND_FACTOR_FOR_SUPER_ADMIN = not LOCAL and not DEMO
SECOND_FACTOR_URL = "/accounts/second-factor/"
STAGE_COOKIE_NAME = "stage"  # between password and code, on the sign-in page's path
STAGE_SECONDS = 300
STEP_UP_SECONDS = 600  # so long the last proof of who is there counts for what is dangerous
MAILED_LINK_MINUTES = 10
PASSWORD_LINK_HOURS = env.number("PASSWORD_LINK_HOURS", 72)  # of links that the office mails
ONE_TIME_PASSWORD_DAYS = env.number("ONE_TIME_PASSWORD_DAYS", 14)
SECURE_COOKIES = not LOCAL
SID_COOKIE_NAME = "__Host-sid" if SECURE_COOKIES else "sid"
DEVICE_COOKIE_NAME = "device"  # both only on the path of the sign-in page, so no __Host-
UNSENT_COOKIE_NAME = "unsent"
TICKET_COOKIE_NAME = "ticket"
PINNED_COOKIE_NAME = "pinned"  # with the primary, after a write
SESSION_HOURS = 12  # absolute, without "remember me"
SESSION_IDLE_HOURS = 3
REMEMBERED_SESSION_HOURS = 30 * 24
REMEMBERED_SESSION_IDLE_HOURS = 14 * 24
SNAPSHOT_SECONDS = (120, 300)
TOMBSTONE_SECONDS = 60
FENCE_SECONDS = 360  # longer than any snapshot lives, and than a frozen Redis can hold a write
WEB_PROCESSES = 2  # as deploy/supervisor/web.conf; a limit of one process is its share
FENCE_POLL_SECONDS = env.number("FENCE_POLL_SECONDS", 0)  # several hosts: 1

CSRF_COOKIE_NAME = "__Host-csrf" if SECURE_COOKIES else "csrf"
CSRF_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "isme.lib.errors.csrf_failure"
SESSION_COOKIE_SECURE = SECURE_COOKIES  # the cookie is ours, but checks and libraries read this
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

# --- Browser --------------------------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 0 if LOCAL else 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = not LOCAL
SECURE_HSTS_PRELOAD = not LOCAL
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_HOPS else None
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "security.W001",  # SecurityMiddleware: SecurityHeadersMiddleware sends its headers, tested
    "security.W002",  # XFrameOptionsMiddleware: the same, and frame-ancestors
    "security.W008",  # nginx redirects to https; a health check from loopback must not be
    "templates.W003",  # isme.lib.words stands in for Django's i18n, on purpose
]

# --- Languages and time ------------------------------------------------------------------------------

LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Indonesian")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "lang"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = SECURE_COOKIES
THEME_COOKIE_NAME = "theme"
SIDE_COOKIE_NAME = "side"  # written by fold.js
FORMAT_MODULE_PATH = "isme.formats"
LOCALE_PATHS = [BASE_DIR / "isme" / "locale"]
TIME_ZONE = "Asia/Jakarta"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

# --- Files ---------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "isme" / "static"]
STATICFILES_FINDERS = [
    "isme.lib.assets.JoinedFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
_stored = storage_url.read(env, VAR / "media", private=not LOCAL)
MEDIA_ROOT = _stored.path if isinstance(_stored, storage_url.Folder) else VAR / "media"
# nginx's internal location over MEDIA_ROOT ("/protected/"); "": this process streams files itself.
X_ACCEL_PREFIX = env.text("X_ACCEL_PREFIX")
STORAGES = {
    "default": _stored.entry,
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "isme.lib.static_files.HashedFiles"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
FILE_UPLOAD_PERMISSIONS = 0o640
UPLOAD_ROOM_BYTES = env.number("UPLOAD_ROOM_MB", 500) * 1024 * 1024  # of one person, in all
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

# --- Logs and figures ------------------------------------------------------------------------------------

# Where the processes of the supervisor count together; elsewhere each counts for itself.
_run_folder = env.text("ISME_RUN")
METRICS_FOLDER = Path(_run_folder or VAR / "run") / "metrics"
METRICS_SHARED = bool(_run_folder) and shared_counts.share(METRICS_FOLDER)
SENTRY_DSN = env.text("SENTRY_DSN", secret=True)  # "": errors stay in the log
LOG_FORMAT = env.choice("LOG_FORMAT", "line" if LOCAL else "json", ("line", "json"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request": {"()": "isme.lib.logs.RequestFilter"},
        "outage": {"()": "isme.lib.logs.OutageFilter"},
    },
    "formatters": {
        "line": {
            "format": "{asctime} {levelname} {name} [{request_id}] {message}",
            "style": "{",
        },
        "json": {"()": "isme.lib.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["request", "outage"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django": {"handlers": [], "propagate": True}},
}

env.finish()
ENV = env  # for show_settings
