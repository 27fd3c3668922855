"""The public API of ingest: one router module a resource, thin routes, no queries."""
