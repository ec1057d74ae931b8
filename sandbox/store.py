"""State on disk: one SQLite file, one writer, everything committed before an answer is sent."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Row = sqlite3.Row


class Store:
    """A SQLite file with short methods for reading and writing rows.

    All use is on the server's one thread. Tables that hand out ids declare AUTOINCREMENT, so that
    the id of a deleted row is never given out again.
    """

    def __init__(self, path: Path, schema: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = Row
        # WAL with NORMAL keeps every committed write when the process is killed.
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.executescript(schema)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what happens inside, or undo all of it when an exception leaves the block.

        A transaction inside another one is a savepoint: only the inner part is undone.
        """
        nested = self._connection.in_transaction
        self._connection.execute("SAVEPOINT part" if nested else "BEGIN")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK TO part" if nested else "ROLLBACK")
            if nested:
                self._connection.execute("RELEASE part")
            raise
        self._connection.execute("RELEASE part" if nested else "COMMIT")

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """All rows of a query."""
        return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> Row | None:
        """The first row of a query, or None."""
        row: Row | None = self._connection.execute(sql, values).fetchone()
        return row

    def value(self, sql: str, *values: Any) -> Any:
        """The first column of the first row, or None when there is no row."""
        row = self.row(sql, *values)
        return None if row is None else row[0]

    def run(self, sql: str, *values: Any) -> int:
        """Carry out one statement and return the number of rows it changed."""
        return self._connection.execute(sql, values).rowcount

    def insert(self, table: str, **values: Any) -> int:
        """Add a row and return its id."""
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        cursor = self._connection.execute(
            f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values())
        )
        return int(cursor.lastrowid or 0)

    def update(self, table: str, row_id: int, **values: Any) -> None:
        """Change the named columns of one row."""
        pairs = ", ".join(f"{name} = ?" for name in values)
        self._connection.execute(
            f"UPDATE {table} SET {pairs} WHERE id = ?", (*values.values(), row_id)
        )

    def empty(self, keep: tuple[str, ...] = ()) -> None:
        """Remove every row of every table except `keep`; ids start again at 1."""
        tables = self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        with self.transaction():
            self.run("PRAGMA defer_foreign_keys = ON")
            for name in (row["name"] for row in tables):
                if name not in keep:
                    self.run(f"DELETE FROM {name}")
