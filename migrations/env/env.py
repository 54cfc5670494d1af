"""Alembic's environment: chatrec.store.database hands the connection in, within its own transaction."""

from alembic import context

from chatrec.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
