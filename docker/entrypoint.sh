#!/bin/sh
# A knowledge volume without speech.yaml is seeded from the image; one that has it is the admins' own and stays as it is.
# speech.yaml goes last: a copy that was cut short starts over.
set -eu
if [ -d /knowledge ] && [ ! -e /knowledge/speech.yaml ]; then
    for file in /opt/knowledge/*; do
        [ "$file" = /opt/knowledge/speech.yaml ] || cp "$file" /knowledge/
    done
    cp /opt/knowledge/speech.yaml /knowledge/
fi
exec "$@"
