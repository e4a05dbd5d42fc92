"""The root of all addresses: each feature brings its own, found by its app."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path


def collect() -> list[URLPattern | URLResolver]:
    """Return the addresses of the chrome and of every installed feature that has a `urls` module."""
    found: list[URLPattern | URLResolver] = []
    for config in apps.get_app_configs():
        if config.name.startswith(("indelible.web", "indelible.features")) and find_spec(
            f"{config.name}.urls"
        ):
            found.append(path("", include(import_module(f"{config.name}.urls"))))
    return found


urlpatterns = [*collect(), path("api/v1/", include("indelible.api.urls"))]
handler400 = "indelible.web.failures.bad_request"
handler403 = "indelible.web.failures.no_permission"
handler404 = "indelible.web.failures.not_found"
handler429 = "indelible.web.failures.too_many"
handler500 = "indelible.web.failures.server_error"
