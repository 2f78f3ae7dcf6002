// What can go wrong, as types. Every answer that refuses has a code, what was wrong and what to do next. Codes never
// change their meaning; api/errors.yaml lists them all. A class stands for a group of codes, so that a program can
// catch what it can mend.

/** All that this package throws by itself; a signal that was aborted throws its own reason. */
export class StunError extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}

/** Something was asked for that cannot be sent: it never left this machine. */
export class InvalidRequest extends StunError {}

/** The node could not be reached, or the line broke before it had answered. */
export class NodeUnreachable extends StunError {}

/** What was waited for did not come in time. It may still come: nothing was cancelled. */
export class WaitedTooLong extends StunError {}

/** What was received has another digest than the one that was asked for. */
export class ContentMismatch extends StunError {}

/** A place in the request and what is wrong there. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

export interface Refusal {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly cure: string;
  readonly faults: readonly Fault[];
  readonly requestId: string | undefined;
  /** Seconds that the node asked for; undefined if it did not say. */
  readonly retryAfter: number | undefined;
}

/** The node refused. `code` says what, `detail` what was wrong this time, `cure` what to do next. */
export class ApiError extends StunError implements Refusal {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly cure: string;
  readonly faults: readonly Fault[];
  readonly requestId: string | undefined;
  readonly retryAfter: number | undefined;

  constructor(refusal: Refusal) {
    const places = refusal.faults.map(fault => ` [${fault.path}: ${fault.message}]`).join('');
    super(`${refusal.code}: ${refusal.detail}${places} ${refusal.cure}`.trimEnd());
    this.code = refusal.code;
    this.status = refusal.status;
    this.title = refusal.title;
    this.detail = refusal.detail;
    this.cure = refusal.cure;
    this.faults = refusal.faults;
    this.requestId = refusal.requestId;
    this.retryAfter = refusal.retryAfter;
  }
}

/** The request itself is wrong: `request.*`. */
export class RequestRefused extends ApiError {}

/** The key is missing, not known, or may not do this: `auth.*`. */
export class AuthRefused extends ApiError {}

/** Too many requests: `rate.limited`. */
export class RateLimited extends ApiError {}

/** The node cannot do its work now: `node.*`. */
export class NodeUnavailable extends ApiError {}

/** There is no such thing, or it is not yours: `*.unknown`, `request.not-found`. */
export class NotFound extends ApiError {}

/** An order that the network does not take, or a task that is not that far: `task.*`. */
export class TaskRefused extends ApiError {}

/** The key was used for another task: `idempotency.conflict`. */
export class IdempotencyConflict extends ApiError {}

/** An upload cannot go on like this: `blob.*`. */
export class BlobRefused extends ApiError {}

/** It cannot be done with this account or at this escrow: `account.*`, `escrow.*`. */
export class AccountRefused extends ApiError {}

/** It cannot be done with this model or service: `model.*`, `service.*`, and the codes of other doors. */
export class ModelRefused extends ApiError {}

/** It cannot be said of the network just now: `provider.*`, `governance.*`. */
export class NetworkRefused extends ApiError {}

/** An answer without an error document that this package knows: a proxy between, or a newer node. */
export class UnknownRefusal extends ApiError {}

type Kind = new (refusal: Refusal) => ApiError;

const GROUPS = new Map<string, Kind>([
  ['request', RequestRefused], ['auth', AuthRefused], ['rate', RateLimited], ['node', NodeUnavailable],
  ['task', TaskRefused], ['idempotency', IdempotencyConflict], ['blob', BlobRefused], ['account', AccountRefused],
  ['escrow', AccountRefused], ['quota', RateLimited], ['model', ModelRefused], ['service', ModelRefused],
  ['replica', ModelRefused], ['file', ModelRefused], ['batch', ModelRefused], ['tes', ModelRefused],
  ['provider', NetworkRefused], ['estimate', NodeUnavailable], ['governance', NetworkRefused],
]);

const MISSING = new Set([
  'request.not-found', 'task.unknown', 'blob.unknown', 'blob.upload-unknown', 'account.unknown', 'key.unknown',
  'model.unknown', 'service.unknown', 'file.unknown', 'batch.unknown', 'provider.unknown', 'governance.none']);

const BARE = new Map<number, Kind>([[401, AuthRefused], [403, AuthRefused], [404, NotFound], [429, RateLimited]]);

/** The class that stands for a code. */
export function classOf(code: string): Kind {
  return MISSING.has(code) ? NotFound : GROUPS.get(code.split('.')[0]!) ?? UnknownRefusal;
}

/** The error that an answer tells which is none of success. */
export function errorOf(status: number, body: string, headers: Headers): ApiError {
  const asked = headers.get('retry-after');
  const retryAfter = asked !== null && /^\d+$/.test(asked) ? Number(asked) : undefined;
  const text = (value: unknown) => typeof value === 'string' ? value : '';
  try {
    const view = JSON.parse(body) as Record<string, unknown>;
    if (typeof view['code'] !== 'string') throw new TypeError('the code is no text');
    const faults = ((view['errors'] ?? []) as Record<string, unknown>[])
      .map(each => ({ path: String(each['path']), message: String(each['message']) }));
    const requestId = text(view['request_id']) || undefined;
    return new (classOf(view['code']))({
      code: view['code'], status, title: text(view['title']), detail: text(view['detail']), cure: text(view['cure']),
      faults, requestId, retryAfter,
    });
  } catch {
    // HEAD has no body, and a proxy has pages of its own.
    return new (BARE.get(status) ?? UnknownRefusal)({
      code: `http.${status}`, status, title: '', detail: `The answer was ${status} without a document.`,
      cure: 'Look at the address of the node and at what stands before it.', faults: [], requestId: undefined,
      retryAfter,
    });
  }
}
