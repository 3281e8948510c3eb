from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("service", "0011_approvals_and_answers_by_hand")]

    operations = [
        AddIndexConcurrently(
            model_name="case",
            index=models.Index(
                condition=models.Q(("is_snoozed", False), ("state", "OPEN")),
                fields=["assignee", "answer_due_at", "id"],
                name="service_case_of_mine",
            ),
        ),
        AddIndexConcurrently(
            model_name="case",
            index=models.Index(
                condition=models.Q(("is_snoozed", False), ("state", "OPEN")),
                fields=["team", "answer_due_at", "id"],
                name="service_case_of_team",
            ),
        ),
        AddIndexConcurrently(
            model_name="case",
            index=models.Index(
                condition=models.Q(
                    ("is_snoozed", False), ("state", "OPEN"), ("assignee__isnull", True), ("team__isnull", True)
                ),
                fields=["answer_due_at", "id"],
                name="service_case_of_nobody",
            ),
        ),
        AddIndexConcurrently(
            model_name="case",
            index=models.Index(
                condition=models.Q(("claimed_by__isnull", False)),
                fields=["claimed_by", "answer_due_at", "id"],
                name="service_case_claimed",
            ),
        ),
        AddIndexConcurrently(
            model_name="case",
            index=models.Index(
                condition=models.Q(("is_snoozed", True)), fields=["snoozed_until"], name="service_case_snoozed"
            ),
        ),
        AddIndexConcurrently(
            model_name="case",
            index=models.Index(
                condition=models.Q(("returned_at__isnull", False)),
                fields=["-returned_at"],
                name="service_case_returned",
            ),
        ),
        RemoveIndexConcurrently(
            model_name="case",
            name="service_case_mine",
        ),
        RemoveIndexConcurrently(
            model_name="case",
            name="service_case_team",
        ),
        RemoveIndexConcurrently(
            model_name="case",
            name="service_case_nobodys",
        ),
    ]
