"""Stun, a decentralised compute network, from Python. See README.md for a quick start."""

from .aio import AsyncStunClient
from .client import StunClient
from .errors import (
    AccountRefused, ApiError, AuthRefused, BlobRefused, ContentMismatch, Fault, IdempotencyConflict, InvalidRequest,
    NodeUnavailable, NodeUnreachable, NotFound, RateLimited, RequestRefused, StunError, TaskRefused, UnknownRefusal,
    WaitedTooLong,
)
from .estimates import Estimate
from .forms import Comparator, Input, ProviderChoice, Resources, TaskRequest, Verification
from .retry import RetryPolicy
from .views import Account, Blob, LogPiece, Offer, Result, ResultFile, Task

__version__ = "0.1.0"

__all__ = [
    "Account", "AccountRefused", "ApiError", "AsyncStunClient", "AuthRefused", "Blob", "BlobRefused", "Comparator",
    "ContentMismatch", "Estimate", "Fault", "IdempotencyConflict", "Input", "InvalidRequest", "LogPiece",
    "NodeUnavailable", "NodeUnreachable", "NotFound", "Offer", "ProviderChoice", "RateLimited", "RequestRefused",
    "Resources", "Result", "ResultFile", "RetryPolicy", "StunClient", "StunError", "Task", "TaskRefused",
    "TaskRequest", "UnknownRefusal", "Verification", "WaitedTooLong",
]
