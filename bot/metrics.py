"""What the bot counts while it runs, by Prometheus' conventions; counts alone, nothing about anyone."""

from collections.abc import Mapping
from functools import partial
from importlib.metadata import version

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)

from bot.items import Kind, VerdictKind

_QUICK_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
_LEASED = ("task", "update")
"""What a replica leases."""
_SLOW_S = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 600)


class Metrics:
    """One process's metrics in a registry of their own.

    What is known of a label's values stands at zero from the start, so that a first count shows as an increase.
    """

    def __init__(self) -> None:
        # Prometheus needs no series beside each counter that says when it began.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        counter = partial(Counter, namespace="campaign_bot", registry=self.registry)
        gauge = partial(Gauge, namespace="campaign_bot", registry=self.registry)
        histogram = partial(Histogram, namespace="campaign_bot", registry=self.registry)
        info = partial(Info, namespace="campaign_bot", registry=self.registry)
        info("build", "The version of the program").info({"version": version("campaign-bot")})

        self.received = counter("updates_received", "Updates that were committed to the inbox", ["kind"])
        self.finished = counter(
            "updates_finished",
            "Updates that became answered, expired or dead; refused for good is answered",
            ["outcome"],
        )
        self.silenced = counter("updates_silenced", "Updates of members over the rate, which got no answer")
        self.waiting = gauge("updates_waiting", "Updates that wait to be answered")
        self.longest_wait = gauge("updates_longest_wait_seconds", "For how long the oldest waiting update has waited")
        self.dead_letters = gauge("dead_letters", "Updates that were given up and are kept")

        self.verdicts = counter("verdicts", "Questions by what was said of them", ["verdict"])
        self.opinions = counter("opinions", "Thumbs and other opinions of members on what they were shown", ["opinion"])
        self.matching = histogram("matching_seconds", "Time to match a message and to word its reply", buckets=_QUICK_S)
        self.answering = histogram(
            "answering_seconds",
            "Time from an update's arrival here until all its replies were accepted",
            buckets=_SLOW_S,
        )

        self.open_misses = gauge("misses_open", "Missed questions that are open")
        self.misses_refused = counter("misses_refused", "Missed questions that a bound kept out of the log")
        self.subscribers = gauge("subscribers", "People who wait for the answer to an open miss")

        self.knowledge_items = gauge("knowledge_items", "Items that it answers from", ["kind"])
        self.knowledge_faults = gauge("knowledge_faults", "Faults of the folder that keep it from being loaded")
        self.knowledge_reloads = counter("knowledge_reloads", "Changes of the folder: loaded or faulty", ["outcome"])
        self._knowledge = info("knowledge", "Names the content of the knowledge that it answers from")

        self.calls = counter(
            "telegram_calls", "Calls that Telegram accepted, answered with 429 or failed", ["method", "outcome"]
        )
        self.retries = counter("telegram_retries", "Calls that failed and were made again")
        self.last_contact = gauge(
            "telegram_last_contact_timestamp_seconds", "When a poll last succeeded, or Telegram delivered or answered"
        )
        self.webhook_set_again = counter("webhook_set_again", "Times that another program had changed the webhook")
        self.webhook_pending = gauge("webhook_pending", "Updates that Telegram has still to deliver")
        self.replicas = gauge("replicas", "Processes that serve together from one database")
        self.replicas.set(1)
        self.rejoins = counter("replica_rejoins", "Times that this process was not heard of in time, and began anew")
        self.leases_held = gauge("leases_held", "What this replica is the one to do: tasks, and updates", ["kind"])
        self.lease_takeovers = counter(
            "lease_takeovers", "Tasks and updates taken from another replica that was not heard of any more", ["kind"]
        )
        self.problems = gauge("problem", "1 while this is wrong, by the reasons for which health is red", ["problem"])

        for labelled, values in (
            (self.finished, ("answered", "expired", "dead")),
            (self.verdicts, VerdictKind),
            (self.knowledge_items, Kind),
            (self.knowledge_reloads, ("loaded", "faulty")),
            (self.leases_held, _LEASED),
            (self.lease_takeovers, _LEASED),
        ):
            for value in values:
                labelled.labels(value)

    def describe_knowledge(self, items: Mapping[Kind, int], fingerprint: str) -> None:
        """Tell of the knowledge that answers from now on: how many items of each kind, and the name of its content."""
        for kind in Kind:
            self.knowledge_items.labels(kind).set(items.get(kind, 0))
        self._knowledge.info({"hash": fingerprint})
