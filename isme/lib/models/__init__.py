from isme.lib.models.fence import Fence
from isme.lib.models.heartbeat import Heartbeat
from isme.lib.models.idempotency_key import IdempotencyKey
from isme.lib.models.job import Job
from isme.lib.models.limit_counter import LimitCounter
from isme.lib.models.stored_file import StoredFile

__all__ = ["Fence", "Heartbeat", "IdempotencyKey", "Job", "LimitCounter", "StoredFile"]
