#!/bin/sh
# Sees that the folders can be written, and fills one for the knowledge that holds no YAML from the image; one that has
# some is the admins' own and stays as it is. .seeding marks a copy that was cut short: it starts over.
set -eu
knowledge=${CAMPAIGN_BOT_KNOWLEDGE:-/knowledge}

needs() {
    [ -w "$1" ] && return
    echo "User $(id -u) can't write $1: on the host, run chown -R $(id -u):$(id -g) on the folder that is mounted there." >&2
    exit 2
}

case ${CAMPAIGN_BOT_DATABASE_URL:-} in
    sqlite:///*)
        file=${CAMPAIGN_BOT_DATABASE_URL#sqlite:///}
        needs "$(dirname "${file%%\?*}")"
        ;;
esac
if [ -d "$knowledge" ] && { [ -e "$knowledge/.seeding" ] || ! ls "$knowledge"/*.yaml > /dev/null 2>&1; }; then
    needs "$knowledge"
    : > "$knowledge/.seeding"
    cp "${KNOWLEDGE_SEED:-/opt/knowledge}"/* "$knowledge/"
    rm -f "$knowledge/.seeding"
fi
exec "$@"
