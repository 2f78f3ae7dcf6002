"""Stun, a decentralised compute network, from Python. See README.md for a quick start."""

from .aio import AsyncStunClient
from .client import StunClient
from .errors import (
    AccountRefused, ApiError, AuthRefused, BlobRefused, ContentMismatch, Fault, IdempotencyConflict, InvalidRequest,
    ModelRefused, NetworkRefused, NodeUnavailable, NodeUnreachable, NotFound, RateLimited, RequestRefused, StunError,
    TaskFailed, TaskRefused, UnknownRefusal, WaitedTooLong,
)
from .estimates import Estimate
from .forms import Comparator, Input, ProviderChoice, Resources, TaskRequest, Verification
from .models import Model, Runner, Task
from .retry import RetryPolicy
from .running import AsyncRunningTask, RunningTask
from .views import (
    Account, Blob, Candidate, LogPiece, Offer, OrderDraft, Placement, Result, ResultFile, ScoreParts, TaskView,
)

__version__ = "0.1.0"

__all__ = [
    "Account", "AccountRefused", "ApiError", "AsyncRunningTask", "AsyncStunClient", "AuthRefused", "Blob",
    "BlobRefused", "Candidate", "Comparator", "ContentMismatch", "Estimate", "Fault", "IdempotencyConflict", "Input",
    "InvalidRequest", "LogPiece", "Model", "ModelRefused", "NetworkRefused", "NodeUnavailable", "NodeUnreachable",
    "NotFound", "Offer", "OrderDraft", "Placement", "ProviderChoice", "RateLimited", "RequestRefused", "Resources",
    "Result", "ResultFile", "RetryPolicy", "Runner", "RunningTask", "ScoreParts", "StunClient", "StunError", "Task",
    "TaskFailed", "TaskRefused", "TaskRequest", "TaskView", "UnknownRefusal", "Verification", "WaitedTooLong",
]
