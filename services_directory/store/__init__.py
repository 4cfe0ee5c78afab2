"""Where the directory is kept: session, tables, migrations, queries."""
