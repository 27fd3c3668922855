"""The HTTP API of the notifier: one router module a resource."""
