#!/bin/sh
# Runs once, on an empty data folder: one database per service, which only its own role may enter.
set -eu
create() {
  psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres -v name="$1" -v password="$2" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
SQL
}
create ingest "$INGEST_DATABASE_PASSWORD"
create ocr "$OCR_DATABASE_PASSWORD"
create asr "$ASR_DATABASE_PASSWORD"
create matcher "$MATCHER_DATABASE_PASSWORD"
create notifier "$NOTIFIER_DATABASE_PASSWORD"
