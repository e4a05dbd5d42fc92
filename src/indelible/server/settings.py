"""Django's settings, made from the data folder and the environment.

`INDELIBLE_HOME` names the data folder, `INDELIBLE_DATABASE` a PostgreSQL address where the embedded
database is not enough. Nothing else is needed to start.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path

import dj_database_url

from indelible.storage.home import Home

PACKAGE = Path(__file__).resolve().parents[1]

INDELIBLE_HOME = Home(Path(os.environ.get("INDELIBLE_HOME", "data")).absolute())
INDELIBLE_HOME.create()
# Where the checkpoint files lie, if not in the data folder: better another disk, or a share for adding only.
INDELIBLE_CHECKPOINT_FOLDER = os.environ.get("INDELIBLE_CHECKPOINTS", "")
SECRET_KEY = base64.b64encode(INDELIBLE_HOME.secret("django")).decode()

DEBUG = False
# Web servers in front of ours, as addresses or networks: only what they say of a client's address is believed.
INDELIBLE_TRUSTED_PROXIES = os.environ.get("INDELIBLE_TRUSTED_PROXIES", "")
# Folders below which watched and overseen ones have to lie, separated by colons. Empty: wherever it may read.
INDELIBLE_FOLDERS = os.environ.get("INDELIBLE_FOLDERS", "")
ALLOWED_HOSTS = os.environ.get("INDELIBLE_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

# How receipts of seals leave by mail: smtp://user:password@host:port/?tls=starttls, and from which address.
INDELIBLE_MAIL = os.environ.get("INDELIBLE_MAIL", "")
INDELIBLE_MAIL_FROM = os.environ.get("INDELIBLE_MAIL_FROM", "")

# Machines of the house that alarms may call: networks, addresses or host names, separated by commas. Else none.
INDELIBLE_CALL_INSIDE = os.environ.get("INDELIBLE_CALL_INSIDE", "")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "heroicons",
    "allauth",
    "allauth.account",
    "django_tasks",
    "django_tasks_db",
    "indelible.storage.database",
    "indelible.web",
    "indelible.features.people",
    "indelible.features.settings",
    "indelible.features.setup",
    "indelible.features.home",
    "indelible.features.record",
    "indelible.features.sources",
    "indelible.features.rules",
    "indelible.features.coverage",
    "indelible.features.alarms",
    "indelible.features.seals",
    "indelible.features.packs",
    "indelible.features.signoffs",
    "indelible.features.runbooks",
    "indelible.features.reviews",
    "indelible.api",
    "indelible.server.jobs",
    "indelible.server.tables",
]

_DATABASE_URL = os.environ.get("INDELIBLE_DATABASE", "")
DATABASES = {
    "default": dj_database_url.parse(_DATABASE_URL, conn_max_age=600)
    if _DATABASE_URL
    else {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": INDELIBLE_HOME.database,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            " PRAGMA wal_autocheckpoint=4000; PRAGMA cache_size=-65536;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"
USE_TZ = True
TIME_ZONE = "UTC"

# Background work: jobs are rows of the same database, so asking for one is part of the caller's transaction.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# What is sent in lies in the data folder until it is recorded, never in a shared temporary folder.
FILE_UPLOAD_TEMP_DIR = INDELIBLE_HOME.uploads
FILE_UPLOAD_PERMISSIONS = 0o600

# Servers and workers write what happens to standard error, one line each, without names of people.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("INDELIBLE_LOG", "WARNING")},
    # What clients do wrong is their own affair: no line for each, however many they send, and no address of a source.
    "loggers": {"django.request": {"level": "ERROR"}},
}

# Pages -------------------------------------------------------------------------------------------------

ROOT_URLCONF = "indelible.server.urls"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "indelible.features.seals.log_http.log_over_http",
    "indelible.features.sources.kinds.hook.receiving.messages_first",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "indelible.api.front.programs_first",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "indelible.web.remembering.remember_while_reading",
    "indelible.web.middleware.page_headers",
    "indelible.web.middleware.idle_sign_out",
    "indelible.features.people.middleware.last_seen",
    "indelible.web.middleware.readers_numbers",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "indelible.features.setup.middleware.setup_first",
    "indelible.features.people.middleware.DenyFirst",
    "indelible.web.failures.KnownFailures",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "indelible.web.chrome.context",
            ],
        },
    }
]
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
STATIC_URL = "/static/"
# Static files are served straight from the package: no gathering step, nothing to go stale in the folder.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_IMMUTABLE_FILE_TEST = r"."  # each address carries the fingerprint of its content
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "indelible.web.static_files.VersionedStorage"},
}
CSRF_FAILURE_VIEW = "indelible.web.failures.form_expired"

# What a browser may do with our pages: nothing that does not come from this server.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

# `INDELIBLE_HTTPS=1` where the address that people open begins with https.
HTTPS = os.environ.get("INDELIBLE_HTTPS", "") == "1"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "indelible_session"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_NAME = "indelible_csrf"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Sign-in -----------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_ADAPTER = "indelible.features.people.adapter.Adapter"
ACCOUNT_FORMS = {
    "login": "indelible.features.people.forms.SignInForm",
    "change_password": "indelible.features.people.forms.ChangePasswordForm",
}
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key", "change_password": "5/m/user"}
# Limits on wrong passwords hold across processes only where the counts are in the database.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
}
