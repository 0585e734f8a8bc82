"""What is shipped to run it with: each file is sound, and names what is there."""

import configparser
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from bot.config import PREFIX, Settings
from tests.conftest import CANTEEN, ROOT

DEPLOY = ROOT / "deploy"
UNIT = DEPLOY / "systemd" / "campaign-bot.service"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
MANIFESTS = [
    manifest
    for file in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    for manifest in yaml.safe_load_all(file.read_text(encoding="utf-8"))
]
needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd: apt-get install systemd")


def settings_named() -> Iterator[str]:
    """Every setting that a file of deploy/ or the Dockerfile names."""
    for file in (ROOT / "Dockerfile", *DEPLOY.rglob("*")):
        if file.is_file():
            yield from re.findall(rf"{PREFIX}(\w+)", file.read_text(encoding="utf-8"))


def test_what_is_set_is_a_setting() -> None:
    """A name that is mistyped would do nothing."""
    known = {name.upper() for name in Settings.model_fields}
    named = set(settings_named())
    assert {"LISTEN", "DATABASE_URL"} < named
    assert named - known == set()


def test_compose_runs_one_bot_by_itself_and_two_with_the_profile() -> None:
    """Both are the same program with the same settings, hardened; what they need beside them comes with the profile."""
    services: dict[str, Any] = COMPOSE["services"]
    assert [name for name, service in services.items() if "profiles" not in service] == ["bot"]
    replicas = [service for service in services.values() if service["image"] == "campaign-bot"]
    assert len(replicas) == 2
    for service in replicas:
        assert (service["read_only"], service["cap_drop"], service["tmpfs"]) == (True, ["ALL"], ["/tmp"])
        assert service["environment"]["TZ"]
    for service in services.values():
        assert "no-new-privileges:true" in service["security_opt"]
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            assert source in COMPOSE["volumes"] or (DEPLOY / source).exists()


def test_prometheus_and_the_proxy_know_every_replica() -> None:
    """By the names that compose gives them."""
    names = {name for name, service in COMPOSE["services"].items() if service["image"] == "campaign-bot"}
    scraped = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yaml").read_text(encoding="utf-8"))
    targets = scraped["scrape_configs"][0]["static_configs"][0]["targets"]
    assert set(targets) == {f"{name}:8080" for name in names}
    proxied = re.findall(r"reverse_proxy (.*) \{", (DEPLOY / "caddy" / "Caddyfile").read_text(encoding="utf-8"))
    assert [set(line.split()) for line in proxied] == [{f"{name}:{port}" for name in names} for port in (8080, 8081)]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda manifest: manifest["kind"])
def test_kubernetes_takes_each_manifest(manifest: dict[str, Any]) -> None:
    """By the schemas of Kubernetes itself, unknown fields included."""
    kubernetes_validate.validate(manifest, "1.31.0", strict=True)


def test_the_manifests_belong_together() -> None:
    """Names, ports and paths are those of one another, of the image and of the health listener."""
    kinds = {manifest["kind"]: manifest for manifest in MANIFESTS}
    assert kinds.keys() == {
        *("ConfigMap", "Deployment", "PersistentVolumeClaim", "PodDisruptionBudget", "Secret", "Service"),
    }
    pod = kinds["Deployment"]["spec"]["template"]
    labels = pod["metadata"]["labels"]
    for selector in (
        kinds["Deployment"]["spec"]["selector"]["matchLabels"],
        kinds["Service"]["spec"]["selector"],
        kinds["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
    ):
        assert selector == labels
    (container,) = pod["spec"]["containers"]
    assert pod["spec"]["securityContext"]["runAsUser"] == 10001
    assert {port["name"] for port in container["ports"]} == {
        port["targetPort"] for port in kinds["Service"]["spec"]["ports"]
    }
    probes = {name: container[name]["httpGet"]["path"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert probes == {"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"}
    assert {source[key]["name"] for source in container["envFrom"] for key in source} == {
        kinds["ConfigMap"]["metadata"]["name"],
        kinds["Secret"]["metadata"]["name"],
    }
    assert {mount["name"] for mount in container["volumeMounts"]} == {
        volume["name"] for volume in pod["spec"]["volumes"]
    }


@needs_systemd
def test_systemd_finds_the_unit_sound_and_hardened(tmp_path: Path) -> None:
    """Nothing is at fault in it; its exposure is at most 1.5 of 10."""
    unit = configparser.RawConfigParser(strict=False)
    unit.read(UNIT)
    program = unit["Service"]["ExecStart"].split()[0]
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text(encoding="utf-8").replace(program, "/bin/true"), encoding="utf-8")
    for words in (["verify"], ["security", "--offline=true", "--no-pager", "--threshold=15"]):
        done = subprocess.run(["systemd-analyze", *words, str(copy)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def enter(folder: Path, database: str) -> subprocess.CompletedProcess[str]:
    """Run the image's entrypoint over folders of this machine."""
    settings = {
        "PATH": os.environ["PATH"],
        "CAMPAIGN_BOT_KNOWLEDGE": str(folder),
        "CAMPAIGN_BOT_DATABASE_URL": database,
        "KNOWLEDGE_SEED": str(CANTEEN),
    }
    program = ["sh", str(ROOT / "docker" / "entrypoint.sh"), "echo", "started"]
    return subprocess.run(program, env=settings, capture_output=True, text=True, check=False)


OWN = {"own.yaml": "topic: 我们的"}
CUT_SHORT = {"items.yaml": "topic: 食", ".seeding": ""}
SHIPPED = sorted(file.name for file in CANTEEN.iterdir())
VOLUMES = {
    "one without YAML is filled": ({"lost+found": ""}, [*SHIPPED, "lost+found"]),
    "one with YAML is the admins' own": (OWN, ["own.yaml"]),
    "one whose filling was cut short is filled anew": (CUT_SHORT, SHIPPED),
}


@pytest.mark.parametrize(("before", "after"), VOLUMES.values(), ids=VOLUMES.keys())
def test_the_image_fills_a_volume_for_the_knowledge(tmp_path: Path, before: dict[str, str], after: list[str]) -> None:
    """Once; then it starts the program."""
    for name, content in before.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    done = enter(tmp_path, f"sqlite:///{tmp_path}/bot.db?timeout=5")
    assert (done.returncode, done.stdout, done.stderr) == (0, "started\n", "")
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(after)
    if before is CUT_SHORT:
        assert (tmp_path / "items.yaml").read_bytes() == (CANTEEN / "items.yaml").read_bytes()


def test_the_image_says_who_can_not_write_where(tmp_path: Path) -> None:
    """With the number of its user, and what to do; a database elsewhere needs no folder."""
    (tmp_path / "own.yaml").touch()
    done = enter(tmp_path, f"sqlite:///{tmp_path}/missing/bot.db")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"User {os.getuid()} can't write {tmp_path}/missing: on the host, run chown -R ")
    assert enter(tmp_path, "postgresql+psycopg://bot@postgres/bot").stdout == "started\n"
