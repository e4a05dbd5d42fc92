"""Addresses of the pages about runbooks and their runs."""

from __future__ import annotations

from indelible.features.runbooks import urls_proof, urls_runs, urls_setting_up

app_name = "runbooks"
urlpatterns = [*urls_runs.urlpatterns, *urls_proof.urlpatterns, *urls_setting_up.urlpatterns]
