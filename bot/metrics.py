"""What the bot counts while it runs; counts alone, nothing about anyone."""

from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge


class Metrics:
    """One process's metrics in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        counter = partial(Counter, namespace="campaign_bot", registry=self.registry)
        self.received = counter("updates_received", "Updates that were committed to the inbox")
        self.done = counter("updates_done", "Updates whose reply Telegram accepted, or refused for good")
        self.dead = counter("updates_dead", "Updates that became dead letters")
        self.expired = counter("updates_expired", "Inline queries that came too late to be answered")
        self.silenced = counter("updates_silenced", "Updates of members over the rate, which got no answer")
        self.sends_retried = counter("sends_retried", "Calls that failed and were made again")
        self.flood_waits = counter("halts", "Times that Telegram asked to wait")
        self.misses_refused = counter("misses_refused", "Missed questions that a bound kept out of the log")
        self.webhook_set_again = counter("webhook_set_again", "Times that another program had changed the webhook")
        self.webhook_pending = Gauge(
            "campaign_bot_webhook_pending", "Updates that Telegram has still to deliver", registry=self.registry
        )
        self.intake_failing = Gauge(
            "campaign_bot_intake_failing", "1 while updates do not come in, else 0", registry=self.registry
        )
        self.waiting = Gauge("campaign_bot_updates_waiting", "Updates that wait to be answered", registry=self.registry)
