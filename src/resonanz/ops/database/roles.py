"""Who may do what in the database: the owner migrates, the application reads and writes rows, the superuser neither.

A superuser, and the owner of a table, pass by row-level security and could rewrite the audit; the processes that face
the internet therefore know the application's password alone.
"""

from __future__ import annotations

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from resonanz.ops.database.embedded import APPLICATION, DATABASE, OWNER, SUPERUSER, EmbeddedDatabase
from resonanz.ops.errors import OperatorError

AUDIT_TABLE = "privacy_auditrecord"


def prepare_roles(database: EmbeddedDatabase) -> None:
    """Make roles and database of the embedded server as far as they are missing; repeating it changes nothing."""
    with psycopg.connect(database.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        for role in (OWNER, APPLICATION):
            _make_role(connection, role, database.password(role))
        connection.execute(sql.SQL("GRANT pg_checkpoint TO {}").format(sql.Identifier(OWNER)))
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if known is None:
            names = {"database": sql.Identifier(DATABASE), "owner": sql.Identifier(OWNER)}
            connection.execute(sql.SQL("CREATE DATABASE {database} OWNER {owner}").format(**names))
        _close_to_others(connection, DATABASE)
    with psycopg.connect(database.url(SUPERUSER), autocommit=True) as connection:
        # To make erased rows leave the WAL, see cluster_files.
        names = {"owner": sql.Identifier(OWNER)}
        connection.execute(sql.SQL("GRANT EXECUTE ON FUNCTION pg_switch_wal() TO {owner}").format(**names))


def grant_application_role(*, owner_url: str, application_url: str) -> None:
    """Give the application its rights on every table there is and will be; after each migration.

    Of the audit it may read and append: nobody rewrites what happened. With one role for both there is nothing to give.
    """
    role = role_of(application_url)
    if role == role_of(owner_url):
        return
    name = sql.Identifier(role)
    with psycopg.connect(owner_url) as connection:
        for statement in _GRANTS:
            connection.execute(sql.SQL(statement).format(role=name))
        audited = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [AUDIT_TABLE]).fetchone()
        if audited and audited[0]:
            revoke = sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}")
            connection.execute(revoke.format(table=sql.Identifier(AUDIT_TABLE), role=name))


def role_of(url: str) -> str:
    """The role an address signs in as; raises OperatorError when it is no address of PostgreSQL."""
    try:
        return str(conninfo_to_dict(url).get("user") or "")
    except psycopg.ProgrammingError as error:
        raise OperatorError(
            "ops.database.url",
            "DATABASE_URL is not an address of PostgreSQL; it looks like postgresql://user:password@host:5432/name.",
        ) from error


_GRANTS = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "GRANT EXECUTE ON ALL ROUTINES IN SCHEMA public TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON ROUTINES TO {role}",
)


def _make_role(connection: psycopg.Connection, role: str, password: str) -> None:
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    statement = (
        "ALTER ROLE {role} {rights} PASSWORD {password}" if known else "CREATE ROLE {role} {rights} PASSWORD {password}"
    )
    rights = sql.SQL("LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS")
    connection.execute(
        sql.SQL(statement).format(role=sql.Identifier(role), rights=rights, password=sql.Literal(password))
    )


def _close_to_others(connection: psycopg.Connection, database: str) -> None:
    names = {"database": sql.Identifier(database), "application": sql.Identifier(APPLICATION)}
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {database} FROM PUBLIC").format(**names))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {database} TO {application}").format(**names))
