"""Alembic's part of the benchmark: the same tables as models.ts, made or compared. What it has cost goes to file descriptor 3."""

import json
import os
import resource
import sys

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import (
    Boolean, Column, Date, Float, ForeignKey, Index, Integer, MetaData, Numeric, String, Table, Text,
    create_engine, event, text,
)

task, path, count, variant = sys.argv[1:]


def name_of(index):
    return f"t_{index:04d}"


def models():
    metadata = MetaData()
    changed = 0
    for index in range(int(count)):
        name = name_of(index)
        change = None
        if variant == "changed" and index % 20 == 7:
            change = changed % 3
            changed += 1
        more = [Column("note", String(40))] if change == 0 else []
        indexes = [Index(f"{name}_name", "name")]
        if change != 2:
            indexes.append(Index(f"{name}_parent_due", "parent_id", "due"))
        Table(
            name,
            metadata,
            Column("id", Integer, primary_key=True),
            Column("name", String(120 if change == 1 else 80), nullable=False),
            Column("title", String(200)),
            Column("count", Integer, nullable=False, server_default=text("0")),
            Column("price", Numeric(10, 2)),
            Column("is_open", Boolean, nullable=False, server_default=text("0")),
            Column("body", Text),
            Column("due", Date),
            Column("ratio", Float),
            Column("parent_id", Integer, ForeignKey(f"{name_of(index // 10)}.id")),
            *more,
            *indexes,
        )
    return metadata


statements = 0
metadata = models()
engine = create_engine(f"sqlite:///{path}")


@event.listens_for(engine, "before_cursor_execute")
def count_one(*_):
    global statements
    statements += 1


with engine.connect() as connection:
    if task == "make":
        connection.execute(text("PRAGMA synchronous = OFF"))
        metadata.create_all(connection)
    else:
        # Types are compared, as is the default of newer releases; the defaults of columns are not.
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        print(len(compare_metadata(context, metadata)), end="")

usage = resource.getrusage(resource.RUSAGE_SELF)
with os.fdopen(3, "w") as meter:
    json.dump({"cpuMs": (usage.ru_utime + usage.ru_stime) * 1000, "statements": statements}, meter)
