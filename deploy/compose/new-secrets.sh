#!/bin/sh
# Prints a fresh environment file for docker-compose.yml; nothing in it has a default anywhere.
#   sh deploy/compose/new-secrets.sh > deploy/compose/secrets.env
# Keep the file: the databases are created with its passwords.
set -eu
umask 077
random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

for service in INGEST OCR ASR MATCHER NOTIFIER; do
  echo "${service}_DATABASE_PASSWORD=$(random)"
done
echo "POSTGRES_PASSWORD=$(random)"
echo "CURSOR_KEY=$(random)"
echo "# Webhook secrets are sealed with it in the database; to replace it, see docs/decisions/0018."
echo "WEBHOOK_SECRET_KEYS=$(random)"
echo "SEED_KEY=telop_seed_$(random)"
echo "# The address of ingest as subscribers and operators see it; links in webhooks begin with it."
echo "PUBLIC_URL=http://localhost:8080"
echo "# Networks of yours that media may be fetched from and webhooks sent to, for example [\"10.20.0.0/16\"]."
echo "ALLOWED_NETWORKS=[]"
echo "# Traces: remove both lines where no Jaeger is wanted, or point the second at your own collector."
echo "COMPOSE_PROFILES=observability"
echo "OTLP_ENDPOINT=http://otel-collector:4318"
