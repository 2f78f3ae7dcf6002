/** Stun, a decentralised compute network, from JavaScript. See README.md for a quick start. */
export {
  StunClient, type Abortable, type OffersQuery, type ProvidersQuery, type RequestOptions, type StunClientOptions,
  type SubmitOptions, type TasksQuery, type WaitOptions,
} from './client.js';
export type { DownloadOptions } from './downloads.js';
export {
  AccountRefused, ApiError, AuthRefused, BlobRefused, ContentMismatch, IdempotencyConflict, InvalidRequest,
  ModelRefused, NetworkRefused, NodeUnavailable, NodeUnreachable, NotFound, RateLimited, RequestRefused, StunError,
  TaskRefused, UnknownRefusal, WaitedTooLong, type Fault,
} from './errors.js';
export type { EventsOptions, EventsState, NetworkEvent } from './events.js';
export type { Estimate } from './estimates.js';
export {
  formOf, verification, type Amount, type Comparator, type Input, type ProviderChoice, type Resources, type TaskRequest,
  type Verification,
} from './forms.js';
export type { LogOptions } from './logs.js';
export type { RetryPolicy } from './retry.js';
export type { Coming } from './transport.js';
export type { Content, Progress, Source, UploadOptions } from './uploads.js';
export type {
  Account, BlobRef, Candidate, LogPiece, Network, Offer, OrderDraft, Placement, Result, ResultFile, ScoreParts, Task,
} from './views.js';
