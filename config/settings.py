"""All settings, read from the environment; docs/operations.md explains each variable.

One file, in parts by subject: later parts build on earlier ones, and one search finds a setting.
"""

import os
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.contrib.messages.constants import ERROR, SUCCESS, WARNING
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import safety
from config.processes.embedded import socket_path
from config.watching import database, logs

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()

DATA_DIR = Path(env("CUTSCORE_DATA_DIR", default=str(BASE_DIR / "var")))
DEBUG = env.bool("DEBUG", default=False)
SITE_URL = env("SITE_URL", default="http://127.0.0.1:8000")
HTTPS = SITE_URL.startswith("https://")

if unsafe := safety.problem(os.environ, DATA_DIR):
    raise ImproperlyConfigured(unsafe)

# The embedded default stores the key it made in the data folder.
SECRET_KEY = safety.secret_key(env("SECRET_KEY", default=""), env("SECRET_KEY_FILE", default=""))
if not SECRET_KEY:
    key_file = DATA_DIR / "secret-key"
    if not key_file.is_file():
        raise ImproperlyConfigured(
            "SECRET_KEY is not set, and there is none in the data folder. "
            "Set it, or start with ./dev up, which makes one."
        )
    SECRET_KEY = key_file.read_text().strip()

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)

INSTALLED_APPS = [
    "config",
    "accounts",
    "questions",
    "exam",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    "config.middleware.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.static_files.serving.StaticFilesMiddleware",
    "config.middleware.CompressionMiddleware",
    "config.middleware.NotKeptMiddleware",
    "config.middleware.PolicyMiddleware",
    "config.middleware.ProbesMiddleware",
    # Who is told to wait for the database is told in their own language.
    "django.middleware.locale.LocaleMiddleware",
    "config.middleware.DatabaseAwayMiddleware",
    "config.middleware.ObservedMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.TimeZoneMiddleware",
    "accounts.middleware.AskedFromMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.resting.SignInsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# ---------------------------------------------------------------- data
DATABASES = {
    "default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'cutscore.sqlite3'}")
}
DATABASE = DATABASES["default"]
if DATABASE["ENGINE"] == "django.db.backends.postgresql":
    # A pooler that lends a connection for one transaction keeps neither statements nor cursors.
    PREPARES = env.bool("DATABASE_PREPARE", default=True)
    DATABASE["DISABLE_SERVER_SIDE_CURSORS"] = not PREPARES
    # A pool and health checks: without them every request opens a connection of its own.
    DATABASE["CONN_MAX_AGE"] = 0
    DATABASE["CONN_HEALTH_CHECKS"] = True
    DATABASE["OPTIONS"] = DATABASE.get("OPTIONS", {}) | {
        # Without a number nothing is prepared; accounts/prepared.py says what else is.
        "prepare_threshold": 5 if PREPARES else None,
        "connect_timeout": 5,  # a machine that is gone refuses nothing
        "pool": {
            "min_size": 1,
            "max_size": env.int("DATABASE_POOL_SIZE", default=16),
            "timeout": 5,
            # By itself it would try ever more seldom, for five minutes.
            "reconnect_timeout": database.PAUSE,
            "reconnect_failed": database.lost,
        },
    }
else:
    # IMMEDIATE takes the write lock first: a read followed by a write then never fails as locked.
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA mmap_size=134217728;"
            "PRAGMA journal_size_limit=27103364;PRAGMA cache_size=2000;"
        ),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL", default=f"unix://{socket_path(DATA_DIR)}")


def redis_urls(url: str) -> tuple[str, str]:
    """The cache's and the broker's address for one Redis: data base 0 and 1."""
    if url.startswith("unix://"):
        path = url.removeprefix("unix://").partition("?")[0]
        return f"unix://{path}?db=0", f"redis+socket://{path}?virtual_host=1"
    scheme, _sep, rest = url.partition("://")
    host = rest.partition("/")[0]
    return f"{scheme}://{host}/0", f"{scheme}://{host}/1"


CACHE_URL, BROKER_URL = redis_urls(REDIS_URL)
CACHES = {
    "default": {
        "BACKEND": "config.cache.ForgivingRedisCache",
        "LOCATION": CACHE_URL,
        # A frozen Redis must not hold up a page that does not need it.
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
    }
}

