package conversationgateway

import (
	"fmt"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Kind says what to do about an error: `errors.Is(err, conversationgateway.LimitReached)`.
type Kind string

const (
	InvalidRequest Kind = "InvalidRequest" // correct the request; Violations names the fields
	NotFound       Kind = "NotFound"       // there is no such thing
	Conflict       Kind = "Conflict"       // the state has changed, or the request id stands for another request
	Refused        Kind = "Refused"        // somebody has to change something first: a permission, a setting, a state
	LimitReached   Kind = "LimitReached"   // wait for RetryAfter and try again
	Unavailable    Kind = "Unavailable"    // nothing is wrong with the request; try again later
	OutOfTime      Kind = "OutOfTime"      // the deadline passed; a write may have been carried out
	OutcomeUnknown Kind = "OutcomeUnknown" // it may have been carried out; see options.request_id
	Other          Kind = "GatewayError"   // none of these
)

// Error makes a kind a target for errors.Is.
func (k Kind) Error() string { return string(k) }

var kinds = map[codes.Code]Kind{
	codes.InvalidArgument: InvalidRequest, codes.OutOfRange: InvalidRequest, codes.Unimplemented: Refused,
	codes.NotFound: NotFound, codes.AlreadyExists: Conflict, codes.Aborted: Conflict,
	codes.PermissionDenied: Refused, codes.Unauthenticated: Refused, codes.FailedPrecondition: Refused,
	codes.ResourceExhausted: LimitReached, codes.Unavailable: Unavailable, codes.DeadlineExceeded: OutOfTime,
}

// Violation is one field that is wrong, by its path from the request, and what to do about it.
type Violation struct{ Field, Description string }

// Error is a call that failed: `var failure *conversationgateway.Error; errors.As(err, &failure)`.
type Error struct {
	Kind    Kind
	Code    codes.Code
	Message string
	// Reason is a value of ErrorReason without its prefix; empty when the gateway did not explain the failure.
	Reason   string
	Domain   string
	Metadata map[string]string
	// RetryAfter is how long to wait before trying again; nil when that cannot help.
	RetryAfter *time.Duration
	Violations []Violation
	// RequestID is what to quote when asking about this call.
	RequestID string

	status *status.Status
}

func (e *Error) Error() string {
	why := e.Reason
	if why == "" {
		why = e.Code.String()
	}
	return fmt.Sprintf("%s: %s: %s", e.Kind, why, e.Message)
}

// Is makes errors.Is find the kind.
func (e *Error) Is(target error) bool { return target == e.Kind }

// GRPCStatus lets status.FromError and status.Code see through.
func (e *Error) GRPCStatus() *status.Status { return e.status }

// typed gives a failure of grpc its type; what it cannot read stays empty.
func typed(err error) error {
	if err == nil {
		return nil
	}
	failed := status.Convert(err)
	result := &Error{Kind: Other, Code: failed.Code(), Message: failed.Message(), status: failed}
	if kind, known := kinds[failed.Code()]; known {
		result.Kind = kind
	}
	for _, detail := range failed.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			result.Reason, result.Domain, result.Metadata = detail.Reason, detail.Domain, detail.Metadata
		case *errdetails.RetryInfo:
			delay := detail.GetRetryDelay().AsDuration()
			result.RetryAfter = &delay
		case *errdetails.BadRequest:
			for _, violation := range detail.FieldViolations {
				result.Violations = append(result.Violations, Violation{violation.Field, violation.Description})
			}
		case *errdetails.RequestInfo:
			result.RequestID = detail.RequestId
		}
	}
	if result.Reason == "OUTCOME_UNKNOWN" {
		result.Kind = OutcomeUnknown
	}
	return result
}

// canPass says whether the same stream may succeed later. The gateway says so itself, by asking for a delay; what it
// did not explain comes from the network or a proxy. An unexplained RESOURCE_EXHAUSTED is an answer too large for us.
func (e *Error) canPass() bool {
	if e.Reason != "" {
		return e.RetryAfter != nil
	}
	switch e.Code {
	case codes.Unavailable, codes.Unknown, codes.Internal, codes.Aborted, codes.Canceled, codes.DeadlineExceeded:
		return true
	default:
		return false
	}
}
