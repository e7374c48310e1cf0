/** What went wrong, as errors whose class says what to do about it. */

import { status, type ServiceError } from "@grpc/grpc-js";

import { BadRequest, ErrorInfo, RequestInfo, RetryInfo } from "./gen/google/rpc/error_details.js";
import { Status } from "./gen/google/rpc/status.js";

/** One field that is wrong, by its path from the request, and what to do about it. */
export interface Violation {
  field: string;
  description: string;
}

interface Explanation {
  reason: string;
  domain: string;
  metadata: Record<string, string>;
  retryAfterMs?: number;
  violations: Violation[];
  requestId: string;
}

/** A call that failed; the class says what to do, `reason` what happened. */
export class GatewayError extends Error {
  /** A value of `ErrorReason` without its prefix; empty when the gateway did not explain the failure. */
  readonly reason: string;
  readonly domain: string;
  readonly metadata: Record<string, string>;
  /** How long to wait before trying again; undefined when that cannot help. */
  readonly retryAfterMs: number | undefined;
  readonly violations: Violation[];
  /** The id to quote when asking about this call. */
  readonly requestId: string;

  constructor(readonly code: status, message: string, explanation: Explanation = UNEXPLAINED) {
    super(`${explanation.reason || status[code]}: ${message}`);
    this.name = new.target.name;
    this.reason = explanation.reason;
    this.domain = explanation.domain;
    this.metadata = explanation.metadata;
    this.retryAfterMs = explanation.retryAfterMs;
    this.violations = explanation.violations;
    this.requestId = explanation.requestId;
  }

  /** Whether the same stream may succeed later. The gateway says so by asking for a delay; the rest is the network's. */
  get canPass(): boolean {
    return this.reason ? this.retryAfterMs !== undefined : PASSING.has(this.code);
  }
}

/** Correct the request; `violations` names the fields. */
export class InvalidRequest extends GatewayError {}
/** There is no such thing. */
export class NotFound extends GatewayError {}
/** The state has changed, or the request id stands for another request. */
export class Conflict extends GatewayError {}
/** Somebody has to change something first: a permission, a setting, a state. */
export class Refused extends GatewayError {}
/** Wait for `retryAfterMs` and try again. */
export class LimitReached extends GatewayError {}
/** Nothing is wrong with the request; try again later. */
export class Unavailable extends GatewayError {}
/** The deadline passed; a write may have been carried out. */
export class OutOfTime extends GatewayError {}
/** It may have been carried out; see `options.requestId`. */
export class OutcomeUnknown extends GatewayError {}

const KINDS: Partial<Record<status, typeof GatewayError>> = {
  [status.INVALID_ARGUMENT]: InvalidRequest,
  [status.OUT_OF_RANGE]: InvalidRequest,
  [status.UNIMPLEMENTED]: Refused,
  [status.NOT_FOUND]: NotFound,
  [status.ALREADY_EXISTS]: Conflict,
  [status.ABORTED]: Conflict,
  [status.PERMISSION_DENIED]: Refused,
  [status.UNAUTHENTICATED]: Refused,
  [status.FAILED_PRECONDITION]: Refused,
  [status.RESOURCE_EXHAUSTED]: LimitReached,
  [status.UNAVAILABLE]: Unavailable,
  [status.DEADLINE_EXCEEDED]: OutOfTime,
};

// RESOURCE_EXHAUSTED without an explanation is an answer larger than this client takes, each time anew.
const PASSING = new Set([
  status.UNAVAILABLE, status.UNKNOWN, status.INTERNAL, status.ABORTED, status.CANCELLED, status.DEADLINE_EXCEEDED,
]);

const UNEXPLAINED: Explanation = { reason: "", domain: "", metadata: {}, violations: [], requestId: "" };

/** The typed form of a failed call; what it cannot read stays empty. */
export function typedError(error: ServiceError): GatewayError {
  const explanation = explanationOf(error);
  const kind = explanation.reason === "OUTCOME_UNKNOWN" ? OutcomeUnknown : (KINDS[error.code] ?? GatewayError);
  // What TLS says comes in several lines.
  return new kind(error.code, error.details.replace(/\s+/g, " ").trim(), explanation);
}

function explanationOf(error: ServiceError): Explanation {
  const explanation: Explanation = { ...UNEXPLAINED };
  const [packed] = error.metadata?.get("grpc-status-details-bin") ?? [];
  if (!Buffer.isBuffer(packed)) return explanation;
  try {
    for (const { typeUrl, value } of Status.decode(packed).details) {
      switch (typeUrl.slice(typeUrl.lastIndexOf(".") + 1)) {
        case "ErrorInfo":
          Object.assign(explanation, ErrorInfo.decode(value));
          break;
        case "RetryInfo": {
          const delay = RetryInfo.decode(value).retryDelay;
          if (delay) explanation.retryAfterMs = delay.seconds * 1_000 + delay.nanos / 1_000_000;
          break;
        }
        case "BadRequest":
          explanation.violations = BadRequest.decode(value).fieldViolations;
          break;
        case "RequestInfo":
          explanation.requestId = RequestInfo.decode(value).requestId;
      }
    }
    return explanation;
  } catch {
    return { ...UNEXPLAINED };
  }
}
