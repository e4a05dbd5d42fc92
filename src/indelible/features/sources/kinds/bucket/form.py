"""What is asked of a person who sets up a bucket, and how it is kept and told."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indelible.features.sources.kinds import ConnectForm
from indelible.features.sources.kinds.bucket.fetching import CLOUDTRAIL, FILES
from indelible.features.sources.kinds.bucket.store import SECRET
from indelible.features.sources.live.certificates import CertificateField, fingerprints
from indelible.features.sources.live.fields import on_one_line
from indelible.features.sources.models import Source

OWN_MACHINE: Final = ("127.0.0.1", "localhost", "::1")
LAYOUTS: Final = (
    (CLOUDTRAIL, gettext_lazy("AWS CloudTrail: the log files of every account and region below the prefix")),
    (FILES, gettext_lazy("Any files that can be uploaded here too")),
)
TOLD: Final = {CLOUDTRAIL: "AWS CloudTrail", FILES: "any files"}
_BUCKET: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]")
_REGION: Final = re.compile(r"[a-z0-9-]{1,40}")
_ACCESS_KEY: Final = re.compile(r"[\x21-\x7e]{1,200}")


class BucketForm(ConnectForm):
    """Which bucket, what lets us in, and what lies there."""

    folded = ("endpoint", "certificate")

    bucket = forms.CharField(
        label=gettext_lazy("Bucket"),
        max_length=63,
        error_messages={"required": gettext_lazy("Name the bucket.")},
        widget=forms.TextInput({"spellcheck": "false", "autocomplete": "off"}),
    )
    below = forms.CharField(
        label=gettext_lazy("Prefix"),
        help_text=gettext_lazy(
            "Only what lies below it is looked at, such as exports/payroll/. Leave it empty for the whole bucket."
        ),
        required=False,
        strip=False,
        max_length=800,
        widget=forms.TextInput({"spellcheck": "false", "autocomplete": "off"}),
    )
    layout = forms.ChoiceField(
        label=gettext_lazy("What lies there?"), choices=LAYOUTS, initial=CLOUDTRAIL, widget=forms.RadioSelect
    )
    region = forms.CharField(
        label=gettext_lazy("Region"),
        help_text=gettext_lazy(
            "Where the bucket lies, such as eu-north-1. Services other than Amazon's often need none."
        ),
        required=False,
        max_length=40,
        widget=forms.TextInput({"spellcheck": "false", "autocomplete": "off"}),
    )
    endpoint = forms.CharField(
        label=gettext_lazy("Address of the storage service"),
        help_text=gettext_lazy(
            "Leave it empty for Amazon S3. Otherwise as its provider names it, such as https://s3.example.org."
        ),
        required=False,
        max_length=300,
        widget=forms.TextInput({"spellcheck": "false", "autocomplete": "off", "inputmode": "url"}),
    )
    certificate = CertificateField()
    access_key = forms.CharField(
        label=gettext_lazy("Access key"),
        max_length=200,
        help_text=gettext_lazy(
            "Best one of its own that may list and read below this prefix, and nothing else."
        ),
        error_messages={"required": gettext_lazy("Give the access key.")},
        widget=forms.TextInput({"spellcheck": "false", "autocomplete": "off"}),
    )
    secret = forms.CharField(
        label=gettext_lazy("Its secret"),
        max_length=500,
        error_messages={"required": gettext_lazy("Give the secret that belongs to the access key.")},
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, source: Source | None = None, **kwargs: Any) -> None:
        super().__init__(*args, source=source, **kwargs)
        if source is not None:
            secret = self.fields["secret"]
            secret.required = False
            secret.help_text = _("Leave it empty to keep the present one. A new access key needs its own.")

    def clean_bucket(self) -> str:
        """Return the bucket's name."""
        bucket: str = self.cleaned_data["bucket"]
        if not _BUCKET.fullmatch(bucket):
            raise forms.ValidationError(
                _("This is no name of a bucket. It has no slash; what comes after one is the prefix.")
            )
        return bucket

    def clean_below(self) -> str:
        """Return the prefix, which never begins with a slash."""
        return on_one_line(self.cleaned_data["below"].strip().lstrip("/"))

    def clean_region(self) -> str:
        """Return the region's name."""
        region: str = self.cleaned_data["region"].strip().lower()
        if region and not _REGION.fullmatch(region):
            raise forms.ValidationError(_("This is no name of a region."))
        return region

    def clean_endpoint(self) -> str:
        """Return the service's address: encrypted, unless it runs on this machine."""
        endpoint: str = self.cleaned_data["endpoint"].strip().rstrip("/")
        if not endpoint:
            return ""
        try:
            parts = urlsplit(endpoint)
            host, _port = parts.hostname, parts.port
        except ValueError:
            host = None
        if not host or parts.scheme not in ("https", "http") or parts.path or parts.query or parts.fragment:
            raise forms.ValidationError(_("Write the address alone, such as https://s3.example.org."))
        if (
            parts.username is not None
            or parts.password is not None
            or not re.fullmatch(r"[A-Za-z0-9._:\[\]-]+", parts.netloc)
        ):
            raise forms.ValidationError(_("Write the address alone, such as https://s3.example.org."))
        if parts.scheme == "http" and host not in OWN_MACHINE:
            raise forms.ValidationError(
                _("It has to begin with https://, so that nobody on the way can read along.")
            )
        return endpoint

    def clean_access_key(self) -> str:
        """Return the access key."""
        key: str = self.cleaned_data["access_key"]
        if not _ACCESS_KEY.fullmatch(key):
            raise forms.ValidationError(_("An access key has no blanks. Copy it anew."))
        return key

    def clean_secret(self) -> str:
        """Return the secret."""
        return on_one_line(self.cleaned_data["secret"])

    def clean(self) -> dict[str, Any]:
        """Check what hangs together. What is wrong stands at its field."""
        told = super().clean() or {}
        changed = self.source is not None and told.get("access_key") != self.source.settings.get("access_key")
        if changed and "secret" in told and not told["secret"]:
            self.add_error("secret", _("Give the secret that belongs to the new access key."))
        if told.get("certificate") and not told.get("endpoint", "").startswith("https:"):
            self.add_error("certificate", _("A certificate goes with an address that begins with https://."))
        return told

    def settings(self) -> dict[str, Any]:
        """Return what is kept, all but the secret."""
        names = ("bucket", "below", "layout", "region", "endpoint", "certificate", "access_key")
        return {name: self.cleaned_data[name] for name in names}

    def secrets(self) -> dict[str, str]:
        """Return the secret, empty where the present one is kept."""
        return {SECRET: self.cleaned_data["secret"]}

    def told(self) -> dict[str, str]:
        """Return the settings in the words of the entry that tells of them."""
        kept = self.settings()
        told = {
            "bucket": kept["bucket"],
            "prefix": kept["below"] or "none",
            "what lies there": TOLD[kept["layout"]],
            "storage service": kept["endpoint"] or "Amazon S3",
            "access key": kept["access_key"],
        }
        if kept["region"]:
            told["region"] = kept["region"]
        if kept["certificate"]:
            told["certificate"] = fingerprints(kept["certificate"])
        return told
