"""Two small tables: which workers are alive, and when the clock next starts what."""

from __future__ import annotations

from django.db import models


class Worker(models.Model):
    """A worker process, by the id that it also leaves on the jobs it takes."""

    id = models.CharField(primary_key=True, max_length=64)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.id


class Schedule(models.Model):
    """When a periodic job is next due. Rows appear at a worker's first tick."""

    name = models.CharField(primary_key=True, max_length=200)
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
