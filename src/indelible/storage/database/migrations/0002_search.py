"""The search table, where the database is PostgreSQL. On SQLite it has a file of its own (search/embedded.py)."""

from django.db import migrations

from indelible.storage.database.search.postgres import SCHEMA


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(SCHEMA, params=None)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TABLE search, search_state, search_time", params=None)


class Migration(migrations.Migration):
    dependencies = [("database", "0001_the_log")]

    operations = [migrations.RunPython(make, drop)]
