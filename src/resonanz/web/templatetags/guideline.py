"""What the forms of a guideline ask of Python: which choices are ticked, in words."""

from __future__ import annotations

from typing import Any

from django import forms, template

register = template.Library()


@register.filter
def ticked(form: forms.Form, names: str) -> str:
    """What is chosen in some fields, as one line; nothing where all of them are left open."""
    found = [label for name in names.split() if name in form.fields for label in _chosen(form[name])]
    return ", ".join(found)


def _chosen(field: forms.BoundField) -> list[str]:
    value = field.value()
    if isinstance(field.field, forms.BooleanField):
        return [str(field.label)] if value else []
    if isinstance(field.field, forms.ChoiceField):
        wanted = {str(one) for one in value} if isinstance(value, list | tuple) else {str(value or "")} - {""}
        offered: Any = field.field.choices
        choices = [(str(code), str(label)) for code, label in offered]
        return [label for code, label in choices if code in wanted]
    return [str(value)] if value else []
