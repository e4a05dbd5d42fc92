"""The components: what pages are made of. Load with `{% load indelible %}`.

Values
  {% moment value %}              <time> in the reader's zone: 12 June 2025, 14:32:07. `value`: aware datetime
                                  or instant text. style="moment" (default), "minute", "day", "weekday", "time",
                                  "clock", "spoken" ("today 14:00"), "dated" (short day above the time, for a
                                  narrow column); zone=True adds "(UTC+02:00)".
  {% day value %}                 a calendar day (a date, of no zone): 12 June 2025.
  {% weekday_of value %}          the same with its weekday: Thursday 12 June 2025.
  {% zone %}                      the zone in force: Madrid time (UTC+02:00).
  {% number index %}              an entry's number for people: index + 1, with separators.
  {{ n|count }}                   any count, with the reader's separators: 42,806.   {{ n|size }}: 412 KB.
Sentences
  {% sentence event %}            the event as a sentence, marked up. index=entry's index; short=True cuts
                                  long values; link_things=True links things to their history.
Signs
  {% icon name %}                 an icon of `icons.py`; size=20.
  {% menu_icon name %}            a heroicon.
  {% verdict state %}             shape + word + colour; word="..." replaces the word; tag=True: a box.
  {% seal_mark root label %}      the mark of a root hash (bytes).
Forms (Django forms; each field draws label, hint, control, error)
  {% error_summary form %}        the box at the top that lists what is wrong and links to each field.
  {% field form.name %}           one field. Radios and tick boxes become a fieldset.
  {% once %}                      hidden token: one press, one act (`indelible.web.once`).
Partials (include with `with`)
  web/parts/timeline.html         days=[Day] or rows=[Row] (see `indelible.web.timeline`).
  web/parts/row.html              row=Row.        web/parts/seal_line.html   row=SealLine.
  web/parts/pages.html            newer=url older=url, words: newer_text, older_text, status.
  web/parts/facts.html            facts=[(name, value)]: a list of facts (`dl`).
  web/parts/tabs.html             tabs=[(label, url, current)], label=name of the group.
  web/parts/chips.html            chips=[(text, remove_url)].
  web/parts/notice.html           tone=ok|warn|bad|info title= text=.
  web/parts/empty.html            title= text= url= action=: nothing here, why, and one act.
  web/parts/progress.html         value= total= text=: a bar with its words.
  web/parts/proof.html            facts=[(state, title, text)]: the plain facts of a proof.
  web/parts/words.html            words=[...]: seal words.
  web/parts/code.html             title= code=: technical text in a closed `details`.
  web/parts/bars.html             bars=[Bar], see `charts`.
Pages to extend
  web/base.html                   the frame; blocks title, main, and `crumb` above it.
  web/split.html                  main column with a rail: blocks heading, content, rail.
  web/confirm.html                what will happen, and the button that names the act: blocks heading, what,
                                  action (button text), fields, back.
  web/plain.html                  a single narrow column without the menu (sign-in, set-up).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import quote

import heroicons
from django import template
from django.forms import BaseForm, BoundField, CheckboxInput, RadioSelect
from django.http import HttpRequest
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indelible.events.event import Event
from indelible.events.instants import is_instant
from indelible.web import icons, numbers, once
from indelible.web import seal_mark as marks
from indelible.web.chrome import reader_of
from indelible.web.moments import Reader
from indelible.web.sentences import marked_up
from indelible.web.states import state_of

register = template.Library()


def _reader(context: Context) -> Reader:
    request = context.get("request")
    return reader_of(request) if isinstance(request, HttpRequest) else context.get("reader") or Reader()


# Values ------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def moment(
    context: Context, value: datetime | str | None, style: str = "moment", zone: bool = False
) -> SafeString:
    """Draw a moment as `<time>` in the reader's zone and style. Nothing for None."""
    if not value:
        return mark_safe("")
    reader = _reader(context)
    local = reader.local(value)
    writers: dict[str, Callable[[], str]] = {
        "moment": lambda: reader.moment(local),
        "minute": lambda: reader.moment(local, seconds=False),
        "day": lambda: reader.day(local),
        "weekday": lambda: reader.weekday(local),
        "time": lambda: reader.clock(local, seconds=False),
        "clock": lambda: reader.clock(local),
        "spoken": lambda: reader.spoken(local),
        "dated": lambda: _dated(reader, local),
    }
    text = writers[style]()
    if zone:
        text = f"{text} ({reader.offset(local)})"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="milliseconds"), text)


@register.simple_tag(takes_context=True)
def plainly(context: Context, value: object) -> object:
    """Write a value of a line as it was kept; an instant in the reader's zone, with that zone's difference to UTC."""
    text = str(value)
    return moment(context, text, "minute", zone=True) if is_instant(text) else value


def _dated(reader: Reader, local: datetime) -> SafeString:
    """Write a short day and the time so that neither breaks, but one may stand above the other."""
    spans = '<span class="num">{}</span> <span class="num">{}</span>'
    return format_html(spans, reader.short_day(local), reader.clock(local, seconds=False))


@register.simple_tag(takes_context=True)
def zone(context: Context) -> str:
    """Name the zone in force: "Madrid time (UTC+02:00)"."""
    return _reader(context).zone_name()


@register.simple_tag(takes_context=True)
def weekday(context: Context, value: datetime | str) -> str:
    """Write the day with its name, without markup."""
    reader = _reader(context)
    return reader.weekday(reader.local(value))


