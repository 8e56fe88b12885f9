# Two images from one file: `web` meets people and has no language model and no private key; `worker` reads reports.
# What runs in browsers is bundled in a stage of its own: neither image has Node.
FROM python:3.11-slim-bookworm AS base
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PATH="/opt/seere/bin:$PATH" SEERE_VAR=/var/lib/seere
RUN useradd --system --uid 10001 --home-dir /var/lib/seere --create-home seere \
 && python -m venv /opt/seere
WORKDIR /srv/seere

FROM base AS assets
COPY requirements/assets.txt requirements/assets.txt
RUN pip install --require-hashes -r requirements/assets.txt
COPY package.json package-lock.json .npmrc ./
COPY scripts/build_assets.py scripts/build_assets.py
COPY app/frontend app/frontend
RUN python scripts/build_assets.py

FROM base AS web
COPY requirements/web.txt requirements/web.txt
RUN pip install --require-hashes -r requirements/web.txt
COPY pyproject.toml README.md ./
COPY app app
COPY --from=assets /srv/seere/app/static/built app/static/built
COPY migrations migrations
COPY translations translations
RUN pip install --no-deps --editable . && pybabel -q compile -d translations
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["seere", "web", "--bind", "0.0.0.0:8000"]

FROM base AS worker
# Pango and a font, to make PDF with.
RUN apt-get update \
 && apt-get install --no-install-recommends -y \
      fonts-dejavu-core=2.* libharfbuzz-subset0=6.* libpango-1.0-0=1.50.* libpangoft2-1.0-0=1.50.* \
 && rm -rf /var/lib/apt/lists/*
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
