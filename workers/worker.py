"""The worker process: engines loaded once, then jobs one after the other."""

from __future__ import annotations

import redis
import structlog
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from app.clock import utcnow
from app.queue import FILES, QUEUES
from workers.runtime import keys, worker_app

logger = structlog.get_logger()


class ReportWorker(SimpleWorker):
    """RQ's worker without a fork per job: forking a process that holds a language model costs more than the job.

    A job that kills the process kills the worker; the supervisor starts another one and the sweep hands the work
    out again once its claim has run out.
    """

    def handle_exception(self, job: object, *exc_info: object) -> None:
        """The job has already written down what went wrong, without data; RQ's own traceback log is not wanted."""


def run_worker(*, burst: bool = False, with_files: bool = True) -> None:
    """Load the engines, then serve the queues, the urgent one first.

    A film takes minutes: a worker without files is never busy with one while a report waits.
    """
    from workers.engines import load_engines
    from workers.pipeline import understand

    worker_app()
    load_engines()
    # Whatever the way of a report loads beside them on first use, it loads now.
    understand("Bonjour de Koro, le 1er mars 2020", utcnow(), {})
    # A client of its own: RQ changes the timeouts of the one it is given.
    client = redis.Redis.from_url(keys().settings.redis_url)
    worker = ReportWorker(
        [name for name in QUEUES if with_files or name != FILES],
        connection=client,
        serializer=JSONSerializer,
        log_job_description=False,
    )
    logger.info("worker_ready")
    worker.work(burst=burst, logging_level="WARNING", with_scheduler=False)
