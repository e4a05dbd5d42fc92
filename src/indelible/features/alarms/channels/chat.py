"""A chat, through apprise: one address says which service, and lets us in. It is a secret as a whole.

Only services of the list are let through, and only addresses that stand for one of them: apprise knows many more
ways, some of which run programs or write files. Where an address names a machine of its own (a Mattermost of the
house, say), that machine must be one that we may call (`guard`). Redirections are not followed.
"""

from __future__ import annotations

import logging
import warnings
from email import charset
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

from indelible.features.alarms.channels.errors import NotSent
from indelible.features.alarms.channels.guard import place_of

if TYPE_CHECKING:
    from apprise import NotifyBase

SERVICES: Final = {
    "slack": "Slack",
    "workflows": "Microsoft Teams (workflow)",
    "gchat": "Google Chat",
    "discord": "Discord",
    "tgram": "Telegram",
    "wxteams": "Webex",
    "zulip": "Zulip",
    "ntfys": "ntfy",
    "mmosts": "Mattermost",
    "rockets": "Rocket.Chat",
    "jsons": "JSON",
}
INSIDE: Final = {"ntfy": "ntfy", "mmost": "Mattermost", "rocket": "Rocket.Chat", "json": "JSON"}
"""Not encrypted: only where whoever runs this machine named the place."""

OWN_MACHINES: Final = frozenset({"workflows", "ntfys", "mmosts", "rockets", "jsons", *INSIDE})
"""Services whose address names a machine; those of the others are apprise's own."""

NATIVE: Final = ("hooks.slack.com", "discord.com", "discordapp.com", "chat.googleapis.com")
"""Hosts whose own addresses, as these services give them out (https://…), are understood too."""

SECONDS: Final = 5
MOST_CHARACTERS: Final = 1_000


def service_of(url: str) -> str:
    """Return what a chat's address may be called on a page: the name of its service.

    Raises NotSent (`alarm-chat-unknown`, `alarm-chat-bad`).
    """
    return {**SERVICES, **INSIDE}[_schema_of(_instance(url))]


def send(url: str, title: str, text: str) -> None:
    """Say something in a chat. Raises NotSent."""
    chat = _instance(url)
    schema = _schema_of(chat)
    if schema in OWN_MACHINES and (host := getattr(chat, "host", None)):
        encrypted = schema not in INSIDE
        place_of(str(host), chat.port or (443 if encrypted else 80), encrypted=encrypted)
    elif schema in INSIDE:
        raise NotSent("alarm-address-open", for_good=True)
    try:
        done = chat.notify(body=text, title=title)
    except Exception as fault:
        # Whatever a service's own code raises; its message may quote the address.
        raise NotSent("alarm-chat-away", type(fault).__name__) from None
    if not done:
        raise NotSent("alarm-chat-away")


def _schema_of(chat: Any) -> str:
    """Return by which word of the list a chat goes; empty for none of them."""
    known = {**SERVICES, **INSIDE}
    told = []
    for protocols in (chat.secure_protocol if chat.secure else chat.protocol, chat.secure_protocol):
        told += [protocols] if isinstance(protocols, str) else list(protocols or ())
    return next((one for one in told if one in known), "")


def _may_stand(url: str) -> bool:
    """Whether an address is one that we hand to apprise at all.

    What stands behind a question mark can have apprise read files of this machine, so there it is refused but for
    what the services themselves put in the addresses that they give out.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme == "https":
        return host in NATIVE and set(parse_qs(parts.query)) <= {"key", "token"} and not parts.fragment
    return (parts.scheme in SERVICES or parts.scheme in INSIDE) and not {"?", "#"} & set(url)


def _instance(url: str) -> NotifyBase:
    """Return what sends, without any of it having been called yet."""
    if len(url) > MOST_CHARACTERS or not url.isprintable() or any(blank in url for blank in " ,"):
        raise NotSent("alarm-chat-bad", for_good=True)
    if not _may_stand(url):
        raise NotSent("alarm-chat-unknown", for_good=True)
    _load()
    from apprise import Apprise, AppriseAsset, PersistentStoreMode

    asset = AppriseAsset(
        app_id="Indelible",
        app_desc="Indelible",
        app_url="",
        plugin_paths=[],
        storage_mode=PersistentStoreMode.MEMORY,
        http_redirects=False,
        secure_logging=True,
        async_mode=False,
    )
    try:
        chat: Any = Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    except Exception as fault:  # as above
        raise NotSent("alarm-chat-bad", type(fault).__name__, for_good=True) from None
    if chat is None or not _schema_of(chat):
        raise NotSent("alarm-chat-bad", for_good=True)
    chat.redirects = False
    chat.verify_certificate = True
    chat.socket_connect_timeout = chat.socket_read_timeout = float(SECONDS)
    return chat  # type: ignore[no-any-return]


@cache
def _load() -> None:
    """Load apprise, which is dear and needed by few, and keep it from logging addresses that let people in.

    One of its services changes how every mail of the process is encoded; that is put back.
    """
    usual = dict(charset.CHARSETS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one of its services still asks for a module that Python gives up
        from apprise import Apprise

        Apprise.instantiate("json://localhost/")
    charset.CHARSETS.clear()
    charset.CHARSETS.update(usual)
    for name in ("apprise", "urllib3", "requests"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
