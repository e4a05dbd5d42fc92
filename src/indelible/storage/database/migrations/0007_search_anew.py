"""The search table is filled anew: its rows hold more keys than before. On SQLite its file tells its own version."""

from django.db import migrations


def forget(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("TRUNCATE search, search_state, search_time", params=None)


class Migration(migrations.Migration):
    dependencies = [("database", "0006_rules")]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
