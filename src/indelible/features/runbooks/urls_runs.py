"""Addresses of the pages about runs. `urls` includes them."""

from __future__ import annotations

from django.urls import path

from indelible.features.runbooks.views.runs import (
    guest,
    leaving,
    lists,
    looking,
    paper,
    roles,
    run,
    signing,
    starting,
    step,
)

urlpatterns = [
    path("runs/", lists.runs, name="runs"),
    path("runs/start/", starting.start, name="start"),
    path("runs/start/<int:pk>/", starting.start_of, name="start-of"),
    path("runs/<int:run>/", run.run, name="run"),
    path("runs/<int:run>/print/", paper.sheet, name="print"),
    path("runs/<int:run>/paper/", paper.paper, name="paper"),
    path("runs/<int:run>/pause/", run.pause, name="pause"),
    path("runs/<int:run>/go-on/", run.go_on, name="go-on"),
    path("runs/<int:run>/end/", run.end, name="end"),
    path("runs/<int:run>/late/", run.late, name="late"),
    path("runs/<int:run>/clocks/<slug:key>/", run.clock, name="clock"),
    path("runs/<int:run>/roles/<slug:role>/", roles.role, name="role"),
    path("runs/<int:run>/steps/<slug:key>/", step.step, name="step"),
    path("runs/<int:run>/steps/<slug:key>/sign/", signing.sign, name="sign"),
    path("runs/<int:run>/steps/<slug:key>/leave/", leaving.leave, name="leave"),
    path("runs/<int:run>/steps/<slug:key>/override/", leaving.override, name="override"),
    path("runs/<int:run>/steps/<slug:key>/files/<int:file>/", step.file, name="file"),
    path("runs/<int:run>/steps/<slug:key>/list/<int:frozen>/", looking.rows, name="rows"),
    path("runs/<int:run>/steps/<slug:key>/list/<int:frozen>/<int:number>/", looking.row, name="row"),
    # For outsiders: the same pages of a few steps, by their link alone.
    path("runs/guest/", guest.run, name="guest-run"),
    path("runs/guest/leave/", guest.leave, name="guest-leave"),
    path("runs/guest/steps/<slug:key>/", guest.step, name="guest-step"),
    path("runs/guest/steps/<slug:key>/sign/", guest.sign, name="guest-sign"),
    path("runs/guest/steps/<slug:key>/leave/", guest.leave_step, name="guest-leave-step"),
    path("runs/guest/steps/<slug:key>/files/<int:file>/", guest.file, name="guest-file"),
    path("runs/guest/steps/<slug:key>/list/<int:frozen>/", guest.rows, name="guest-rows"),
    path("runs/guest/steps/<slug:key>/list/<int:frozen>/<int:number>/", guest.row, name="guest-row"),
    path("runs/guest/<str:key>/", guest.link, name="guest-link"),
]
