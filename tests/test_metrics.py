"""What Prometheus reads, and what alerts and the dashboard make of it."""

import json
import re
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from bot.metrics import Metrics
from bot.service.gauges import Gauges
from bot.store.database import Database
from bot.store.leases import Leases
from bot.store.subscriptions import Subscriptions
from bot.store.tables import REPLICAS
from tests.conftest import ROOT, miss
from tests.fake_bot_api import FakeBotApi
from tests.inbox_setup import InboxSetup, dead_letters_of
from tests.postgresql import Server
from tests.process import running, settings_for, stop, wait_for

PROMETHEUS = ROOT / "deploy" / "prometheus"
ALERTS = yaml.safe_load((PROMETHEUS / "alerts.yaml").read_text(encoding="utf-8"))["groups"][0]["rules"]
DASHBOARD = json.loads((ROOT / "deploy" / "grafana" / "dashboard.json").read_text(encoding="utf-8"))
NAME = re.compile(r"\b((?:campaign_bot|process|python)_\w+)(?:\{([^}]*)\})?")
needs_promtool = pytest.mark.skipif(not shutil.which("promtool"), reason="no promtool: apt-get install prometheus")


def promtool(*words: str, given: bytes | None = None) -> str:
    """What promtool says against something; empty if nothing."""
    done = subprocess.run(["promtool", *words], input=given, capture_output=True, check=False, cwd=PROMETHEUS)
    return "" if done.returncode == 0 else (done.stdout + done.stderr).decode()


