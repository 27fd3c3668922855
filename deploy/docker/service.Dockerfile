# One service, chosen by SERVICE (ingest, ocr, asr, matcher, notifier), with its own dependencies only:
#   docker build -f deploy/docker/service.Dockerfile --build-arg SERVICE=ocr -t telop-ocr .
# The image runs as an unprivileged user and needs a writable /var/cache/telop, nothing else of the root file system.
# `docker run telop-ocr migrate` updates the service's database.

ARG PYTHON_VERSION=3.11

FROM python:${PYTHON_VERSION}-slim AS build
ARG UV_VERSION=0.13.8
RUN pip install --no-cache-dir uv==${UV_VERSION}
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=/opt/telop
WORKDIR /src

# What others have written comes first: this layer changes with the lock file only. uv checks the lock against every
# member of the workspace, hence all of their pyproject files.
COPY pyproject.toml uv.lock ./
COPY contracts/pyproject.toml contracts/
COPY services/chassis/pyproject.toml services/chassis/
COPY services/ingest/pyproject.toml services/ingest/
COPY services/ocr/pyproject.toml services/ocr/
COPY services/asr/pyproject.toml services/asr/
COPY services/matcher/pyproject.toml services/matcher/
COPY services/notifier/pyproject.toml services/notifier/
COPY deploy/cli/pyproject.toml deploy/cli/
ARG SERVICE
RUN test -n "${SERVICE}"
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --locked --no-dev --no-install-workspace --package "telop-${SERVICE}"

COPY contracts contracts
COPY services/chassis services/chassis
COPY services/${SERVICE} services/${SERVICE}
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --locked --no-dev --no-editable --package "telop-${SERVICE}"
RUN printf '#!/bin/sh\nexec python -m telop_%s "$@"\n' "${SERVICE}" > /opt/telop/bin/serve \
    && chmod 755 /opt/telop/bin/serve

FROM python:${PYTHON_VERSION}-slim
ARG SERVICE
LABEL org.opencontainers.image.title="telop-${SERVICE}"
RUN groupadd --gid 10001 telop \
    && useradd --uid 10001 --gid telop --no-create-home --home-dir /var/cache/telop --shell /usr/sbin/nologin telop \
    && install -d -o telop -g telop /var/cache/telop /var/lib/telop/objects
COPY --from=build /opt/telop /opt/telop
# Uploads are spooled below TMPDIR: on a disk, not in a container's memory.
ENV PATH=/opt/telop/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/var/cache/telop \
    TMPDIR=/var/cache/telop \
    TELOP_CACHE__DIR=/var/cache/telop/media \
    TELOP_HTTP__HOST=0.0.0.0 \
    TELOP_HTTP__PORT=8080
USER 10001:10001
WORKDIR /var/cache/telop
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['TELOP_HTTP__PORT']}/healthz\", timeout=4)"]
ENTRYPOINT ["serve"]
