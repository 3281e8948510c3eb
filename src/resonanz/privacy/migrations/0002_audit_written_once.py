from django.db import migrations

# The function belongs to the owner's role and runs with its rights: the application's role, which may only insert,
# can through it delete what is older than a year by the database's own clock, and nothing younger. pg_temp stands last: else
# a temporary table of that name, with a trigger, would run the caller's code with the owner's rights.
CREATE = """
CREATE FUNCTION privacy_delete_old_audit(before timestamptz, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    deleted integer;
BEGIN
    DELETE FROM privacy_auditrecord WHERE id IN (
        SELECT id FROM privacy_auditrecord
        WHERE at < LEAST(before, now() - interval '365 days')
        ORDER BY at LIMIT most
    );
    GET DIAGNOSTICS deleted = ROW_COUNT;
    RETURN deleted;
END
$$;
"""
DROP = "DROP FUNCTION privacy_delete_old_audit(timestamptz, integer);"


class Migration(migrations.Migration):

    dependencies = [("privacy", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, DROP)]
