"""What this room's tables, the tables of the job queue and the files of the data folder hold of people."""

from __future__ import annotations

from resonanz.privacy.register import declare_files, declare_impersonal, declare_personal
from resonanz.privacy.retention import FINISHED_JOB_DAYS


def declare() -> None:
    """Enter them in the register."""
    declare_personal(
        "privacy_auditrecord",
        fields={"actor_id": "colleague", "actor_name": "colleague's name at that time"},
        purpose="proof of who did what (Art. 5(2), 32 GDPR)",
        kept="four years",
        exported=False,
        erased="by the daily job; holds no words and no names of people outside",
    )
    declare_impersonal("privacy_tombstone", because="keyed hashes, which nobody can guess back without the key file")
    _declare_jobs()
    _declare_files()


def _declare_jobs() -> None:
    declare_personal(
        "procrastinate_jobs",
        fields={"args": "ids of rows"},
        purpose="work in the background",
        kept=f"until done; failed ones {FINISHED_JOB_DAYS} days",
        exported=False,
        erased="by the daily job; ids alone, which name nobody once their rows are gone",
    )
    declare_impersonal("procrastinate_events", because="states of jobs and moments")
    declare_impersonal("procrastinate_periodic_defers", because="names of tasks and moments")
    declare_impersonal("procrastinate_workers", because="heartbeats of processes")
    declare_impersonal("django_migrations", because="names of migrations")


def _declare_files() -> None:
    by_scrub = "by `resonanz privacy scrub`"
    declare_files("database", holds="all tables", kept="as each table", erased=f"rows by erasure; traces {by_scrub}")
    declare_files("database.new", holds="a database being made", kept="minutes", erased="at the next start")
    declare_files("uploads", holds="files that colleagues upload", kept="as what they belong to", erased="with it")
    declare_files(
        "logs", holds="messages of the processes, without words of people", kept="15 MB each", erased=by_scrub
    )
    declare_files("run", holds="sockets, locks and process ids", kept="while running", erased="at the next start")
    declare_files("secrets", holds="the key file and passwords of the database", kept="always", erased="never")
    declare_files("key.id", holds="a fingerprint of the key file", kept="always", erased="never")
    declare_files("resonanz.id", holds="the mark of a data folder", kept="always", erased="never")
    declare_files("tombstones.jsonl", holds="keyed hashes of what was erased", kept="always", erased="never")
    declare_files("postgresql-*", holds="the programs of the database", kept="until an upgrade", erased="never")
    declare_files(
        "memory-network.*", holds="the practice network of the demo", kept="until deleted", erased="by hand: it is play"
    )
    declare_files(
        "*.rejected.jsonl",
        holds="lines that an import could not read, beside the imported file",
        kept="as the row in pipeline_rejectedfile says",
        erased="lines of an erased account at once; the file by the daily job",
    )
