from __future__ import annotations

from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "resonanz.service"
    label = "service"
