"""What documents the API: its OpenAPI document, and a page made of that document, which needs no script."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from indelible.api.schemas import DOOR, PROBLEM, REASONS, document
from indelible.features.sources.kinds.web import page
from indelible.features.sources.kinds.web.form import OURS


def openapi(request: HttpRequest) -> HttpResponse:
    """Give out the OpenAPI document."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    return JsonResponse(document())


@login_not_required
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show the document as a page."""
    frame = "web/base.html" if request.user.is_authenticated else "web/plain.html"
    context = {
        "frame": frame,
        "operations": _operations(),
        "common": [{"status": status, "description": REASONS[status]} for status in DOOR],
        "forms": _forms(),
        "example": page.curl(request, OURS),
        "place": page.PLACE,
    }
    return render(request, "api/docs.html", context)


def _operations() -> list[dict[str, Any]]:
    found = []
    for address, methods in document()["paths"].items():
        for method, operation in methods.items():
            found.append(
                {
                    "id": operation["operationId"],
                    "method": method.upper(),
                    "address": address,
                    "summary": operation["description"].removesuffix("."),
                    "parameters": operation["parameters"],
                    "takes": list(operation.get("requestBody", {}).get("content", {})),
                    "answers": [
                        {
                            "status": status,
                            "description": answer["description"],
                            "forms": [form for form in answer.get("content", {}) if form != PROBLEM],
                        }
                        for status, answer in operation["responses"].items()
                        if int(status) not in DOOR
                    ],
                }
            )
    return found


def _forms() -> list[dict[str, Any]]:
    """Return each named form with its parts, as the page lists them."""
    return [
        {
            "name": name,
            "parts": [
                {"name": part, "is_required": part in schema.get("required", ()), "holds": _holds(told)}
                for part, told in schema.get("properties", {}).items()
            ],
        }
        for name, schema in document()["components"]["schemas"].items()
        if schema.get("properties")
    ]


def _holds(schema: dict[str, Any]) -> str:
    """Say in a line what a part holds."""
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[1])
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    if "oneOf" in schema:
        return " | ".join(dict.fromkeys(_holds(one) for one in schema["oneOf"]))
    if "properties" in schema:
        return "{" + ", ".join(schema["properties"]) + "}"
    if schema.get("type") == "array":
        return f"[{_holds(schema.get('items', {}))}]"
    kinds = schema.get("type", "any")
    return " | ".join(kinds) if isinstance(kinds, list) else str(kinds)
