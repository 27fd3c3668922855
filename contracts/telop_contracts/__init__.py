"""The contracts between the services: event models, topics, the wire codec and names used in telemetry."""