# ---------------------------------------------------------------- background work
CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = "scoring"
CELERY_TASK_ROUTES = {
    "accounts.tasks.*": {"queue": "long"},
    "exam.tasks.long.*": {"queue": "long"},
    # A mail server that hangs must not hold up scores: a corrected key means many mails at once.
    "exam.tasks.announce_corrections": {"queue": "long"},
    "questions.tasks.*": {"queue": "long"},
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A frozen broker must not hang a request: a lost message is found by the sweep.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 1,
    "socket_connect_timeout": 1,
    "visibility_timeout": 3600,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
}
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "exam.tasks.sweep", "schedule": 10.0, "options": {"expires": 10}},
    "sweep-all": {
        "task": "exam.tasks.sweep_all",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "exposure": {
        "task": "exam.tasks.refresh_exposure",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "jobs": {
        "task": "exam.tasks.long.sweep_jobs",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "corrections": {
        "task": "exam.tasks.long.sweep_corrections",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "calibrations": {
        "task": "exam.tasks.long.ask_for_calibrations",
        "schedule": crontab(hour=env.int("CALIBRATION_HOUR", default=3), minute=0),  # UTC
        "options": {"expires": 3600},
    },
    "statistics": {
        "task": "exam.tasks.long.ask_for_statistics",
        "schedule": 3600.0,
        "options": {"expires": 600},
    },
    "forecasts": {
        "task": "exam.tasks.long.count_forecasts",
        "schedule": crontab(hour=env.int("CALIBRATION_HOUR", default=3), minute=30),
        "options": {"expires": 3600},
    },
    "exports": {
        "task": "exam.tasks.long.forget_exports",
        "schedule": 3600.0,
        "options": {"expires": 600},
    },
    "retention": {
        "task": "exam.tasks.long.keep_no_longer",
        "schedule": crontab(hour=env.int("CALIBRATION_HOUR", default=3), minute=45),
        "options": {"expires": 3600},
    },
    "imports": {
        "task": "questions.tasks.sweep_imports",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")

# ---------------------------------------------------------------- people
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.backends.PasswordBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
SIGN_UP = env("SIGN_UP", default="open")  # open | invitation
DEMO_TOKENS_FILE = env("DEMO_TOKENS_FILE", default="")
# Where one person looks after a bank: then the author may approve too.
AUTHOR_MAY_APPROVE = env.bool("AUTHOR_MAY_APPROVE", default=False)
STARTS_PER_DAY = env.int("STARTS_PER_DAY", default=5)
# Far above what a person can do; a page that has run wild is asked to wait.
SAVES_PER_MINUTE = env.int("SAVES_PER_MINUTE", default=600)

# ---------------------------------------------------------------- how long things are kept
# Days between asking for one's account to be deleted and its deletion; 0: at once.
DELETION_DAYS = env.int("DELETION_DAYS", default=7)
# Of what follows 0 keeps it for ever.
KEEP_SIGN_INS_DAYS = env.int("KEEP_SIGN_INS_DAYS", default=30)
KEEP_INVITATIONS_DAYS = env.int("KEEP_INVITATIONS_DAYS", default=90)
KEEP_NETWORK_ADDRESSES_DAYS = env.int("KEEP_NETWORK_ADDRESSES_DAYS", default=90)
KEEP_REMARKS_MONTHS = env.int("KEEP_REMARKS_MONTHS", default=24)
KEEP_TRACKS_MONTHS = env.int("KEEP_TRACKS_MONTHS", default=0)
KEEP_UNUSED_ACCOUNTS_MONTHS = env.int("KEEP_UNUSED_ACCOUNTS_MONTHS", default=0)

# Shown on the privacy page: whom to write to, and why people's data may be stored.
PRIVACY_CONTACT = env("PRIVACY_CONTACT", default="")
PRIVACY_LEGAL_BASIS = env("PRIVACY_LEGAL_BASIS", default="")

# ---------------------------------------------------------------- mail and sign-in
EMAIL_URL = env("EMAIL_URL", default="")
HAS_MAIL = bool(EMAIL_URL)
vars().update(env.email_url_config(EMAIL_URL or "dummymail://"))
MAIL_TRANSPORT = vars()["EMAIL_BACKEND"]
EMAIL_BACKEND = "config.mail.Backend"  # which leaves it to the transport
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Cutscore <cutscore@localhost>")
EMAIL_TIMEOUT = 10

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if HAS_MAIL else "none"
ACCOUNT_CHANGE_EMAIL = True  # one address a person; a new one counts when it is verified
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
# The way in when the password is forgotten or shut: a code by mail, for the browser that asked.
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True  # who holds the link need not wait for a lock to open
ACCOUNT_FORMS = {
    "login": "accounts.forms.own.EnterForm",
    "signup": "accounts.forms.own.NewPersonForm",
    "reset_password": "accounts.forms.own.ForgottenForm",
    "request_login_code": "accounts.forms.own.CodeRequestForm",
}
ACCOUNT_RATE_LIMITS = {
    "login": None,  # axes counts wrong passwords; a class may sign in at once
    "login_failed": "60/m/ip,5/15m/key",  # codes of the second step
    "request_login_code": None,  # counted by accounts/services/limits.py
    "signup": "60/m/ip",
    "reset_password": "60/m/ip,5/h/key",
    "reset_password_from_key": "60/m/ip",
    "confirm_email": "1/3m/key",
}
# The password, or a code of the app, is asked for anew before the address is changed.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
MFA_FORMS = {
    "authenticate": "accounts.forms.own.SecondStepForm",
    "reauthenticate": "accounts.forms.own.SecondStepAgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Cutscore"
MFA_ALLOW_UNVERIFIED_EMAIL = not HAS_MAIL  # without mail no address is ever verified
# Whose rights wait for a second step of sign-in: nobody's | administrators | instructors
SECOND_FACTOR_FOR = env("SECOND_FACTOR_FOR", default="")
if SECOND_FACTOR_FOR not in ("", "administrators", "instructors"):
    raise ImproperlyConfigured(
        f"SECOND_FACTOR_FOR is {SECOND_FACTOR_FOR!r}; it can be empty, administrators or "
        "instructors (who then include administrators)."
    )

# Wrong passwords are counted by axes alone; how many each of these takes: accounts/lockout.py.
AXES_HANDLER = "accounts.lockout.Handler"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # what was said to open, opens
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "username", "ip_address"]
AXES_USERNAME_CALLABLE = "accounts.lockout.address"
AXES_CLIENT_IP_CALLABLE = "accounts.lockout.network"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "accounts.lockout.locked"
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_DISABLE_ACCESS_LOG = True  # nobody would read it, and it would be kept for ever
AXES_VERBOSE = False

# ---------------------------------------------------------------- the web's own safety
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "report-uri": "/csp-reports",
        # Named in the header Reporting-Endpoints. Browsers take it over HTTPS only; those that know
        # it then send nothing to the address above, so over HTTP it must not stand here.
        **({"report-to": "csp"} if HTTPS else {}),
    }
}
CSRF_FAILURE_VIEW = "config.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(livez|readyz|metrics)$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1

SESSION_ENGINE = "config.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = env.int("SESSION_DAYS", default=14) * 24 * 3600
# Who has rights over others is asked to sign in again after so many hours of rest; 0: never.
REST_HOURS = env.int("REST_HOURS", default=12)
KNOWN_COOKIE_NAME = "known"
if env.bool("HOST_COOKIES", default=HTTPS):
    # No other host of the same domain can set them. Another name: it signs everybody out once.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    KNOWN_COOKIE_NAME = "__Host-known"

# No upload fills memory or disk, whatever page it is sent to.
FILE_UPLOAD_HANDLERS = [
    "config.uploads.BoundedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# ---------------------------------------------------------------- words and files
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
USE_TZ = True
TIME_ZONE = "UTC"
MESSAGE_TAGS = {SUCCESS: "good", WARNING: "warn", ERROR: "bad"}
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(DATA_DIR / "static")))
# Where the files of earlier releases stay; one folder for all machines and containers.
STATIC_KEPT = Path(env("STATIC_KEPT", default=str(STATIC_ROOT)))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static_files.storage.StaticStorage"},
}

# ---------------------------------------------------------------- watching it
# Who has the token may read metrics; without one only this machine may.
METRICS_TOKEN = env("METRICS_TOKEN", default="")
# Where a worker shows its own figures; only networks that strangers cannot reach should lead there.
METRICS_PORT = env.int("METRICS_PORT", default=0)

LOG_LEVEL = env("LOG_LEVEL", default="WARNING")
LOG_FORMAT = env("LOG_FORMAT", default="lines")  # lines | json
if LOG_FORMAT not in logs.SHOWN:
    raise ImproperlyConfigured(f"LOG_FORMAT is {LOG_FORMAT!r}; it can be lines or json.")
LOGGING = logs.config(LOG_LEVEL, LOG_FORMAT)
