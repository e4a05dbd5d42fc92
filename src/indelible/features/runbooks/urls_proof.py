"""Addresses of the proof of a run."""

from __future__ import annotations

from django.urls import path

from indelible.features.runbooks.views import figures, proof

urlpatterns = [
    path("runs/figures/", figures.figures, name="figures"),
    path("runs/<int:key>/proof/", proof.proof, name="proof"),
    path("runs/<int:key>/proof/paper/", proof.as_paper, name="proof_paper"),
    path("runs/<int:key>/proof/pack/", proof.as_pack, name="proof_pack"),
]
