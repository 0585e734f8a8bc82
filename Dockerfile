# Two stages: the first installs exactly what the lock file names, the second copies what it installed.
ARG BASE=python:3.12-slim
FROM ${BASE} AS build
WORKDIR /src
RUN python3 -m venv /opt/bot
COPY requirements.lock ./
RUN /opt/bot/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
# What builds the package stays behind, and so does what installs it.
RUN /opt/bot/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
    && /opt/bot/bin/pip uninstall --yes editables hatchling pathspec pluggy trove-classifiers \
    && /opt/bot/bin/pip check \
    && /opt/bot/bin/pip uninstall --yes setuptools pip

FROM ${BASE}
RUN groupadd --gid 10001 bot \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin bot \
    && install -d -o bot -g bot /data /knowledge \
    && rm -rf /usr/local/bin/pip* /usr/local/lib/python3*/site-packages/pip* /usr/share/python-wheels \
        /usr/local/lib/python3*/ensurepip /usr/lib/python3*/ensurepip
COPY --from=build /opt/bot /opt/bot
# Readable whatever the checkout allowed.
COPY --chmod=755 knowledge /opt/knowledge
COPY --chmod=755 docker/entrypoint.sh /usr/local/bin/entrypoint
ENV PATH=/opt/bot/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    CAMPAIGN_BOT_KNOWLEDGE=/knowledge \
    CAMPAIGN_BOT_DATABASE_URL=sqlite:////data/bot.db \
    CAMPAIGN_BOT_CACHE=/data/cache
USER 10001:10001
RUN campaign-bot check --quick /opt/knowledge > /dev/null
WORKDIR /data
# The root file system may be read-only: only these two are written.
VOLUME ["/data", "/knowledge"]
HEALTHCHECK --interval=1m --timeout=20s --start-period=30s CMD ["campaign-bot", "health"]
ENTRYPOINT ["entrypoint"]
CMD ["campaign-bot", "run"]