@register.simple_tag(takes_context=True)
def weekday_of(context: Context, value: date) -> str:
    """Write a calendar day, which belongs to no zone, with the name of its weekday, without markup."""
    return _reader(context).weekday(value)


@register.simple_tag(takes_context=True)
def day(context: Context, value: date) -> str:
    """Write a calendar day, which belongs to no zone, in the reader's style, without markup."""
    return _reader(context).day(value)


@register.simple_tag
def number(index: int) -> str:
    """Give an entry's number for people: one more than its index, with the reader's separators."""
    return numbers.written(index + 1)


@register.filter
def count(value: int) -> str:
    """Write a count with the reader's separators."""
    return numbers.written(value)


@register.filter
def size(octets: int) -> str:
    """Write a number of bytes for people: 412 KB, 1.3 MB."""
    if octets < 1000:
        return ngettext("%(n)d byte", "%(n)d bytes", octets) % {"n": octets}
    power = min((len(str(octets)) - 1) // 3, 4)
    amount, unit = octets / 1000**power, ("KB", "MB", "GB", "TB")[power - 1]
    figure = f"{amount:.0f}" if amount >= 10 else numbers.written(Decimal(f"{amount:.1f}"))
    return f"{figure} {unit}"


# Sentences ---------------------------------------------------------------------------------------------


@register.simple_tag
def sentence(
    event: Event, index: int | None = None, short: bool = False, link_things: bool = False
) -> SafeString:
    """Tell an event as a marked-up sentence."""
    return marked_up(event, index=index, short=short, thing_url=_thing_url if link_things else None)


def _thing_url(kind: str, ident: str) -> str:
    """Return the page of a thing's history, empty while there is none."""
    try:
        return reverse("record:thing", args=[kind, ident])
    except NoReverseMatch:
        return ""


# Signs -------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, size: int = 20) -> SafeString:
    """Draw an icon, hidden from screen readers."""
    return mark_safe(icons.draw(name, size))  # noqa: S308 - our own drawings


@register.simple_tag
def menu_icon(name: str) -> SafeString:
    """Draw a heroicon of the menu, hidden from screen readers."""
    attributes: dict[str, object] = {"aria-hidden": "true", "focusable": "false"}
    return mark_safe(heroicons._render_icon("outline", str(name), 20, attributes))  # noqa: S308


@register.simple_tag
def verdict(state: object, word: str = "", tag: bool = False) -> SafeString:
    """Draw a state: its shape, its word, its colour."""
    found = state_of(state)
    return format_html(
        '<span class="{} {}">{}{}</span>',
        "tag" if tag else "st",
        found.tone,
        mark_safe(icons.draw(found.shape)),  # noqa: S308 - our own drawings
        word or found.word,
    )


@register.simple_tag
def shape_of(state: object, size: int = 20) -> SafeString:
    """Draw the shape of a state alone, where its word stands beside it anyway."""
    return mark_safe(icons.draw(state_of(state).shape, size))  # noqa: S308 - our own drawings


@register.filter
def tone(state: object) -> str:
    """Give the class that colours a state."""
    return state_of(state).tone


@register.simple_tag
def seal_mark(root_hash: bytes, label: str = "") -> SafeString:
    """Draw the mark of a seal."""
    return mark_safe(  # noqa: S308 - computed from the hash; label and caption are escaped
        marks.seal_mark(root_hash, conditional_escape(label), conditional_escape(_("Seal")))
    )


# Forms -------------------------------------------------------------------------------------------------


@register.inclusion_tag("web/parts/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, object]:
    """List what is wrong with a form, each message a link to its field."""
    messages = [(error, "") for error in form.non_field_errors()]
    for bound in form:
        messages.extend((error, _control_id(bound)) for error in bound.errors)
    return {"messages": messages}


def _control_id(bound: BoundField) -> str:
    """Return the id an error leads to: the control, or the first of a group."""
    return f"{bound.auto_id}_0" if isinstance(bound.field.widget, RadioSelect) else str(bound.auto_id)


@register.inclusion_tag("web/parts/field.html")
def field(bound: BoundField, hint: str = "") -> dict[str, object]:
    """Draw one field: label, hint, error and control, tied together for screen readers."""
    widget = bound.field.widget
    hint = hint or str(bound.help_text)
    grouped = isinstance(widget, RadioSelect)
    described = [
        f"{bound.auto_id}_{part}"
        for part, there in (("hint", hint), ("error", bound.errors))
        if there and not grouped
    ]
    attributes: dict[str, str | bool] = {}
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return {
        "bound": bound,
        "hint": hint,
        "grouped": grouped,
        "ticked": isinstance(widget, CheckboxInput),
        "control": bound.as_widget(attrs=attributes),
        "optional": not bound.field.required and not isinstance(widget, CheckboxInput | RadioSelect),
    }


@register.simple_tag(name="once")
def once_field() -> SafeString:
    """Put a token in a form that makes a second press of its button the same act."""
    return format_html('<input type="hidden" name="{}" value="{}">', once.FIELD, once.new_token())


@register.filter
def joined(parts: Sequence[object]) -> SafeString:
    """Write parts behind each other with a dot between, as the quiet line of a row has them."""
    kept = [(part,) for part in parts if part]
    return format_html_join(mark_safe("&nbsp;· "), "<span>{}</span>", kept)


@register.filter
def url_part(text: str) -> str:
    """Write text so that it can stand as one part of an address."""
    return quote(text, safe="")
