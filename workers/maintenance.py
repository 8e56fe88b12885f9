"""The clock: RQ's cron, made to speak JSON like our queues and to survive a queue that is away."""

from __future__ import annotations

import time
from typing import Any

import redis
import structlog
from redis.exceptions import RedisError
from rq.cron import CronJob, CronScheduler
from rq.job import Job

from app.queue import JOB_TIMEOUT_SECONDS, LONG_JOB_TIMEOUT_SECONDS, QUEUE_OF, JobName, queue
from workers import jobs

logger = structlog.get_logger()

SWEEP_SECONDS = 15
RETRY_SECONDS = 3
RECONCILING_SECONDS = 120
CHECKING_SECONDS = 900
RESEALING_SECONDS = 600
ESCALATING_SECONDS = 600  # deadlines are hours: ten minutes late is on time
TELLING_SECONDS = 30
DELIVERING_SECONDS = 60
TIDYING_SECONDS = 600  # of the exports of somebody who left, too
COUNTING_SECONDS = 300
READYING_SECONDS = 300
TIDYING_JUDICIAL_SECONDS = 600
HOURLY = (
    3600  # what is done once a day is asked for every hour, so that a day without a worker's hour isn't lost
)
FORGETTING = "30 2 * * *"
FORGETTING_SECONDS = 600
RETRAINING = "0 3 * * 1"  # Mondays, when few reports come in
RETRAINING_SECONDS = 1800  # to be done in, and to be taken up in, or left for the next week


class JSONCronJob(CronJob):
    """RQ's cron job puts pickled jobs into the queue (3.0); ours must be readable by workers that take JSON only.

    The sweep may be enqueued by two schedulers at once without harm: claiming settles who does what.
    """

    def enqueue(self, connection: redis.Redis) -> Job:
        """Put the job into its queue as JSON, dropped if no worker takes it in time."""
        return queue(self.queue_name, connection).enqueue_call(
            self.func_name,
            description=self.func_name,
            timeout=self.job_options.get("job_timeout", JOB_TIMEOUT_SECONDS),
            ttl=self.job_options.get("ttl", SWEEP_SECONDS * 2),
            result_ttl=0,
            failure_ttl=3600,
        )


class Clock(CronScheduler):
    """RQ's scheduler with jobs of our kind."""

    def add(self, job: JobName, **when: Any) -> None:
        """Have a job run every so often: `interval=seconds` or `cron="m h d m w"`, and RQ's timeouts."""
        name = str(job).rpartition(".")[2]
        self._cron_jobs.append(JSONCronJob(QUEUE_OF[job], func=getattr(jobs, name), name=name, **when))


def run_clock(client: redis.Redis) -> None:
    """Run until told to stop; while the queue is away, try again every few seconds."""
    while True:
        clock = Clock(client, logging_level="WARNING")
        clock.add(JobName.ENQUEUE_OWED_WORK, interval=SWEEP_SECONDS)
        clock.add(JobName.RECONCILE_GATEWAYS, interval=RECONCILING_SECONDS, ttl=RECONCILING_SECONDS)
        clock.add(JobName.SEND_NOTICES, interval=TELLING_SECONDS, ttl=TELLING_SECONDS)
        clock.add(JobName.SEND_WEBHOOKS, interval=TELLING_SECONDS, ttl=TELLING_SECONDS)
        clock.add(JobName.REMIND_AND_ESCALATE, interval=ESCALATING_SECONDS, ttl=ESCALATING_SECONDS)
        clock.add(
            JobName.PREPARE_RELEASE_TEXTS,
            interval=READYING_SECONDS,
            ttl=READYING_SECONDS,
            job_timeout=LONG_JOB_TIMEOUT_SECONDS,
        )
        clock.add(JobName.RESEAL_BACKLOG, interval=RESEALING_SECONDS, ttl=RESEALING_SECONDS)
        clock.add(JobName.TIDY_EXPORTS, interval=TIDYING_SECONDS, ttl=TIDYING_SECONDS)
        clock.add(JobName.MAKE_DUE_EXPORTS, interval=DELIVERING_SECONDS, ttl=DELIVERING_SECONDS)
        clock.add(
            JobName.DELIVER_EXPORTS,
            interval=DELIVERING_SECONDS,
            ttl=DELIVERING_SECONDS,
            job_timeout=LONG_JOB_TIMEOUT_SECONDS,
        )
        clock.add(JobName.SIGN_AUDIT_HEAD, interval=HOURLY, ttl=HOURLY, job_timeout=LONG_JOB_TIMEOUT_SECONDS)
        clock.add(
            JobName.TIDY_JUDICIAL_FILES, interval=TIDYING_JUDICIAL_SECONDS, ttl=TIDYING_JUDICIAL_SECONDS
        )
        clock.add(
            JobName.REFRESH_FIGURES,
            interval=COUNTING_SECONDS,
            ttl=COUNTING_SECONDS,
            job_timeout=LONG_JOB_TIMEOUT_SECONDS,
        )
        clock.add(JobName.KEEP_RETENTION, interval=HOURLY, ttl=HOURLY, job_timeout=LONG_JOB_TIMEOUT_SECONDS)
        clock.add(
            JobName.OVERWRITE_FORGOTTEN_WORDS,
            cron=FORGETTING,
            job_timeout=FORGETTING_SECONDS,
            ttl=FORGETTING_SECONDS,
        )
        clock.add(JobName.PROPOSE_PUBLICATION, interval=HOURLY, ttl=HOURLY)
        clock.add(JobName.CHECK_GATEWAYS, interval=CHECKING_SECONDS, ttl=CHECKING_SECONDS)
        clock.add(
            JobName.RETRAIN_TRIAGE, cron=RETRAINING, job_timeout=RETRAINING_SECONDS, ttl=RETRAINING_SECONDS
        )
        try:
            clock.start()  # type: ignore[no-untyped-call]
        except RedisError as error:
            logger.warning("queue_unreachable", error=type(error).__name__)
            time.sleep(RETRY_SECONDS)
        else:
            return
