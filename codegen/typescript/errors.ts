/** Everything that these clients throw on purpose; a job that it is about stands in `job`. */

/** The root of all errors here. */
export class ReelError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** No API key was given, and none stands in the environment. */
export class MissingApiKeyError extends ReelError {}

/** No connection, or it broke; a submit may have arrived all the same. */
export class NetworkError extends ReelError {}

/** The service refused a call; `body` is its answer, parsed where it is JSON. */
export class ApiError extends ReelError {
  constructor(
    where: string,
    readonly status: number,
    readonly body: unknown,
    readonly retryAfter: number | undefined,
    readonly requestId: string | undefined,
  ) {
    super(`${where} answered ${status}: ${told(body)}`);
  }
}

/** 401 or 403: the key, or what it may do. */
export class PermissionDenied extends ApiError {}

/** 404: the service does not know the id, or no longer. */
export class NotFound extends ApiError {}

/** 400 or 422: the service found fault with the request. */
export class InvalidRequest extends ApiError {}

/** 429: too many calls; `retryAfter` is the service's wish in seconds. */
export class RateLimited extends ApiError {}

/** 5xx: the service failed, or is not there for the moment. */
export class ServerError extends ApiError {}

/** An answer breaks the document at `pointer`; `body` is all that came. */
export class ContractViolation extends ReelError {
  constructor(message: string, readonly pointer: string, readonly body: unknown) {
    super(message);
  }
}

/** The job ended without a video; `body` is the service's whole answer. */
export class JobFailed<Job = unknown> extends ReelError {
  constructor(where: string, readonly job: Job, readonly body: unknown, why: unknown) {
    super(`${where} failed: ${told(why)}`);
  }
}

/** A wait ran out of time; `job` goes on at the service and can be waited for again. */
export class DeadlineExceeded<Job = unknown> extends ReelError {
  constructor(where: string, readonly job: Job, seconds: number) {
    super(`${where} has not ended after ${seconds} s; wait for this error's job again`);
  }
}

/** The video could not be fetched whole. */
export class DownloadError extends ReelError {}

/** Return the error that an unsuccessful answer amounts to. */
export function apiError(
  where: string,
  status: number,
  body: unknown,
  retryAfter: number | undefined,
  requestId: string | undefined,
): ApiError {
  const kind =
    status === 401 || status === 403 ? PermissionDenied
    : status === 404 ? NotFound
    : status === 400 || status === 422 ? InvalidRequest
    : status === 429 ? RateLimited
    : status >= 500 ? ServerError
    : ApiError;
  return new kind(where, status, body, retryAfter, requestId);
}

/** Return what an answer says, on one line and cut to a length. */
function told(body: unknown): string {
  const text = typeof body === "string" ? body : (JSON.stringify(body) ?? "no reason given");
  return text.replace(/[^\P{C}]|\s+/gu, " ").slice(0, 500);
}
