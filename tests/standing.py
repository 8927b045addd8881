"""What stands in the test database between tests, and brings it back after one that commits.

Django empties every table after such a test and then makes all permissions anew, and the bank
would have to be loaded again: together a third of a second each time.
"""

from django.db import connection, transaction

COPY = "standing_"
# Made from the models when the database is made; no test writes them.
UNTOUCHED = {"auth_permission", "django_content_type", "django_migrations"}
# The columns of each table by name: a test may put one elsewhere in the order.
kept: dict[str, str] = {}


def keep() -> None:
    """Remember every row that stands there now."""
    every = set(connection.introspection.django_table_names(include_views=False))
    with transaction.atomic(), connection.cursor() as cursor:
        for table in sorted(every - UNTOUCHED):
            cursor.execute(f'DROP TABLE IF EXISTS "{COPY}{table}"')
            cursor.execute(f'CREATE TABLE "{COPY}{table}" AS SELECT * FROM "{table}"')
            cursor.execute(f'SELECT * FROM "{table}" WHERE false')
            kept[table] = ", ".join(f'"{column[0]}"' for column in cursor.description)


def bring_back() -> None:
    """Exactly those rows again, and no others; their order is free until the commit."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in kept:
            cursor.execute(f'DELETE FROM "{table}"')
        for table, columns in kept.items():
            cursor.execute(
                f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM "{COPY}{table}"'
            )
