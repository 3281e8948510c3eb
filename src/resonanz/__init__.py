"""Resonanz: a self-hosted social CRM. Where each line lives: docs/map.md."""

__version__ = "0.1.0"
