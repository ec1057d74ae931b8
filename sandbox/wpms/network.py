"""The network that is stood in for: its data, its clock, and who may call."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sandbox.store import Store


class NotAllowedError(ValueError):
    """What WordPress does not let a person do; the text says why."""


@dataclass(frozen=True)
class Credentials:
    """The worker's account with its application password, and the password of every learner.

    A learner signs in with the e-mail address.
    """

    user: str = "worker"
    password: str = field(default="sandbox-password", repr=False)
    learner_password: str = field(default="learner-password", repr=False)


@dataclass(frozen=True)
class Site:
    """A course site: its path like `/lida101/`, its title, and its time zone (IANA)."""

    path: str
    title: str
    zone: str = "Pacific/Auckland"
    link: str = "on"


@dataclass(frozen=True)
class Network:
    """A WordPress network with its data in `store`."""

    store: Store

    def gmt(self) -> str:
        """The time as WordPress writes it in `…_gmt`: `2018-03-14T01:02:03`, always UTC."""
        return self._now().strftime("%Y-%m-%dT%H:%M:%S")

    def today(self, zone: str) -> date:
        """The date in a time zone."""
        return self._now().astimezone(ZoneInfo(zone)).date()

    def set_clock(self, instant: str | None) -> None:
        """Stop the clock at an ISO instant (UTC when it names no zone); None lets it go on.

        Raises ValueError for a text that is no instant.
        """
        if instant is None:
            self.store.run("DELETE FROM switches WHERE name = 'now'")
            return
        moment = _instant(str(instant))
        self.store.run("INSERT OR REPLACE INTO switches VALUES ('now', ?)", moment.isoformat())

    def _now(self) -> datetime:
        stopped = self.store.value("SELECT value FROM switches WHERE name = 'now'")
        return datetime.fromisoformat(stopped) if stopped else datetime.now(UTC)


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