def expressions() -> Iterator[str]:
    """Every query of the alert rules and of the dashboard."""
    yield from (alert["expr"] for alert in ALERTS)
    yield from (target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"])


@pytest.fixture(scope="module")
def names() -> set[str]:
    """The names under which samples are served."""
    suffixes = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"], "info": ["_info"]}
    return {
        family.name + suffix for family in Metrics().registry.collect() for suffix in suffixes.get(family.type, [""])
    } | {"process_cpu_seconds_total"}


def test_alerts_and_dashboard_name_what_is_counted(names: set[str]) -> None:
    """A metric that was renamed would leave a panel empty, and an alert silent for ever."""
    used = {name for expression in expressions() for name, _ in NAME.findall(expression)}
    assert used
    assert used - names == set()


def test_everything_that_the_bot_counts_is_shown(names: set[str]) -> None:
    """What stands on no panel is looked at by nobody."""
    used = {name.removesuffix("_bucket") for expression in expressions() for name, _ in NAME.findall(expression)}
    ours = {re.sub("_(bucket|sum|count)$", "", name) for name in names if name.startswith("campaign_bot_")}
    assert ours - used == set()


def test_every_alert_is_explained() -> None:
    """In itself, and in the document for whoever is woken by it."""
    document = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [alert["alert"] for alert in ALERTS if f"`{alert['alert']}`" not in document] == []
    assert all(alert["annotations"].keys() == {"summary", "description"} for alert in ALERTS)
    assert {alert["labels"]["severity"] for alert in ALERTS} == {"critical", "warning"}


@needs_promtool
@pytest.mark.parametrize(
    "words",
    [
        ["check", "rules", "alerts.yaml"],
        ["check", "config", "prometheus.yaml"],
        ["test", "rules", "alerts-test.yaml"],
    ],
    ids=" ".join,
)
def test_promtool_finds_nothing(words: Sequence[str]) -> None:
    """The rules are sound, and fire when they should."""
    assert promtool(*words) == ""


def samples(text: str) -> dict[str, float]:
    """Each sample of ours that is not zero, by its name and the values of its labels."""
    return {
        " ".join([sample.name.removeprefix("campaign_bot_"), *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.value and sample.name.startswith("campaign_bot_") and not sample.name.endswith(("_bucket", "_sum"))
    }


async def test_what_the_database_holds_is_told(inbox_setup: InboxSetup) -> None:
    """And for how long what waits has waited."""
    setup = inbox_setup
    setup.missed.record(miss("几点"))
    dead_letters = dead_letters_of(setup)
    dead_letters.count = 2
    waiting: dict[str | None, float] = {"chat 7": 3.0, "chat 8": 5.0}
    gauges = Gauges(
        setup.metrics, setup.missed, Subscriptions(setup.database), dead_letters, lambda: 1.0, lambda: waiting
    )
    await gauges.look()
    told = samples(generate_latest(setup.metrics.registry).decode())
    assert {name: told.get(name) for name in ("misses_open", "subscribers", "dead_letters")} == {
        "misses_open": 1.0,
        "subscribers": None,
        "dead_letters": 2.0,
    }
    assert told["updates_longest_wait_seconds"] == 5


async def test_what_a_replica_leases_is_told(inbox_setup: InboxSetup, postgresql: Server) -> None:
    """What it holds, and how often it took something over: each once, however often one looks."""
    setup, url = inbox_setup, postgresql.new_database()
    with Database.open(url) as database:
        dead, living = Leases(database, "dead", "1.0"), Leases(database, "living", "1.0")
        dead.join("knowledge")
        assert dead.take("digest")
        database.write(REPLICAS.delete())
        living.join("knowledge")
        gauges = Gauges(
            *(setup.metrics, setup.missed, Subscriptions(setup.database), dead_letters_of(setup)),
            *(lambda: 1.0, dict),
            leases=living,
        )
        for task in ("digest", "purge"):
            assert living.take(task)
            await gauges.look()
    told = samples(generate_latest(setup.metrics.registry).decode())
    assert {name: value for name, value in told.items() if name.startswith("lease")} == {
        "leases_held task": 2,
        "lease_takeovers_total task": 1,
    }
    postgresql.drop(url)


def test_what_happens_is_counted(api: FakeBotApi, tmp_path: Path) -> None:
    """By a real bot: an answer, a miss, a thumb, a 429, and what can't be read."""
    settings = settings_for(api, tmp_path)
    url = f"http://{settings['CAMPAIGN_BOT_LISTEN']}/metrics"

    def read() -> str:
        return str(urllib.request.urlopen(url).read(), "utf-8")

    def has(expected: dict[str, Any]) -> bool:
        return expected.items() <= samples(read()).items()

    with running(settings, tmp_path / "log") as process:
        api.member_says("饭卡丢了怎么补")
        (answer,) = api.wait_for_messages(1)
        keys = [key for row in answer["reply_markup"]["inline_keyboard"] for key in row]
        api.member_presses(next(key["callback_data"] for key in keys if key["text"] == "👍"), answer)
        api.fail_next("sendMessage", 429, parameters={"retry_after": 1})
        api.member_says("写首诗送我妈", chat=8)
        api.wait_for_messages(2)
        api.put({"message": {"message_id": "not a number", "chat": 5}})
        wait_for(
            lambda: has(
                {
                    "updates_received_total message": 2,
                    "updates_received_total callback_query": 1,
                    "updates_finished_total answered": 3,
                    "updates_finished_total dead": 1,
                    "verdicts_total answer": 1,
                    "verdicts_total unknown": 1,
                    "opinions_total helpful": 1,
                    "matching_seconds_count": 2,
                    "answering_seconds_count": 3,
                    "telegram_calls_total sendMessage accepted": 2,
                    "telegram_calls_total sendMessage 429": 1,
                    "knowledge_items answer": 3,
                }
            )
        )
        text = read()
        stop(process)
    assert "_created" not in text
    assert re.search(r'campaign_bot_knowledge_info\{hash="[0-9a-f]{8}"\} 1.0', text)
    assert samples(text)["telegram_last_contact_timestamp_seconds"] > 1.7e9
    if shutil.which("promtool"):
        assert promtool("check", "metrics", given=text.encode()) == ""
