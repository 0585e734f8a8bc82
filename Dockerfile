# Two stages: the first installs exactly what the lock file names, the second copies what it installed.
FROM python:3.12-slim AS build
WORKDIR /src
RUN python -m venv /opt/bot
COPY requirements.lock ./
RUN /opt/bot/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
RUN /opt/bot/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.12-slim
RUN groupadd --gid 10001 bot \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin bot \
    && install -d -o bot -g bot /data /knowledge
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
WORKDIR /data
# The root file system may be read-only: only these two are written.
VOLUME ["/data", "/knowledge"]
HEALTHCHECK --interval=1m --timeout=20s --start-period=30s CMD ["campaign-bot", "health"]
ENTRYPOINT ["entrypoint"]
CMD ["campaign-bot", "run"]
