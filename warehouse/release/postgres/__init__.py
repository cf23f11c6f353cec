"""Publication of a sealed release to a PostgreSQL database."""

from warehouse.release.postgres.connection import PostgresError, redact
from warehouse.release.postgres.publish import (
    PostgresPublication,
    publish_to_postgres,
    published_id,
)
from warehouse.release.postgres.schemas import READER

__all__ = [
    "READER",
    "PostgresError",
    "PostgresPublication",
    "publish_to_postgres",
    "published_id",
    "redact",
]
