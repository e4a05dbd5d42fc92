"""Addresses of sign-in, sign-out and password change, and of names. allauth has more; only these are reachable."""

from __future__ import annotations

from django.urls import include, path

from indelible.features.people import views
from indelible.features.people.accounts import door
from indelible.features.people.accounts import views as accounts
from indelible.features.people.groups import views as groups
from indelible.features.people.names import views as names
from indelible.features.people.second import views as second

names_urls = (
    [
        path("people/", accounts.people, name="accounts"),
        path("people/invite/", accounts.invite, name="invite"),
        path("people/invitations/<int:key>/withdraw/", accounts.withdraw, name="invitation_withdraw"),
        path("people/accounts/<int:key>/", accounts.account, name="account"),
        path("people/accounts/<int:key>/role/", accounts.change_role, name="change_role"),
        path("people/accounts/<int:key>/password/", accounts.password_link, name="password_link"),
        path("people/accounts/<int:key>/end/", accounts.end, name="end_access"),
        path("account/link/", door.link, name="link"),
        path("people/names/", names.names, name="names"),
        path("people/add/", names.add, name="add"),
        path("people/unknown/", names.unknown, name="unknown"),
        path("people/join/", names.join, name="join"),
        path("people/paste/", names.paste, name="paste"),
        path("people/<int:key>/", names.one, name="person"),
        path("people/<int:key>/change/", names.change, name="change"),
        path("people/<int:key>/left/", names.left, name="left"),
        path("people/logins/<int:key>/end/", names.end, name="end"),
        path("people/logins/<int:key>/withdraw/", names.withdraw, name="withdraw"),
        path("people/groups/", groups.groups, name="groups"),
        path("people/groups/<int:key>/", groups.group, name="group"),
        path("people/groups/<int:key>/add/", groups.add, name="member_add"),
        path("people/groups/<int:key>/rename/", groups.rename, name="group_rename"),
        path("people/groups/<int:key>/end/", groups.end, name="group_end"),
        path("people/members/<int:key>/end/", groups.end_member, name="member_end"),
        path("people/members/<int:key>/withdraw/", groups.withdraw_member, name="member_withdraw"),
        path("people/waiting/", second.waiting, name="waiting"),
        path("people/waiting/<int:key>/", second.one, name="request"),
        path("people/waiting/<int:key>/approve/", second.approve, name="request_approve"),
        path("people/waiting/<int:key>/send-back/", second.send_back, name="request_send_back"),
        path("people/waiting/<int:key>/withdraw/", second.withdraw, name="request_withdraw"),
    ],
    "people",
)

urlpatterns = [
    path("account/sign-in/", views.sign_in, name="account_login"),
    path("account/sign-out/", views.sign_out, name="account_logout"),
    path("account/password/", views.password, name="account_change_password"),
    path("account/ended/", views.ended, name="account_inactive"),
    path("", include(names_urls)),
]
