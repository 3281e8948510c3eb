"""What is encrypted says so by its type, so that a new key reaches it; what is bytes and not encrypted stands here."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from resonanz.privacy.encrypted import EncryptedField, tables

PLAIN = {
    "accounts_signinlink.token_hash": "a hash",
    "guidelines_readerlink.token_hash": "a hash",
    "listening_screenshot.data": "a picture that goes with its post",
    "pipeline_batch.digest": "a hash",
    "pipeline_delivery.digest": "a hash",
    "privacy_tombstone.key_hash": "a hash",
    "service_attachment.data": "a picture for an answer",
    "service_enquiry.code_hash": "a hash",
    "service_enquiry.token_hash": "a hash",
    "triage_learnthead.weights": "numbers that were learnt",
}


def plain_columns() -> set[str]:
    """All columns of bytes whose type does not say that they are encrypted."""
    return {
        f"{model._meta.db_table}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, models.BinaryField) and not isinstance(field, EncryptedField)
    }


def test_bytes_are_encrypted_or_listed_here_with_a_reason() -> None:
    assert plain_columns() == set(PLAIN)


def test_every_column_that_is_called_encrypted_is() -> None:
    called = {
        field.name
        for model in apps.get_models()
        for field in model._meta.local_fields
        if field.name.startswith(("encrypted", "sealed")) and not isinstance(field, EncryptedField)
    }

    assert called == set()
    assert len(list(tables())) >= 6
