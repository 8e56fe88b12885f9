# Two images from one file: `web` meets people and has no language model and no private key; `worker` reads reports.
FROM python:3.11-slim-bookworm AS base
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PATH="/opt/seere/bin:$PATH" SEERE_VAR=/var/lib/seere
RUN useradd --system --uid 10001 --home-dir /var/lib/seere --create-home seere \
 && python -m venv /opt/seere
WORKDIR /srv/seere

FROM base AS web
COPY requirements/web.txt requirements/web.txt
RUN pip install --require-hashes -r requirements/web.txt
COPY pyproject.toml README.md ./
COPY app app
COPY migrations migrations
COPY translations translations
RUN pip install --no-deps --editable . && pybabel -q compile -d translations
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["seere", "web", "--bind", "0.0.0.0:8000"]

FROM base AS worker
COPY requirements/workers.txt requirements/workers.txt
RUN pip install --require-hashes -r requirements/workers.txt
COPY pyproject.toml README.md ./
COPY app app
COPY workers workers
COPY migrations migrations
COPY translations translations
RUN pip install --no-deps --editable . && pybabel -q compile -d translations
USER 10001
HEALTHCHECK --interval=30s --timeout=20s --start-period=60s --retries=3 CMD ["seere", "doctor", "--worker"]
CMD ["seere", "worker"]
