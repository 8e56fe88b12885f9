"""Which organisations a case is proposed to, by the rules an installation has set."""

from workers.routing.engine import judge, route

__all__ = ["judge", "route"]
