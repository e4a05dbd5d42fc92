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
SECRET_KEY = base64.b64encode(INDELIBLE_HOME.secret("django")).decode()

DEBUG = False
ALLOWED_HOSTS = os.environ.get("INDELIBLE_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

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
    "indelible.features.setup",
    "indelible.features.home",
    "indelible.features.record",
    "indelible.features.sources",
    "indelible.features.seals",
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
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000;"
            " PRAGMA cache_size=-65536;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"
USE_TZ = True
TIME_ZONE = "UTC"
