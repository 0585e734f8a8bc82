#!/bin/sh
# A knowledge volume without any YAML is filled from the image; one that has some is the admins' own and stays as it is.
# .seeding marks a copy that was cut short: it starts over.
set -eu
if [ -d /knowledge ] && { [ -e /knowledge/.seeding ] || ! ls /knowledge/*.yaml > /dev/null 2>&1; }; then
    : > /knowledge/.seeding
    cp /opt/knowledge/* /knowledge/
    rm /knowledge/.seeding
fi
exec "$@"
