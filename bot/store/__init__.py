"""What outlives the process: tables, migrations, and a repository for each group of tables. Only it knows SQL."""
